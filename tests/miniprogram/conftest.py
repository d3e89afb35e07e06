"""Fixtures: the built mini-program, and phones that have it open."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from simulator.miniprogram.building import CLIENT, Built, build, missing
from tests.browser.phones import PATIENCE_MS
from tests.conftest import LEFT_OUT
from tests.miniapp.conftest import Device, device, town
from tests.miniapp.village import Village
from tests.miniprogram.campus import Campus, NewHandset, ServerHere, serving_apart
from tests.miniprogram.handset import Handset
from tests.miniprogram.stub import Stub, phone_over
from tests.town import Town

# The school under the phones is the one of the API's own tests.
__all__ = ["device", "town"]

expect.set_options(timeout=PATIENCE_MS)


def is_required() -> bool:
    """Whether missing tools are a failure: always in CI."""
    return os.environ.get("YANSHU_REQUIRE_NODE") == "1" or bool(os.environ.get("CI"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Whatever asks for the built mini-program is left out where it cannot be built."""
    if "node" not in getattr(item, "fixturenames", ()) or not (why := missing()):
        return
    if is_required():
        pytest.fail(f"The mini-program must be built here: {why}", pytrace=False)
    pytest.skip(
        f"{LEFT_OUT}: {why}. Install Node 18.18 or newer with npm, say make test, and these run too"
    )


@pytest.fixture(scope="session")
def node() -> str:
    """Node with its packages; tests that ask for it are left out where there is none."""
    assert not missing(), "pytest_runtest_setup lets no test through without it"
    return "node"


@pytest.fixture(scope="session")
def mini(node: str, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The shipped mini-program, built once for the run."""
    built = build(CLIENT, tmp_path_factory.mktemp("mini"))
    assert built.problems == []
    return built


@pytest.fixture
async def new_handset(browser: Browser, mini: Built) -> AsyncIterator[NewHandset]:
    """`await new_handset(server, login=...)`: a phone of its own. Its errors fail the test."""
    handsets: list[Handset] = []

    async def make(
        server: str, *, login: Callable[[], Awaitable[str]], width: int = 375, **said: Any
    ) -> Handset:
        context = await browser.new_context(
            viewport={"width": width, "height": 812},
            device_scale_factor=2,
            has_touch=True,
            is_mobile=True,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="no-preference",
        )
        handset = Handset(context, await context.new_page(), server)
        handsets.append(handset)
        await handset.prepare(mini, login=login, **said)
        return handset

    yield make
    errors = [error for handset in handsets for error in handset.errors]
    for handset in handsets:
        await handset.context.close()
    assert not errors, "errors inside the mini-program:\n" + "\n".join(errors[:3])


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    """A server's answers at will; what a real one could not be asked or could not say fails the test."""
    stub = Stub()
    yield stub
    assert stub.drift == []


@pytest.fixture
async def parent(new_handset: NewHandset, stub: Stub) -> Handset:
    """A parent's phone over the stub, who has agreed already."""
    return await phone_over(new_handset, stub)


@pytest.fixture(params=["normal", "large"])
async def phone(parent: Handset, request: pytest.FixtureRequest) -> Handset:
    """The parent's phone with writing of either size."""
    await parent.remember(text_size=request.param)
    return parent


@pytest.fixture
async def village(town: Town, device: Device) -> Village:
    """A class of three children with its head teacher, nobody bound yet."""
    return Village(town, device, await town.settle_school(children=3))


@pytest.fixture
async def campus(village: Village, new_handset: NewHandset) -> Campus:
    """A school over the real server, in the test's own loop."""
    return Campus(village, ServerHere(village.town), new_handset)


@pytest.fixture
async def campus_apart(
    village: Village, new_handset: NewHandset, tmp_path: Path
) -> AsyncIterator[Campus]:
    """A school over a server that is a process of its own and can be killed."""
    async with serving_apart(village.town, tmp_path / "log") as server:
        yield Campus(village, server, new_handset)
