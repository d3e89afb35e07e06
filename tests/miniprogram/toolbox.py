"""Building the mini-program with Node, for the browser and for the tests of the harness itself."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CLIENT = HERE.parent.parent / "miniapp" / "client"
_OLDEST_NODE = (18, 18)


@dataclass(frozen=True)
class Built:
    """A folder that a browser shows, and what the harness had to say about the sources."""

    folder: Path
    problems: list[str]
    notes: list[str]
    sizes: dict[str, int]  # bytes by package of the mini-program


def is_required() -> bool:
    """Whether missing tools are a failure: always in CI."""
    return os.environ.get("YANSHU_REQUIRE_NODE") == "1" or bool(os.environ.get("CI"))


@functools.cache
def missing() -> str:
    """What is missing to build the mini-program, in a few words; empty when nothing is."""
    node = shutil.which("node")
    if node is None:
        return "no Node on this machine"
    said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60).stdout
    version = tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    if version < _OLDEST_NODE:
        return f"Node {said.strip()} is too old"
    for folder in (HERE, CLIENT):
        if not (folder / "node_modules" / ".package-lock.json").exists():
            return f"npm ci has not been run in {folder.relative_to(HERE.parent.parent)}"
    return ""


def build(client: Path, out: Path) -> Built:
    """Build `client` into `out`; the problems are the caller's to judge."""
    done = subprocess.run(
        ["node", str(HERE / "harness" / "build.mjs"), str(client), str(out)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    return Built(out, report["problems"], report["notes"], report["sizes"])
