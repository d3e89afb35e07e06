"""Fixtures for all tests: the two engines, a name of one's own in each, and a browser.

With YANSHU_MONGODB_URI or YANSHU_REDIS_URL set, the same tests run against those servers.
"""

import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pymongo
import pytest
import redis as redis_driver
from playwright.async_api import Browser, Page, async_playwright

from engines import Engines
from settings import BucketAt
from tests import buckets, chromium

ROOT = Path(__file__).parent.parent
SCREENSHOTS = ROOT / "var" / "screenshots"
LEFT_OUT = "left out"  # what the reason of a skip begins with that somebody should mend

# The same examples in every run: nothing is refused for what happened to be drawn. Nor for a slow machine.
# `--hypothesis-profile=anew` draws others, to look for what these don't find.
hypothesis.settings.register_profile(
    "anew",
    derandomize=False,
    deadline=None,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "yanshu", hypothesis.settings.get_profile("anew"), derandomize=True, database=None
)
hypothesis.settings.load_profile("yanshu")


# ------------------------------------------------------------------------------------- engines


@dataclass(frozen=True)
class Addresses:
    """Where the engines of this test run are."""

    mongodb_uri: str
    redis_url: str
    embedded: bool  # False: at least one is a server that isn't ours to kill


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """MongoDB and Redis for the whole run."""
    mongodb_uri = os.environ.get("YANSHU_MONGODB_URI")
    redis_url = os.environ.get("YANSHU_REDIS_URL")
    if mongodb_uri and redis_url:
        yield Addresses(mongodb_uri, redis_url, embedded=False)
        return
    with Engines(tmp_path_factory.mktemp("engines")) as embedded:
        yield Addresses(
            mongodb_uri or embedded.mongodb_uri,
            redis_url or embedded.redis_url,
            embedded=not (mongodb_uri or redis_url),
        )


@pytest.fixture(scope="session")
def mongodb_uri(engines: Addresses) -> str:
    """The MongoDB of this run; use it with `database_name`."""
    return engines.mongodb_uri


@pytest.fixture(scope="session")
def redis_url(engines: Addresses) -> str:
    """The Redis of this run; use it with `redis_prefix`."""
    return engines.redis_url


@pytest.fixture(scope="session")
def mongodb_client(mongodb_uri: str) -> Iterator["pymongo.MongoClient[dict[str, object]]"]:
    """A plain client for looking behind the program's back."""
    with pymongo.MongoClient[dict[str, object]](mongodb_uri, tz_aware=True) as client:
        yield client


@pytest.fixture(scope="session")
def redis_client(redis_url: str) -> Iterator["redis_driver.Redis"]:
    """A plain client for looking behind the program's back."""
    with redis_driver.Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def database_name(mongodb_client: "pymongo.MongoClient[dict[str, object]]") -> Iterator[str]:
    """A database that only this test uses; dropped afterwards."""
    name = f"yanshu_test_{secrets.token_hex(6)}"
    yield name
    mongodb_client.drop_database(name)


@pytest.fixture
def redis_prefix(redis_client: "redis_driver.Redis") -> Iterator[str]:
    """What the keys (and the queue's name) of this test start with; they are deleted afterwards."""
    prefix = f"yanshu-test-{secrets.token_hex(6)}"
    yield prefix
    keys = list(redis_client.scan_iter(match=f"*{prefix}*", count=1000))
    if keys:
        redis_client.delete(*keys)


# ------------------------------------------------------------------------------------- bucket


@pytest.fixture(scope="session")
async def s3_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BucketAt]:
    """A server that speaks S3 for the whole run, with one bucket; started when a test first asks for it."""
    if buckets.find_server() is None:
        pytest.skip(f"{LEFT_OUT}: there is no SeaweedFS (weed) on PATH, and no wheel of it here")
    async with buckets.serving(tmp_path_factory.mktemp("bucket")) as at:
        yield at


@pytest.fixture(params=["mongodb", "s3"])
def kept_at(request: pytest.FixtureRequest) -> BucketAt | None:
    """Both places where files can lie: None is the database."""
    if request.param == "mongodb":
        return None
    at: BucketAt = request.getfixturevalue("s3_server")
    return at


# ------------------------------------------------------------------------------------- browser


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark whatever asks for the browser, and leave it out where there is none and none is needed."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Look for Chromium when the first browser test comes up, not in runs without any."""
    if item.get_closest_marker("browser") is None or chromium.find_chromium() is not None:
        return
    if chromium.is_required():
        pytest.fail("Chromium is required here, and there is none", pytrace=False)
    pytest.skip(
        f"{LEFT_OUT}: there is no Chromium or Chrome on PATH, and Playwright could not fetch its own. "
        "Install one and run again for these"
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly which tests were left out for want of a browser or of Node, in whichever lane."""
    skipped: dict[str, list[str]] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        _, found, why = reason.partition(f"{LEFT_OUT}: ")
        if found:
            skipped.setdefault(why, []).append(report.nodeid)
    for why, left_out in skipped.items():
        terminalreporter.section("LEFT OUT", yellow=True)
        terminalreporter.line(f"{why}:")
        for nodeid in left_out:
            terminalreporter.line(f"  {nodeid}")


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, without a window, for the whole run (Playwright's asynchronous interface)."""
    found = chromium.find_chromium()
    assert found is not None, "pytest_runtest_setup lets no test through without one"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=found.path, args=chromium.arguments()
        )
        yield browser
        await browser.close()


NewPage = Callable[..., Awaitable[Page]]


@pytest.fixture
async def new_page(browser: Browser) -> AsyncIterator[NewPage]:
    """`await new_page(width=375, height=812)`: a page with cookies of its own, as a phone has.

    A script error on any of these pages fails the test.
    """
    errors: list[str] = []
    contexts = []

    async def open_page(*, width: int = 375, height: int = 812, scale: float = 2.0) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        contexts.append(context)
        # Every page of this phone, also one that opens later.
        context.on("weberror", lambda error: errors.append(str(error.error)))
        return await context.new_page()

    yield open_page
    for context in contexts:
        await context.close()
    assert errors == [], "script errors on a page"


@pytest.fixture
def screenshot(request: pytest.FixtureRequest) -> Callable[..., Awaitable[Path]]:
    """`await screenshot(page, "receipts")`: a picture under var/screenshots, named after the test."""

    async def take(page: Page, name: str, *, full_page: bool = False) -> Path:
        folder = SCREENSHOTS / str(request.node.name).removeprefix("test_")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        # A click returns when the next page begins to come; Chromium has no picture of it before it is there.
        await page.wait_for_load_state()
        await page.screenshot(path=path, full_page=full_page)
        return path

    return take
