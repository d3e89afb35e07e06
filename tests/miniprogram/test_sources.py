"""The mini-program's sources, without building them."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from domain import messages, resource_forms, shelves, threads
from domain.channels import Channel, Reason
from domain.files import MAX_FILE_BYTES
from domain.notices import FILE_LIMIT, LINK_LIMIT, TITLE_LIMIT, ConfirmMode
from domain.receipts import Receipt
from domain.search_text import QUERY_LIMIT
from simulator.miniprogram.building import CLIENT, HERE

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def sources(*kinds: str) -> list[Path]:
    """Our own files of these kinds."""
    return [
        path
        for kind in kinds
        for path in sorted(CLIENT.rglob(f"*{kind}"))
        if not {"node_modules", "miniprogram_npm"} & set(path.relative_to(CLIENT).parts)
    ]


def test_every_sentence_is_in_the_tables() -> None:
    spoken = sources(".wxml")
    assert len(spoken) > 10
    assert [path.name for path in spoken if _CHINESE.search(path.read_text())] == []
    code = [path for path in sources(".js") if "i18n" not in path.parts]
    told = [
        path.relative_to(CLIENT)
        for path in code
        if _CHINESE.search(re.sub(r"/\*[\s\S]*?\*/|//.*", "", path.read_text()))
    ]
    assert told == []


def test_both_tables_have_the_same_keys_and_holes(node: str) -> None:
    program = """
const holes = (text) => (text.match(/\\{\\w+\\}/g) || []).sort().join();
const flat = (table, before = '') => Object.entries(table).flatMap(([key, value]) =>
  typeof value === 'string' ? [[before + key, holes(value)]] : flat(value, before + key + '.'));
const tables = [require('./i18n/zh'), require('./i18n/en')];
console.log(JSON.stringify(tables.map((table) => Object.fromEntries(flat(table)))));
"""
    done = subprocess.run([node, "-e", program], cwd=CLIENT, capture_output=True, text=True)
    zh, en = json.loads(done.stdout)
    assert len(zh) > 100
    assert zh == en


def test_every_word_is_used() -> None:
    text = "\n".join(path.read_text() for path in (CLIENT / "i18n").glob("*zh.js"))
    keys = re.findall(r"(\w+): (?:'|{)", text)
    used = "\n".join(p.read_text() for p in sources(".wxml", ".js") if "i18n" not in p.parts)
    # A table that is looked into by a code of the server's is used as a whole.
    looked_into = {
        key
        for name, block in re.findall(r"(\w+): \{((?:[^{}]|\{\w+\})*)\}", text)
        if re.search(rf"\b{name}\[", used)
        for key in re.findall(r"(\w+): '", block)
    }
    # Hints of the answers to a binding are put together from the answer's name.
    put_together = {f"{answer}Hint" for answer in ("bound", "already", "waiting", "refused")}
    unused = {key for key in keys if not re.search(rf"\.{key}\b", used)}
    assert unused - looked_into - put_together - {"bound", "already", "waiting", "refused"} == set()


def test_every_code_of_the_server_has_its_word(node: str) -> None:
    program = "console.log(JSON.stringify(require('./i18n/zh')))"
    done = subprocess.run([node, "-e", program], cwd=CLIENT, capture_output=True, text=True)
    words = json.loads(done.stdout)
    assert set(Receipt) == words["receipt"].keys()
    assert set(Channel) == words["channel"].keys()
    assert set(Reason) <= words["reason"].keys()
    assert set(ConfirmMode) <= words["publish"].keys()


def test_limits_are_the_servers(node: str) -> None:
    program = """
