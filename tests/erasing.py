"""What tests of erasure share: a later hour, and looking for words in everything an installation has stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pymongo
import redis as redis_driver

from domain.erasures import SETTLING
from services.context import Context
from services.erasure import carry_out_erasures


def later(ctx: Context, **ahead: float) -> Context:
    """The same installation, so much later."""
    wait = timedelta(**ahead)
    return replace(ctx, now=lambda: _now(ctx) + wait)


def _now(ctx: Context) -> Any:
    return ctx.now()


async def erase_wholly(ctx: Context) -> None:
    """Both passes of what is due now."""
    await carry_out_erasures(ctx)
    await carry_out_erasures(later(ctx, seconds=SETTLING.total_seconds() + 1))


def everything_in_mongodb(
    client: pymongo.MongoClient[Mapping[str, Any]], database: str
) -> dict[str, bytes]:
    """Every document of every collection there is, as text and as bytes, by collection."""
    stored = client[database]
    return {
        name: b"\n".join(_told(document) for document in stored[name].find({}))
        for name in stored.list_collection_names()
    }


def _told(value: object) -> bytes:
    """A value with all that is in it; bytes stay bytes."""
    if isinstance(value, Mapping):
        return b" ".join(_told(k) + b"=" + _told(v) for k, v in value.items())
    if isinstance(value, list | tuple):
        return b" ".join(_told(v) for v in value)
    if isinstance(value, bytes):
        return bytes(value)
    return str(value).encode()


def everything_in_redis(client: redis_driver.Redis, prefix: str) -> dict[str, bytes]:
    """Every key of an installation with its value, whatever kind it is, by key."""
    read: dict[bytes, Callable[[bytes], Any]] = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": lambda key: list(client.smembers(key)),
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
        b"stream": client.xrange,
    }
    found = {}
    for key in client.scan_iter(match=f"*{prefix}*", count=1000):
        kind: Any = client.type(key)
        if kind != b"none":  # gone since it was listed
            found[key.decode("utf-8", "replace")] = key + b" " + _deep(read[kind](key))
    return found


def _deep(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):
        return b" ".join(_deep(k) + b"=" + _deep(v) for k, v in value.items())
    if isinstance(value, list | tuple | set):
        return b" ".join(_deep(v) for v in value)
    return json.dumps(value, default=str).encode()
