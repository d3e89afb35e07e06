"""Building the mini-program with Node: a folder that a browser shows."""

from __future__ import annotations

import asyncio
import functools
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CLIENT = ROOT / "miniapp" / "client"
_OLDEST_NODE = (18, 18)


@dataclass(frozen=True)
class Built:
    """A folder that a browser shows, and what the harness had to say about the sources."""

    folder: Path
    problems: list[str]
    notes: list[str]
    sizes: dict[str, int]  # bytes by package of the mini-program


class BuildError(Exception):
    """The harness itself broke; its text says how."""


@functools.cache
def missing() -> str:
    """What is missing to build the mini-program, in a few words; empty when nothing is."""
    node = shutil.which("node")
    if node is None:
        return "no Node on this machine"
    done = subprocess.run(
        [node, "--version"], check=False, capture_output=True, text=True, timeout=60
    )
    said = done.stdout
    version = tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    if version < _OLDEST_NODE:
        return f"Node {said.strip()} is too old"
    for folder in _without_packages():
        return f"npm ci has not been run in {folder.relative_to(ROOT)}"
    return ""


def _without_packages() -> list[Path]:
    # npm writes this file last: a folder that it was interrupted in is without.
    folders = (HERE, CLIENT)
    return [f for f in folders if not (f / "node_modules" / ".package-lock.json").exists()]


async def fetch_packages() -> None:
    """Run `npm ci` where it has not been run. Where that fails, `missing` still says so afterwards."""
    npm = shutil.which("npm")
    for folder in _without_packages() if npm else ():
        process = await asyncio.create_subprocess_exec(
            *(str(npm), "ci", "--no-audit", "--no-fund", "--loglevel=error"),
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            await process.wait()
        except asyncio.CancelledError:
            process.terminate()
            raise
    missing.cache_clear()


def build(client: Path, out: Path) -> Built:
    """Build `client` into `out`; the problems are the caller's to judge.

    Raises:
        BuildError: the harness said nothing that can be read.
    """
    done = subprocess.run(
        ["node", str(HERE / "harness" / "build.mjs"), str(client), str(out)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    try:
        report = json.loads(done.stdout)
    except ValueError:
        raise BuildError(done.stderr.strip() or done.stdout.strip()) from None
    return Built(out, report["problems"], report["notes"], report["sizes"])