globalThis.wx = { getAccountInfoSync: () => ({ miniProgram: { envVersion: 'develop' } }) };
const { TITLE_LIMIT, FILE_LIMIT, LINK_LIMIT } = require('./lib/notice-form');
const { MOST_BYTES } = require('./lib/uploads');
const said = ['zh', 'en'].map((language) => require('./i18n/' + language).publish.tooLarge);
console.log(JSON.stringify({ limits: [TITLE_LIMIT, FILE_LIMIT, LINK_LIMIT, MOST_BYTES], said }));
"""
    done = subprocess.run([node, "-e", program], cwd=CLIENT, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert found["limits"] == [TITLE_LIMIT, FILE_LIMIT, LINK_LIMIT, MAX_FILE_BYTES]
    assert all(f" {MAX_FILE_BYTES >> 20} MB" in sentence for sentence in found["said"])


@pytest.mark.parametrize(
    ("file", "name", "limit"),
    [
        ("talk/lib/saying.js", "PICTURES", messages.FILE_LIMIT),
        ("talk/thread/index.js", "TEXT_LIMIT", messages.TEXT_LIMIT),
        ("talk/search/index.js", "SEARCH_LIMIT", messages.SEARCH_LIMIT),
        ("talk/write/index.js", "TEXT_LIMIT", messages.TEXT_LIMIT),
        ("talk/write/index.js", "LINE_LIMIT", threads.TITLE_LIMIT),
        ("links/keep/index.js", "TITLE_LIMIT", shelves.TITLE_LIMIT),
        ("links/keep/index.js", "NOTE_LIMIT", shelves.NOTE_LIMIT),
        ("links/keep/index.js", "ORDER_LIMIT", shelves.ORDER_LIMIT),
        ("links/search/index.js", "QUERY_LIMIT", QUERY_LIMIT),
        ("links/lib/filing.js", "TITLE_LIMIT", resource_forms.TITLE_LIMIT),
        ("links/lib/filing.js", "CHAPTER_LIMIT", resource_forms.CHAPTER_LIMIT),
        ("links/lib/filing.js", "SUMMARY_LIMIT", resource_forms.SUMMARY_LIMIT),
        ("links/lib/filing.js", "WHENCE_LIMIT", resource_forms.WHENCE_LIMIT),
        ("links/lib/filing.js", "FILE_LIMIT", resource_forms.PARTS_LIMIT),
    ],
)
def test_limits_of_parts_are_the_servers(file: str, name: str, limit: int) -> None:
    assert f"const {name} = {limit};" in (CLIENT / file).read_text()


def test_pages_do_not_restyle_components() -> None:
    # A component that takes the app's styles takes its page's too, so their classes must differ.
    def classes(path: Path) -> set[str]:
        return set(re.findall(r"\.([a-z][\w-]*)(?=[^{}]*\{)", path.read_text()))

    shared = classes(CLIENT / "app.wxss")
    of_components = {
        name
        for path in sources(".wxss")
        if "components" in path.parts
        for name in classes(path) - shared
    }
    assert len(of_components) > 10
    for path in sources(".wxss"):
        if "components" not in path.parts and path.name == "index.wxss":
            assert classes(path) & of_components == set(), path


def test_nothing_comes_from_elsewhere() -> None:
    elsewhere = re.compile(r"""(src|href)=["'](https?:)?//|url\(["']?(https?:)?//""")
    found = [p.name for p in sources(".wxml", ".wxss", ".js") if elsewhere.search(p.read_text())]
    assert found == []


@pytest.mark.parametrize("folder", [CLIENT, HERE])
def test_packages_are_pinned(folder: Path) -> None:
    package = json.loads((folder / "package.json").read_text())
    lock = json.loads((folder / "package-lock.json").read_text())["packages"]
    wanted = package.get("dependencies", {}) | package.get("devDependencies", {})
    assert wanted
    assert {name: lock[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_every_page_is_pictured() -> None:
    # By name in a file of screens: there it is shot in light and dark, with writing of either size.
    app = json.loads((CLIENT / "app.json").read_text())
    parts = app.get("subPackages", [])
    pages = app["pages"] + [f"{part['root']}/{page}" for part in parts for page in part["pages"]]
    files = Path(__file__).parent.glob("test_*screens.py")
    shooting = "\n".join(text for path in files if ".shoot(" in (text := path.read_text()))
    names = {page.split("/")[-2] for page in pages}
    assert len(names) > 10
    assert {name for name in names if not re.search(rf"""["/]{name}["/]""", shooting)} == set()


def test_a_moment_that_is_a_word_stands_close(node: str) -> None:
    program = """
const { fill } = require('./i18n/index');
const by = (when) => fill('{who} {when} 填的', { who: '妈妈', when });
const others = [fill('{when} 交的', { when: '5分钟前' }), fill('尾号 {n} · {when} 提交', { n: 1234, when: '刚刚' })];
console.log(JSON.stringify([by('刚刚'), by('今天 08:30'), ...others]));
"""
    done = subprocess.run([node, "-e", program], cwd=CLIENT, capture_output=True, text=True)
    assert json.loads(done.stdout) == [
        "妈妈刚刚填的",
        "妈妈 今天 08:30 填的",
        "5分钟前交的",
        "尾号 1234 · 刚刚提交",
    ]
