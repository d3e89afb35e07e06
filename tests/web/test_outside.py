"""Asking hosts outside: never an address that isn't public, whatever a name or a redirect says; never too much."""

from __future__ import annotations

import gzip

import pytest
from aiohttp import web

from tests.web.conftest import Elsewhere
from web.outside import Outside, Refused
from web.resolving import is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "::", "::1", "fe80::1", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "2002:7f00:1::", "2002:a00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "202.108.22.5", "2400:3200::1", "::ffff:1.1.1.1"])
def test_addresses_that_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://a.example.cn/", "ftp://a.example.cn/", "file:///etc/passwd", "https://127.0.0.1/",
        "https://[::1]/", "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/",
        "https://localhost/", "https://a.example.cn:8443/", "https://user@a.example.cn/",
        "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://017700000001/", "https://127.1/",
        "https://0x7f000001/", "https://127.0.0.1.:443/", "https://a.example.cn@127.0.0.1/",
        "https://user:pass@a.example.cn/", "https://a.example.cn:x/", "https://", "nothing", "",
    ],
)  # fmt: skip
async def test_what_is_not_even_asked(elsewhere: Elsewhere, outside: Outside, address: str) -> None:
    with pytest.raises(Refused):
        await outside.ask("GET", address)
    assert elsewhere.asked == []


async def test_a_name_that_leads_inside_is_refused(elsewhere: Elsewhere, outside: Outside) -> None:
    for inside in (["10.0.0.1"], ["169.254.169.254"], ["127.0.0.1", "192.168.0.1"], ["::1"], ["::ffff:10.0.0.1"],
                   ["64:ff9b::a9fe:a9fe"], []):  # fmt: skip
        elsewhere.addresses["a.example.cn"] = [inside]
        with pytest.raises(Refused):
            await outside.ask("GET", "https://a.example.cn/")
    assert elsewhere.asked == []


async def test_a_name_that_changes_changes_nothing(elsewhere: Elsewhere, outside: Outside) -> None:
    # Good when it is looked at, inside a moment later: the connection goes where it was looked at.
    elsewhere.addresses["a.example.cn"] = [["127.0.0.1"], ["10.0.0.1"]]
    elsewhere.pages["a.example.cn/"] = 200
    assert (await outside.ask("GET", "https://a.example.cn/")).status == 200
    with pytest.raises(Refused):
        await outside.ask("GET", "https://a.example.cn/")
    assert elsewhere.asked == ["GET a.example.cn/"]


async def test_a_redirect_is_told_and_not_followed(elsewhere: Elsewhere, outside: Outside) -> None:
    elsewhere.pages["a.example.cn/"] = lambda _: web.Response(
        status=302, headers={"Location": "https://169.254.169.254/"}
    )
    seen = await outside.ask("GET", "https://a.example.cn/", largest=10)
    assert (seen.status, seen.location) == (302, "https://169.254.169.254/")
    assert await outside.fetch("https://a.example.cn/", allowed=["example.cn"], largest=10) is None


async def test_an_answer_is_read_up_to_a_size(elsewhere: Elsewhere, outside: Outside) -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    elsewhere.pages["a.example.cn/bomb"] = lambda _: web.Response(
        body=bomb, headers={"Content-Encoding": "gzip"}
    )
    elsewhere.pages["a.example.cn/long"] = lambda _: web.Response(body=b"x" * 1_000_000)
    seen = await outside.ask("GET", "https://a.example.cn/bomb", largest=20_000)
    assert seen.body == bomb
    seen = await outside.ask("GET", "https://a.example.cn/long", largest=1000)
    assert len(seen.body) == 1000
    fetch = outside.fetch
    assert await fetch("https://a.example.cn/long", allowed=["example.cn"], largest=999) is None
    assert await fetch("https://a.example.cn/long", allowed=["example.com"], largest=10**7) is None
    found = await fetch("https://a.example.cn/long", allowed=["example.cn"], largest=10**7)
    assert found is not None
    assert len(found) == 1_000_000


async def test_a_host_that_is_not_there_is_no_answer(
    elsewhere: Elsewhere, outside: Outside
) -> None:
    for name in ("c.example.cn", "a.example.cn"):
        if name == "a.example.cn":
            # There, but with a certificate for another name.
            elsewhere.addresses["other.example.cn"] = [["127.0.0.1"]]
            name = "other.example.cn"
        with pytest.raises(OSError, match="Error"):
            await outside.ask("GET", f"https://{name}/")
    assert elsewhere.asked == []
