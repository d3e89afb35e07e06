"""The harness fails on what a phone would only show by doing nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.miniprogram.building import Built, build

APP: dict[str, str] = {
    "app.js": "App({})",
    "app.json": json.dumps({"pages": ["pages/one"]}),
    "pages/one.js": "Page({ tapped() { wx.showToast({ title: 'hello' }) } })",
    "pages/one.wxml": '<view bind:tap="tapped">one</view>',
    "pages/one.json": "{}",
}


def made(folder: Path, out: Path, **changes: str | None) -> Built:
    """A small mini-program with some files changed, or (None) left out; `__` stands for `/`, `_dot_` for a dot."""
    files: dict[str, str | None] = dict(APP)
    for name, text in changes.items():
        files[name.replace("__", "/").replace("_dot_", ".")] = text
    for name, text in files.items():
        if text is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return build(folder, out)


def test_a_whole_app_has_no_problems(node: str, tmp_path: Path) -> None:
    built = made(tmp_path / "app", tmp_path / "out")
    assert built.problems == []
    assert (tmp_path / "out" / "runtime.js").stat().st_size > 10_000
    assert built.sizes["main"] == sum(
        len(text) for name, text in APP.items() if not name.endswith("x")
    )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"pages__one_dot_wxml": '<view bind:tap="gone"/>'}, 'handler "gone" is not defined'),
        ({"pages__one_dot_wxml": "<vieww/>"}, "<vieww> is neither built in"),
        ({"pages__one_dot_wxml": "<view>"}, "pages/one.wxml:1"),
        ({"pages__one_dot_wxml": '<image src="/a/b.svg"/>'}, "/a/b.svg is missing"),
        ({"pages__one_dot_wxml": None}, "pages/one.wxml: missing"),
        ({"pages__one_dot_js": None}, "pages/one.js: missing"),
        ({"pages__one_dot_js": "Page({ tapped() { wx.fly() } })"}, "wx.fly has no double"),
        ({"pages__one_dot_js": "require('./two'); Page({ tapped() {} })"}, "cannot resolve"),
        ({"pages__one_dot_js": "Page({ tapped( {} })"}, "pages/one.js: "),
        ({"pages__one_dot_json": '{"usingComponents": {"a-b": "./b"}}'}, "a-b -> ./b not found"),
        ({"pages__one_dot_json": "{,}"}, "pages/one.json: "),
        ({"pages__one_dot_wxss": "@import './two.wxss';"}, "pages/two.wxss: missing"),
        ({"pages__one_dot_wxss": ".a { color: red"}, "pages/one.wxss: "),
        ({"app_dot_json": '{"pages": ["pages/one"], "style": "v2"}'}, '"style": "v2"'),
        ({"app_dot_json": '{"pages": ["pages/one"], "themeLocation": "t.json"}'}, "t.json"),
    ],
)
def test_what_is_missing_is_named(
    node: str, tmp_path: Path, changes: dict[str, Any], problem: str
) -> None:
    built = made(tmp_path / "app", tmp_path / "out", **changes)
    assert any(problem in found for found in built.problems), built.problems


def test_the_shipped_app_has_no_problems_and_stays_small(
    mini: Built, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mini.problems == []
    with capsys.disabled():
        sizes = ", ".join(f"{name} {size / 1024:.0f} kB" for name, size in mini.sizes.items())
        print(f"\nmini-program: {sizes}")  # noqa: T201 -- the figure that WeChat limits to 2 MB
    assert 100 * 1024 < mini.sizes["main"] < 1024 * 1024
