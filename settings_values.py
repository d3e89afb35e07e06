"""What one setting's value may be: each function makes it typed, or says what is wrong with it.

Nothing here knows a setting's name; `settings.py` puts it before the words of `Wrong`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from datetime import time
from ipaddress import ip_address
from types import MappingProxyType
from urllib.parse import urlsplit

# WeChat's keyword types: a template's field is called thing1, time2, …
_KEYWORD = re.compile(
    r"(thing|number|letter|symbol|character_string|time|date|amount|phone_number|car_number"
    r"|name|phrase|const|enum)[0-9]{1,2}"
)
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


class Wrong(Exception):
    """What is wrong with one value, as the end of a sentence that starts with its name."""


def one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    """One of these words."""

    def parse(value: str) -> str:
        if value not in choices:
            raise Wrong(f"must be one of {', '.join(choices)}")
        return value

    return parse


def matching(pattern: str, must: str) -> Callable[[str], str]:
    """A value that is all of one pattern; `must` ends the sentence for one that is not."""
    wanted = re.compile(pattern, re.DOTALL)

    def parse(value: str) -> str:
        if not wanted.fullmatch(value):
            raise Wrong(f"must {must}")
        return value

    return parse


def boolean(value: str) -> bool:
    """yes or no, as people write them."""
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if value.lower() not in words:
        raise Wrong("must be yes or no")
    return words[value.lower()]


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """A number without a fraction, within limits."""

    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise Wrong(f"must be a whole number from {least} to {most}")
        return int(value)

    return parse


def clock(value: str) -> time:
    """A time of day."""
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise Wrong("must be a time of day like 21:30")
    return time.fromisoformat(value)


# Where MongoDB is.
mongodb_uri = matching(r"mongodb(\+srv)?://[^/\s].*", "start with mongodb:// or mongodb+srv://")


# Where Redis is.
redis_url = matching(r"(rediss?|unix)://..*", "start with redis://, rediss:// or unix://")


# A database's name.
database = matching(r"[A-Za-z0-9_-]{1,38}", "be 1 to 38 letters, digits, - or _")


def metrics_token(value: str) -> str:
    """A token that is not guessed."""
    if len(value) < 16:
        raise Wrong("must have at least 16 characters (openssl rand -hex 16 makes a good one)")
    return value


# AppID as WeChat's console shows it.
app_id = matching(r"wx[0-9a-zA-Z]{16}", "be wx and 16 letters or digits")


# Token of WeChat's server configuration.
token = matching(r"[0-9A-Za-z]{3,32}", "be 3 to 32 letters and digits")


def aes_key(value: str) -> str:
    """EncodingAESKey as WeChat's console shows it."""
    try:
        whole = len(value) == 43 and len(base64.b64decode(value + "=", validate=True)) == 32
    except binascii.Error:
        whole = False
    if not whole:
        raise Wrong("must be the 43 letters and digits of the console's EncodingAESKey")
    return value


# A message template's id.
template_id = matching(r"[0-9A-Za-z_-]{1,64}", "be a template id as the console shows it")


def template_fields(parts: tuple[str, ...]) -> Callable[[str], Mapping[str, str]]:
    """What a template's fields are filled with: WeChat's field → one of `parts`."""

    def parse(value: str) -> Mapping[str, str]:
        try:
            fields = json.loads(value)
        except ValueError:
            fields = None
        if not isinstance(fields, dict) or not fields:
            raise Wrong('must be a JSON object like {"thing1": "title", "time2": "time"}')
        for key, part in fields.items():
            if not _KEYWORD.fullmatch(key):
                raise Wrong(f"has the key {key!r}: it must look like thing1 or time2")
            if part not in parts:
                raise Wrong(f"must fill {key} with one of {', '.join(parts)}")
            # A text in a time field, or the other way round, is refused by WeChat (47003).
            if (part == "time") != key.startswith(("time", "date")):
                raise Wrong(f"fills {key} with {part!r}, which does not fit that kind of field")
        return MappingProxyType(fields)

    return parse


def hosts(value: str) -> tuple[str, ...]:
    """Host names, separated by commas, in lower case."""
    found = tuple(host.strip().lower() for host in value.split(",") if host.strip())
    for host in found:
        if not _HOST.fullmatch(host):
            raise Wrong(f"has {host!r}: it must be host names, separated by commas")
    return found


def address(value: str) -> str:
    """An https address without a slash at its end; http for this machine itself."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise Wrong("must be an address like https://school.example.cn") from None
    local = parts.scheme == "http" and _is_loopback(host)
    if not host or not (parts.scheme == "https" or local):
        raise Wrong("must start with https:// (http:// only for this machine itself)")
    if parts.query or parts.fragment or parts.username is not None:
        raise Wrong("must be an address without user, ? and #")
    return value.rstrip("/")


def issuer(value: str) -> str:
    """An OpenID Connect issuer: compared character for character, so a slash at its end is part of it."""
    address(value)
    return value


def button(value: str) -> str:
    """Words that fit on a button."""
    if len(value) > 12:
        raise Wrong("must be 12 characters at most: it stands on a button")
    return value


def endpoint(value: str) -> str:
    """Where a service is, without a path: what is asked for there is ours to say."""
    if urlsplit(address(value)).path:
        raise Wrong("must be a host, and perhaps a port, without a path")
    return address(value)


# A bucket's name, as it can stand before a host's.
bucket = matching(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", "be 3 to 63 small letters, digits and -")


# A region, as it stands in a signature.
region = matching(r"[a-z0-9-]{1,40}", "be small letters, digits and - like cn-north-1")


# The name that goes with a secret key, as it stands in a header.
access_key = matching(r"[A-Za-z0-9_.-]{1,128}", "be letters, digits, - . and _")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
