"""Stores over the run's real engines, each test in a database of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest
import redis as redis_driver
from pymongo import MongoClient
from pymongo.database import Database

from storage.stores import Stores, open_stores

T = TypeVar("T")
APP = "wx1"


@asynccontextmanager
async def opened(
    mongodb_uri: str, redis_url: str, database: str, **more: Any
) -> AsyncIterator[Stores]:
    """The stores as a process has them; `more` says where files lie."""
    stores = open_stores(
        mongodb_uri=mongodb_uri, database=database, redis_url=redis_url, app_id=APP, **more
    )
    try:
        yield stores
    finally:
        await stores.close()


@pytest.fixture
def own_keys(redis_client: redis_driver.Redis, database_name: str) -> Iterator[str]:
    """The name that this test's keys in Redis carry; they are deleted afterwards."""
    yield database_name
    keys = list(redis_client.scan_iter(match=f"*{database_name}*", count=1000))
    if keys:
        redis_client.delete(*keys)


@pytest.fixture
async def stores(mongodb_uri: str, redis_url: str, own_keys: str) -> AsyncIterator[Stores]:
    """One process's stores, with their indexes."""
    async with opened(mongodb_uri, redis_url, own_keys) as stores:
        await stores.ensure_indexes()
        yield stores


@pytest.fixture
async def twin(
    stores: Stores, mongodb_uri: str, redis_url: str, own_keys: str
) -> AsyncIterator[Stores]:
    """Another process's stores over the same data; both have connections ready.

    Else the first of ten calls at once would be over before the others have theirs.
    """
    async with opened(mongodb_uri, redis_url, own_keys) as twin:
        await at_once(*(some.ping() for some in [stores, twin] * 5))
        yield twin


@pytest.fixture
def behind(
    mongodb_client: "MongoClient[dict[str, Any]]", database_name: str
) -> Database[dict[str, Any]]:
    """The database as it is, seen past the stores."""
    return mongodb_client[database_name]


async def at_once(*calls: Awaitable[T]) -> list[T]:
    """Everybody at the same moment; their answers in order."""
    return list(await asyncio.gather(*calls))
