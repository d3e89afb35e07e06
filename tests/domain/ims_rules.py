"""What IMS Content Packaging 1.1 and IEEE LOM 1.0 ask of a manifest, to hold ours against.

Written down from the structure of the schema of 1.1.3, whose namespace 1.1.4 keeps; 1.1.4 itself was not to be had.
Elements of other namespaces may stand behind one's own, no other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as Xml

CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
LOM = "http://ltsc.ieee.org/xsd/LOM"
SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
LONGEST = {"href": 2000, "identifierref": 2000, "type": 1000, "title": 200, "schemaversion": 20}
_ID = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
MANY = 10**9


@dataclass(frozen=True)
class Rule:
    """The children of an element in their order, each with how often at most; which must be there; attributes."""

    children: tuple[tuple[str, int], ...] = ()
    must: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


ELEMENTS = {
    "manifest": Rule(
        (("metadata", 1), ("organizations", 1), ("resources", 1), ("manifest", MANY)),
        must=("organizations", "resources"),
        needs=("identifier",),
        may=("version", SCHEMA_LOCATION),
    ),
    "metadata": Rule((("schema", 1), ("schemaversion", 1))),
    "schema": Rule(),
    "schemaversion": Rule(),
    "title": Rule(),
    "organizations": Rule((("organization", MANY),), may=("default",)),
    "organization": Rule(
        (("title", 1), ("item", MANY), ("metadata", 1)), needs=("identifier",), may=("structure",)
    ),
    "item": Rule(
        (("title", 1), ("item", MANY), ("metadata", 1)),
        needs=("identifier",),
        may=("identifierref", "isvisible", "parameters"),
    ),
    "resources": Rule((("resource", MANY),)),
    "resource": Rule(
        (("metadata", 1), ("file", MANY), ("dependency", MANY)),
        needs=("identifier", "type"),
        may=("href",),
    ),
    "file": Rule((("metadata", 1),), needs=("href",)),
    "dependency": Rule(needs=("identifierref",)),
}
# Of LOM the categories and elements that a manifest of ours may have, in the standard's order.
LOM_ELEMENTS = {
    "lom": (
        ("general", 1), ("lifeCycle", 1), ("metaMetadata", 1), ("technical", 1), ("educational", MANY), ("rights", 1),
        ("relation", MANY), ("annotation", MANY), ("classification", MANY),
    ),
    "general": (
        ("identifier", MANY), ("title", 1), ("language", MANY), ("description", MANY), ("keyword", MANY),
    ),
    "lifeCycle": (("version", 1), ("status", 1), ("contribute", MANY)),
    "contribute": (("role", 1), ("entity", MANY), ("date", 1)),
    "technical": (("format", MANY), ("size", 1), ("location", MANY), ("requirement", MANY), ("duration", 1)),
    "educational": (
        ("interactivityType", 1), ("learningResourceType", MANY), ("interactivityLevel", 1), ("semanticDensity", 1),
        ("intendedEndUserRole", MANY), ("context", MANY),
    ),
    "rights": (("cost", 1), ("copyrightAndOtherRestrictions", 1), ("description", 1)),
    "classification": (("purpose", 1), ("taxonPath", MANY), ("description", 1), ("keyword", MANY)),
    "taxonPath": (("source", 1), ("taxon", MANY)),
}  # fmt: skip
LOM_WORDS = {
    "learningResourceType": (
        "exercise", "simulation", "questionnaire", "diagram", "figure", "graph", "index", "slide", "table",
        "narrative text", "exam", "experiment", "problem statement", "self assessment", "lecture",
    ),
    "intendedEndUserRole": ("teacher", "author", "learner", "manager"),
    "context": ("school", "higher education", "training", "other"),
    "copyrightAndOtherRestrictions": ("yes", "no"),
    "purpose": (
        "discipline", "idea", "prerequisite", "educational objective", "accessibility", "restrictions",
        "educational level", "skill level", "security level", "competency",
    ),
    "role": ("author", "publisher"),
}  # fmt: skip
LOM_TEXTS = {
    "size": re.compile(r"\d+"),
    "duration": re.compile(r"PT\d+S"),
    "dateTime": re.compile(r"\d{4}-\d\d-\d\d"),
    "language": re.compile(r"[a-z]{2}(-[A-Z]{2})?"),
}


def faults(root: Xml.Element, names: set[str]) -> list[str]:
    """Everything that is wrong with a manifest; `names` are the other files of its package that it has to list."""
    if root.tag != f"{{{CP}}}manifest":
        return ["it is no manifest"]
    return [
        *_of_versions(root),
        *(fault for element in root.iter() for fault in _of_element(element)),
        *_of_references(root),
        *_of_files(root, names),
    ]


def _split(element: Xml.Element) -> tuple[str, str]:
    space, _, name = element.tag.removeprefix("{").rpartition("}")
    return space, name


def _of_versions(root: Xml.Element) -> Iterator[str]:
    said = [root.findtext(f"{{{CP}}}metadata/{{{CP}}}{n}") for n in ("schema", "schemaversion")]
    if said != ["IMS Content", "1.1.4"]:
        yield f"schema and version are {said}"
    located = root.get(SCHEMA_LOCATION, "").split()
    if located[::2] != [CP, LOM] or any(not one.endswith(".xsd") for one in located[1::2]):
        yield "the schemas of its two namespaces are not named"


def _of_element(element: Xml.Element) -> Iterator[str]:
    space, name = _split(element)
    children = [_split(child) for child in element]
    if space == LOM:
        yield from _of_lom(element, name, [child for _, child in children])
        return
    rule = ELEMENTS.get(name)
    if space != CP or rule is None:
        yield f"{name} is unknown"
        return
    own = [child for one, child in children if one == CP]
    if [one for one, _ in children] != [CP] * len(own) + [LOM] * (len(children) - len(own)):
        yield f"{name}: others stand before its own"
    yield from _in_order(name, own, rule.children)
    yield from (f"{name} lacks {one}" for one in rule.must if one not in own)
    yield from (f"{name} lacks {one}" for one in rule.needs if not element.get(one))
    given = dict(element.items())
    yield from (f"{name} has {one}" for one in given if one not in rule.needs + rule.may)
    held = given | {name: element.text or ""}
    yield from (f"{one} is too long" for one, n in LONGEST.items() if len(held.get(one, "")) > n)


def _in_order(name: str, children: list[str], order: tuple[tuple[str, int], ...]) -> Iterator[str]:
    places = [child for child, _ in order]
    yield from (f"{name} has {child}" for child in children if child not in places)
    found = [places.index(child) for child in children if child in places]
    if found != sorted(found):
        yield f"{name}: out of order"
    counts = Counter(children)
    yield from (f"{name} has {child} too often" for child, most in order if counts[child] > most)


def _of_lom(element: Xml.Element, name: str, children: list[str]) -> Iterator[str]:
    # An identifier, a language and a duration have children or text, depending on where they stand.
    if name in LOM_ELEMENTS:
        yield from _in_order(name, children, LOM_ELEMENTS[name])
    if name in LOM_WORDS:
        said = [element.findtext(f"{{{LOM}}}{one}") for one in ("source", "value")]
        if said[0] != "LOMv1.0" or said[1] not in LOM_WORDS[name]:
            yield f"{name} is no word of LOM"
    if name in LOM_TEXTS and not children and not LOM_TEXTS[name].fullmatch(element.text or ""):
        yield f"{name} is of no form"
    if name == "entity" and not (element.text or "").startswith("BEGIN:VCARD\n"):
        yield "entity is no vCard"


def _of_references(root: Xml.Element) -> Iterator[str]:
    ids = [one for element in root.iter() if (one := element.get("identifier"))]
    yield from (f"{one} is no identifier" for one in ids if not _ID.fullmatch(one))
    yield from (f"{one} is there twice" for one, n in Counter(ids).items() if n > 1)
    of_kind = {
        kind: {element.get("identifier") for element in root.iter(f"{{{CP}}}{kind}")}
        for kind in ("organization", "resource")
    }
    for shelves in root.iter(f"{{{CP}}}organizations"):
        if shelves.get("default") not in of_kind["organization"]:
            yield "the default is no organization"
    for element in root.iter():
        if element.get("identifierref", "") not in {"", *of_kind["resource"]}:
            yield f"{element.get('identifierref')} is no resource"


def _of_files(root: Xml.Element, names: set[str]) -> Iterator[str]:
    listed: list[str] = []
    for resource in root.iter(f"{{{CP}}}resource"):
        hrefs = [file.get("href", "") for file in resource.iter(f"{{{CP}}}file")]
        if resource.get("href") not in hrefs:
            yield f"{resource.get('identifier')} opens a file that is not its own"
        listed += hrefs
    for href in listed:
        parts = urlsplit(href)
        if parts.scheme or parts.netloc or parts.query or parts.fragment or not href.isascii():
            yield f"{href} is no path"
        if href.startswith("/") or ".." in unquote(href).split("/"):
            yield f"{href} leads out of the package"
    paths = [unquote(href) for href in listed]
    yield from (f"{path} is listed twice" for path, n in Counter(paths).items() if n > 1)
    yield from (f"{path} is not in the package" for path in sorted(set(paths) - names))
    yield from (f"{name} is not listed" for name in sorted(names - set(paths)))
