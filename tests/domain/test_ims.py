"""`imsmanifest.xml` held against what Content Packaging 1.1 and LOM ask for; each mistake would be seen."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.files import FileKind
from domain.ims import ims_manifest
from domain.packages import Package
from domain.resources import Claim, Kind
from tests.domain.ims_rules import CP, LOM, faults
from tests.domain.resource_samples import a_content, a_part
from tests.domain.test_packages import a_package, a_packed


def manifest_of(package: Package) -> tuple[Xml.Element, set[str]]:
    """Its manifest as a reader parses it, and the files that lie beside it."""
    names = {file.path for packed in package.resources for file in packed.files}
    return Xml.fromstring(ims_manifest(package)), names


def some_package() -> Package:
    """Two resources, of two files and of a film."""
    film = a_part(file_id="file-2", kind=FileKind.VIDEO, name="微课 50% #1.mp4", seconds=61)
    return a_package(
        a_packed(1, a_content(parts=(a_part(), film))),
        a_packed(2, a_content(kind=Kind.VIDEO, parts=(film,), open=True, edition="人教版")),
    )


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("claim", list(Claim))
def test_every_kind_is_packed_as_the_standards_ask(kind: Kind, claim: Claim) -> None:
    content = a_content(kind=kind, claim=claim, whence="某出版社", volume="上册")
    root, names = manifest_of(a_package(a_packed(1, content), a_packed(2)))
    assert faults(root, names) == []


def test_several_files_and_a_film_are_listed_each_once() -> None:
    root, names = manifest_of(some_package())
    assert len(names) == 3
    assert faults(root, names) == []


@given(st.text(min_size=1, max_size=60), st.text(max_size=200), st.text(max_size=500))
def test_whatever_people_write_the_manifest_stays_one(title: str, name: str, summary: str) -> None:
    content = a_content(title=title, summary=summary, parts=(a_part(name=name),))
    root, names = manifest_of(a_package(a_packed(1, content)))
    assert faults(root, names) == []


def at(root: Xml.Element, path: str) -> Xml.Element:
    found = root.find(path, {"cp": CP, "lom": LOM})
    assert found is not None, path
    return found


def turned(root: Xml.Element, path: str) -> None:
    element = at(root, path)
    element[:] = reversed(element)


MISTAKES: dict[str, tuple[Callable[[Xml.Element], object], str]] = {
    "resources before organizations": (lambda r: turned(r, "."), "manifest: out of order"),
    "files before metadata": (lambda r: turned(r, ".//cp:resource"), "resource: out of order"),
    "LOM out of order": (lambda r: turned(r, ".//cp:resource//lom:lom"), "lom: out of order"),
    "LOM before the schema": (
        lambda r: turned(r, "cp:metadata"),
        "metadata: others stand before its own",
    ),
    "no resources": (lambda r: r.remove(at(r, "cp:resources")), "manifest lacks resources"),
    "no identifier": (
        lambda r: at(r, ".//cp:item").attrib.pop("identifier"),
        "item lacks identifier",
    ),
    "no type": (lambda r: at(r, ".//cp:resource").attrib.pop("type"), "resource lacks type"),
    "no href": (lambda r: at(r, ".//cp:file").attrib.pop("href"), "file lacks href"),
    "of no version": (
        lambda r: at(r, ".//cp:schemaversion").clear(),
        "schema and version are ['IMS Content', '']",
    ),
    "another namespace": (
        lambda r: setattr(at(r, ".//cp:title"), "tag", "{http://x}title"),
        "title is unknown",
    ),
    "an identifier twice": (
        lambda r: at(r, ".//cp:item").set("identifier", "RESOURCE-0001"),
        "RESOURCE-0001 is there twice",
    ),
    "an identifier of no form": (
        lambda r: at(r, ".//cp:item").set("identifier", "1"),
        "1 is no identifier",
    ),
    "the default leads nowhere": (
        lambda r: at(r, "cp:organizations").set("default", "RESOURCE-0001"),
        "the default is no organization",
    ),
    "an item leads nowhere": (
        lambda r: at(r, ".//cp:item").set("identifierref", "ORGANIZATION"),
        "ORGANIZATION is no resource",
    ),
    "another's file": (
        lambda r: at(r, ".//cp:resource").set("href", "x"),
        "RESOURCE-0001 opens a file that is not its own",
    ),
    "a path out of the package": (
        lambda r: at(r, ".//cp:file").set("href", "..%2Fx"),
        "..%2Fx leads out of the package",
    ),
    "an address elsewhere": (
        lambda r: at(r, ".//cp:file").set("href", "https://x/y"),
        "https://x/y is no path",
    ),
    "a word of no vocabulary": (
        lambda r: setattr(at(r, ".//lom:context/lom:value"), "text", "home"),
        "context is no word of LOM",
    ),
    "a duration in words": (
        lambda r: setattr(at(r, ".//lom:duration/lom:duration"), "text", "一分钟"),
        "duration is of no form",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_would_be_seen(mistake: str) -> None:
    make, said = MISTAKES[mistake]
    root, names = manifest_of(some_package())
    make(root)
    assert said in faults(root, names)


def test_a_file_too_many_or_too_few_would_be_seen() -> None:
    root, names = manifest_of(some_package())
    gone = min(names)
    assert faults(root, names - {gone}) == [f"{gone} is not in the package"]
    assert faults(root, names | {"resources/x.pdf"}) == ["resources/x.pdf is not listed"]
