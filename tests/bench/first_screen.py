"""From the tap on the mini-program to its first screen, with 1, 100 and 5,000 notices behind it, in Chromium.

Three databases on one engine, each with a web process of its own, opened in turns. The session is there; what was
shown before is either forgotten (the first screen comes over the wire) or kept (it is drawn from the phone, and the
server says that nothing is new). `python -m tests.bench first_screen` prints the table.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from app import running
from engines import Engines
from services.bearers import start_bearer
from settings import Settings
from simulator.miniprogram.building import CLIENT, Built, build, missing
from tests import chromium
from tests.bench.pages import GUARDIAN, fill
from tests.bench.servers import installations
from tests.miniprogram.handset import Handset

SIZES = (1, 100, 5000)
ROUNDS = 15
# Looks for the first notice at every frame, so that what is timed is what a person sees.
_WATCH = """
const look = () => document.querySelector('.mp-window:not([hidden]) [data-test=notice]')
  ? (window.__seen = performance.now()) : requestAnimationFrame(look);
if (location.protocol !== 'about:') look();
"""
_FORGET = "Object.keys(localStorage).filter((k) => /kept/.test(k)).forEach((k) => localStorage.removeItem(k))"


async def prepare(settings: Settings, size: int, address: str) -> tuple[str, dict[str, str]]:
    """Fill one database; returns where it is and a guardian's session as the client keeps it."""
    async with running(settings) as program:
        await fill(program.ctx, settings.official_account.app_id, size)
        tokens = await start_bearer(program.ctx, GUARDIAN, "bench-openid")
        return address, {
            "access_token": tokens.access,
            "refresh_token": tokens.refresh,
            "access_until": tokens.access_until.isoformat(),
            "expires_at": tokens.expires_at.isoformat(),
        }


@asynccontextmanager
async def opened(
    browser: Browser, built: Built, server: str, session: dict[str, str]
) -> AsyncIterator[Handset]:
    """A phone that is signed in, its first start behind it."""
    context = await browser.new_context(viewport={"width": 375, "height": 812})
    phone = Handset(context, await context.new_page(), server)
    await phone.prepare(built, login=_nobody)
    await phone.remember(consented=True, session=session)
    await context.add_init_script(_WATCH)
    await milliseconds(phone)
    yield phone
    await context.close()


async def _nobody() -> str:
    raise RuntimeError("the session is there")


async def milliseconds(phone: Handset) -> float:
    """From the start of the app to its first notice."""
    await phone.open()
    seen = await phone.page.wait_for_function("window.__seen")
    return float(await seen.json_value())


async def measure(built: Built, doors: dict[int, tuple[str, dict[str, str]]]) -> None:
    found = chromium.find_chromium()
    if found is None:
        sys.exit("first_screen needs Chromium")
    rounds: dict[str, dict[int, list[float]]] = {
        kind: {size: [] for size in SIZES} for kind in ("over the wire", "nothing new")
    }
    async with async_playwright() as playwright, AsyncExitStack() as stack:
        browser = await playwright.chromium.launch(
            executable_path=found.path, args=chromium.arguments()
        )
        phones = {
            size: await stack.enter_async_context(opened(browser, built, *door))
            for size, door in doors.items()
        }
        for _ in range(ROUNDS):
            for size, phone in phones.items():
                await phone.page.evaluate(_FORGET)
                rounds["over the wire"][size].append(await milliseconds(phone))
                rounds["nothing new"][size].append(await milliseconds(phone))
        await stack.aclose()
        await browser.close()
    sizes = ", ".join(f"{size:,}" for size in SIZES)
    print(f"first screen, {ROUNDS} rounds       ms with {sizes} notices behind, ratios")
    for kind, taken in rounds.items():
        base = taken[SIZES[0]]
        ratios = [
            statistics.median(a / b for a, b in zip(taken[size], base, strict=True))
            for size in SIZES
        ]
        figures = "  ".join(f"{statistics.median(taken[size]):6.1f}" for size in SIZES)
        print(f"  {kind:24} {figures}    {'  '.join(f'× {ratio:.2f}' for ratio in ratios)}")


def main() -> None:
    if why := missing():
        print(f"first screen: left out, {why}")
        return
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        built = build(CLIENT, Path(folder) / "mini")
        engines = stack.enter_context(Engines(Path(folder) / "engines"))
        doors = installations(stack, engines, SIZES, prepare)
        asyncio.run(measure(built, doors))


if __name__ == "__main__":
    main()
