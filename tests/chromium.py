"""Finding a Chromium for the browser tests, and starting it so that it talks to this machine only."""

import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)
MAC_APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_TRY = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    playwright.chromium.launch(args=["--no-sandbox"]).close()
"""


@dataclass(frozen=True)
class Chromium:
    """A Chromium that can be started; without a path it is the one that Playwright fetched."""

    path: str | None


def is_required() -> bool:
    """Whether a missing Chromium is a failure: always in CI."""
    return os.environ.get("YANSHU_REQUIRE_BROWSER") == "1" or bool(os.environ.get("CI"))


@functools.cache
def find_chromium() -> Chromium | None:
    """The Chromium of this machine, or one that Playwright can fetch, or None."""
    for name in NAMES:
        if path := shutil.which(name):
            return Chromium(path)
    for path in MAC_APPLICATIONS:
        if Path(path).exists():
            return Chromium(path)
    return _fetched_by_playwright()


def _fetched_by_playwright() -> Chromium | None:
    # Fetching says nothing when it is there already. Fetched is not yet startable: system
    # libraries may be missing, so it is tried.
    for arguments in (["-m", "playwright", "install", "chromium"], ["-c", _TRY]):
        try:
            done = subprocess.run([sys.executable, *arguments], capture_output=True, timeout=600)
        except subprocess.TimeoutExpired:
            return None
        if done.returncode:
            return None
    return Chromium(None)


def arguments() -> list[str]:
    """What Chromium is started with: nothing may leave this machine, not even a name look-up."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [
        *sandbox,
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        # A page that a test hands to the browser itself has no address, and may speak to this machine all the same.
        "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]
