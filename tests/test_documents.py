"""What the documents name is there: files, folders, addresses, commands, and names in the code.

Looked at is what stands behind a link or between backticks: whoever writes a name so says that it can be found.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from arguments import read_arguments
from handlers.console.routes import routes as console_routes
from handlers.routes import routes as page_routes
from miniapp.routes import routes as api_routes

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "miniapp" / "client" / "README.md",
]
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
NOT_OURS = {"node_modules", "__pycache__"}
NOT_READ = {".md", ".png", ".xlsx"}
PATH = re.compile(r"[\w-]+(/[\w.-]+)*(/|\.(py|js|ts|html|css|toml|txt|md|json|yaml|conf))")
NAME = re.compile(r"\b([a-z]+_\w+|[A-Z]?[a-z]+[A-Z]\w+)\b")  # no word of English is written so
GAP = "*"  # what stands in an address for an id
OTHER_ADDRESSES = {("ws",), ("console", "ws"), ("healthz",), ("readyz",), ("metrics",)}
OTHER_ADDRESSES |= {("wechat", "callback"), ("miniapp", "callback")}
# Named, and by their nature elsewhere: at the national platform, at WeChat, with whoever runs Yanshu.
ELSEWHERE = (
    "/tchMaterial",
    "/syncClassroom",
    "/var/www/",
    "wxa/",
    "application/",
    "i18n/mn.js",
    "deploy/verify/",
)
NAMES_ELSEWHERE = {"authSource", "ascii_letters"}
A_SHAPE = "_X"  # parse_X: the name of many


def ours() -> Iterator[Path]:
    """Every file and every folder of the project."""
    for path in ROOT.iterdir():
        if path.name not in {".git", ".venv", ".hypothesis", "var", *NOT_OURS}:
            yield path
            yield from (found for found in path.rglob("*") if not NOT_OURS & set(found.parts))


@cache
def places() -> set[str]:
    """Every path, also from any of its folders on: where one reads of a room, `notices.py` is enough."""
    found = set()
    for path in ours():
        parts = path.relative_to(ROOT).parts
        found |= {"/".join(parts[start:]) for start in range(len(parts))}
    return found


@cache
def written() -> str:
    """All that is written in the program and its tests; not in the documents, and not here."""
    files = [path for path in ours() if path.is_file() and path.suffix not in NOT_READ]
    return "\n".join(path.read_text(errors="ignore") for path in files if path != Path(__file__))


@cache
def words() -> set[str]:
    return set(re.findall(r"\w+", written()))


def spelled_out(pattern: str) -> set[str]:
    """A route's pattern, with every word that it allows: (regions|schools) are two."""
    found = re.search(r"\((\w+(?:\|\w+)+)\)", pattern)
    if found is None:
        return {pattern}
    each = (pattern.replace(found[0], word, 1) for word in found[1].split("|"))
    return set().union(*map(spelled_out, each))


def parts_of(address: str) -> tuple[str, ...]:
    """The parts of an address; whatever stands for an id is alike."""
    path = re.sub(r"\([^()]*\)|\{[^}]*\}|<[^>]*>|…", GAP, address.partition("?")[0])
    return tuple(path.replace("\\", "").strip("/$").split("/"))


@cache
def addresses() -> set[tuple[str, ...]]:
    """Every address, and every beginning of one; those of the API also without what all of them begin with."""
    found = {*OTHER_ADDRESSES}
    for rule in [*page_routes(), *console_routes(), *api_routes()]:
        for pattern in spelled_out(rule.regex.pattern.replace("(?:", "(")):
            for parts in parts_of(pattern), parts_of(pattern.replace("/api/v1", "")):
                found |= {parts[:end] for end in range(1, len(parts) + 1)}
    return found


def named_in(document: Path) -> list[str]:
    """What stands between backticks in a document, and is not said to be elsewhere."""
    named: list[str] = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", document.read_text())
    return [name for name in named if not any(where in name for where in ELSEWHERE)]


def address_in(name: str) -> str:
    """The address that is named, with its method or without; empty where none is."""
    found = re.fullmatch(r"(?:(?:GET|POST|PUT|DELETE) )?(/[^ ]*)", name)
    return found[1] if found else ""


@each_document
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", document.read_text())
    assert [
        link for link in links if "://" not in link and not (document.parent / link).exists()
    ] == []


@each_document
def test_every_path_is_there(document: Path) -> None:
    """Or is written in the program, as the name of what it makes."""
    named = [name for name in named_in(document) if PATH.fullmatch(name)]
    missing = [name for name in named if name.rstrip("/") not in places()]
    assert [name for name in missing if name not in written()] == []


@each_document
def test_every_name_in_the_code_is_there(document: Path) -> None:
    named = [name for name in named_in(document) if not PATH.fullmatch(name)]
    names = {name for one in named if not address_in(one) for name in NAME.findall(one)}
    assert {n for n in names if A_SHAPE not in n} - words() - NAMES_ELSEWHERE == set()


@each_document
def test_every_address_is_served(document: Path) -> None:
    named = [address for name in named_in(document) if (address := address_in(name))]
    assert [a for a in named if parts_of(a.removesuffix("…")) not in addresses()] == []


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What main.py can be told, in the order of its help."""
    with pytest.raises(SystemExit):
        read_arguments(["--help"])
    found = re.search(r"\{([a-z,-]+)\}", capsys.readouterr().out)
    assert found
    return found[1].split(",")


@each_document
def test_every_command_is_one(document: Path, commands: list[str]) -> None:
    text, makefile = document.read_text(), (ROOT / "Makefile").read_text()
    assert set(re.findall(r"main\.py ([a-z][a-z-]+)", text)) <= set(commands)
    targets = re.findall(r"(?:^|`)make ([a-z]+)", text, flags=re.MULTILINE)
    assert [target for target in targets if f"\n{target}:" not in makefile] == []


def test_the_map_of_the_house_shows_every_command(commands: list[str]) -> None:
    (shown,) = re.findall(
        r"the command line: (.+)", (ROOT / "docs" / "architecture.md").read_text()
    )
    assert shown.split(" · ") == commands


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_document_is_found_from_the_readme(readme: str) -> None:
    text = (ROOT / readme).read_text()
    documents = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert {name for name in documents if f"(docs/{name})" not in text} == set()
