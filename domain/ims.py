"""`imsmanifest.xml`: a package as learning platforms take it in (IMS Content Packaging 1.1.4 with IEEE LOM 1.0).

Only what is known is said, in the order that the schemas ask for. Characters that XML cannot carry are left out.
"""

from __future__ import annotations

import re
from urllib.parse import quote
from xml.etree import ElementTree as Xml

from domain.packages import Package, Packed
from domain.resources import Kind
from domain.times import school_text

NAME = "imsmanifest.xml"
CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
LOM = "http://ltsc.ieee.org/xsd/LOM"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMAS = f"{CP} http://www.imsglobal.org/xsd/imscp_v1p1.xsd {LOM} http://ltsc.ieee.org/xsd/lomv1.0/lom.xsd"
_LANGUAGE = "zh-CN"
_UNCARRIED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# LOM's own words for kinds; a kind for which it has none is said in ours alone, as a keyword.
_TYPES = {
    Kind.SLIDES: "slide",
    Kind.EXERCISE: "exercise",
    Kind.PAPER: "exam",
    Kind.VIDEO: "lecture",
    Kind.PLAN: "narrative text",
    Kind.GUIDE: "narrative text",
    Kind.RESEARCH: "narrative text",
}

for _prefix, _space in (("", CP), ("lom", LOM), ("xsi", XSI)):
    Xml.register_namespace(_prefix, _space)


def ims_manifest(package: Package) -> bytes:
    """The whole file."""
    root = Xml.Element(f"{{{CP}}}manifest", {"identifier": "YANSHU-PACKAGE"})
    root.set(f"{{{XSI}}}schemaLocation", _SCHEMAS)
    about = _put(root, "metadata")
    _put(about, "schema", "IMS Content")
    _put(about, "schemaversion", "1.1.4")
    _general(_lom(_lom(about, "lom"), "general"), package.title, "")
    shelves = _put(root, "organizations", default="ORGANIZATION")
    shelf = _put(shelves, "organization", identifier="ORGANIZATION")
    _put(shelf, "title", package.title)
    resources = _put(root, "resources")
    for number, packed in enumerate(package.resources, start=1):
        item = _put(
            shelf, "item", identifier=f"ITEM-{number:04d}", identifierref=f"RESOURCE-{number:04d}"
        )
        _put(item, "title", packed.version.content.title)
        _resource(resources, number, packed)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _resource(resources: Xml.Element, number: int, packed: Packed) -> None:
    paths = [quote(file.path) for file in packed.files]
    made = _put(
        resources, "resource", identifier=f"RESOURCE-{number:04d}", type="webcontent", href=paths[0]
    )
    _described(_lom(_put(made, "metadata"), "lom"), packed)
    for path in paths:
        _put(made, "file", href=path)


def _described(lom: Xml.Element, packed: Packed) -> None:
    content = packed.version.content
    general = _lom(lom, "general")
    name = _lom(general, "identifier")
    _lom(name, "catalog", "yanshu")
    _lom(name, "entry", packed.resource_id)
    _general(general, content.title, content.summary, packed.kind_name)
    life = _lom(lom, "lifeCycle")
    _said(life, "version", str(packed.version.number))
    _contribute(life, "author", packed.author, packed.school, school_text(packed.version.at))
    _contribute(life, "publisher", "", packed.library, school_text(packed.shelved_at))
    technical = _lom(lom, "technical")
    for content_type in dict.fromkeys(file.content_type for file in packed.files):
        _lom(technical, "format", content_type)
    _lom(technical, "size", str(sum(file.part.size_bytes for file in packed.files)))
    if seconds := sum(file.part.seconds for file in packed.files):
        _lom(_lom(technical, "duration"), "duration", f"PT{seconds}S")
    educational = _lom(lom, "educational")
    if content.kind in _TYPES:
        _word(educational, "learningResourceType", _TYPES[content.kind])
    _word(educational, "intendedEndUserRole", "learner" if content.open else "teacher")
    _word(educational, "context", "school")
    rights = _lom(lom, "rights")
    _word(rights, "copyrightAndOtherRestrictions", "yes")
    _said(rights, "description", packed.rights)
    filed = _lom(lom, "classification")
    _word(filed, "purpose", "discipline")
    for source, entry in packed.filing:
        path = _lom(filed, "taxonPath")
        _said(path, "source", source)
        _said(_lom(path, "taxon"), "entry", entry)


def _general(general: Xml.Element, title: str, summary: str, keyword: str = "") -> None:
    _said(general, "title", title)
    _lom(general, "language", _LANGUAGE)
    if summary:
        _said(general, "description", summary)
    if keyword:
        _said(general, "keyword", keyword)


def _contribute(life: Xml.Element, role: str, name: str, place: str, day: str) -> None:
    made = _lom(life, "contribute")
    _word(made, "role", role)
    _lom(made, "entity", _card(name, place))
    _lom(_lom(made, "date"), "dateTime", day[:10])


def _card(name: str, place: str) -> str:
    """A vCard, which LOM asks for; what would end a line of it is written as it says."""
    escaped = {ord(c): f"\\{c}" for c in "\\;,"}
    name, place = name.translate(escaped), place.translate(escaped)
    return f"BEGIN:VCARD\nVERSION:3.0\nFN:{name or place}\nORG:{place}\nEND:VCARD"


def _word(parent: Xml.Element, name: str, value: str) -> None:
    """One of LOM's own words."""
    made = _lom(parent, name)
    _lom(made, "source", "LOMv1.0")
    _lom(made, "value", value)


def _said(parent: Xml.Element, name: str, text: str) -> None:
    """Words of a language."""
    _lom(_lom(parent, name), "string", text).set("language", _LANGUAGE)


def _lom(parent: Xml.Element, name: str, text: str = "") -> Xml.Element:
    return _made(parent, f"{{{LOM}}}{name}", text)


def _put(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    return _made(parent, f"{{{CP}}}{name}", text, **attributes)


def _made(parent: Xml.Element, name: str, text: str, **attributes: str) -> Xml.Element:
    made = Xml.SubElement(parent, name, attributes)
    made.text = _UNCARRIED.sub("", text) or None
    return made
