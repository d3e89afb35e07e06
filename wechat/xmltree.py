"""XML as WeChat sends it, read into plain dictionaries by expat in one pass.

Document types are refused, and with them every entity that isn't XML's own. Attributes are ignored
(WeChat sends none). Text is kept as it stands; only an element without children has any.
"""

from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

# WeChat nests five deep at most (xml/SendPicsInfo/PicList/item/PicMd5Sum).
_DEEPEST = 16


def read_tree(raw: bytes) -> dict[str, Any]:
    """Read the children of the root element `xml`.

    Returns:
        name → text, or a dictionary for an element with children; several elements of one name
        become a list in their order. An empty element is "".

    Raises:
        ValueError: not well-formed, not UTF-8, a document type, too deep, or another root.
            The error says nothing of the content.
    """
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

    # The encoding is always UTF-8, whatever a declaration inside says.
    parser = ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(raw, True)
    except ExpatError:
        raise ValueError("not well-formed") from None
    root = document.get("xml")
    if not isinstance(root, dict):
        raise ValueError("no <xml> with elements")
    return root


def _refuse_doctype(*_: object) -> None:
    raise ValueError("document types are refused")
