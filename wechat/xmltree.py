"""XML as WeChat sends it, read into plain dictionaries.

Nearly every message is one flat list of elements: a pattern reads those, at 40 % of the time that
expat takes with its call into Python for every piece. Whatever is not flat, or not quite as
expected, is left to expat, which alone says what is well-formed; a test holds the two together.

Document types are refused, and with them every entity that isn't XML's own. Attributes are ignored
(WeChat sends none). Text is kept as it stands; only an element without children has any.
"""

import re
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

# WeChat nests five deep at most (xml/SendPicsInfo/PicList/item/PicMd5Sum).
_DEEPEST = 16

_SPACE = r"[ \t\n]*"
_HEAD = re.compile(f"{_SPACE}<xml>{_SPACE}")
_LEAF = re.compile(
    r"<([A-Za-z][0-9A-Za-z_]*)>"
    r"(?:<!\[CDATA\[([^\]]*+(?:\](?!\]>)[^\]]*+)*+)\]\]>|([^<&\]]*+))"
    rf"</\1>{_SPACE}"
)
_TAIL = re.compile(f"</xml>{_SPACE}")
# What XML cannot carry, or (carriage return) doesn't carry unchanged.
NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_tree(raw: bytes) -> dict[str, Any]:
    """Read the children of the root element `xml`.

    Returns:
        name → text, or a dictionary for an element with children; several elements of one name
        become a list in their order. An empty element is "".

    Raises:
        ValueError: not well-formed, not UTF-8, a document type, too deep, or another root.
            The error says nothing of the content.
    """
    return _read_flat(raw) or _read_nested(raw)


def _read_flat(raw: bytes) -> dict[str, Any] | None:
    """Read elements without children and without references; None when there is anything else."""
    text = raw.decode()
    head = _HEAD.match(text)
    if not head:
        return None
    position = head.end()
    fields: dict[str, Any] = {}
    while leaf := _LEAF.match(text, position):
        name, section, plain = leaf.groups()
        value = plain if section is None else section
        # Nearly all texts are printable, and that is quickly said.
        if name in fields or (not value.isprintable() and NOT_XML.search(value)):
            return None
        fields[name] = value
        position = leaf.end()
    return fields if _TAIL.fullmatch(text, position) else None


def _read_nested(raw: bytes) -> dict[str, Any]:
    document: dict[str, Any] = {}
    frames: list[dict[str, Any]] = [document]
    text: list[str] = []

    def open_element(_name: str, _attributes: dict[str, str]) -> None:
        if len(frames) > _DEEPEST:
            raise ValueError("too deep")
        frames.append({})
        text.clear()

    def close_element(name: str) -> None:
        value: Any = frames.pop() or "".join(text)
        text.clear()
        parent = frames[-1]
        if name not in parent:
            parent[name] = value
        elif isinstance(parent[name], list):
            parent[name].append(value)
        else:
            parent[name] = [parent[name], value]

    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        # As text, so that neither a declaration nor a byte order mark chooses another encoding.
        parser.Parse(raw.decode(), True)
    except ExpatError:
        raise ValueError("not well-formed") from None
    root = document.get("xml")
    if not isinstance(root, dict):
        raise ValueError("no <xml> with elements")
    return root


def _refuse_doctype(*_: object) -> None:
    raise ValueError("document types are refused")
