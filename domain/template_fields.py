"""What fits into a template's field: WeChat refuses a whole message (47003) for one value that is too long."""

from __future__ import annotations

import re

# WeChat, 订阅消息参数值内容限制: characters by kind of field. What is not here is not ours to fill with words.
_LONGEST = {"thing": 20, "const": 20, "character_string": 32, "letter": 32, "number": 32}
_CHINESE = re.compile("[^\u4e00-\u9fff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_NAME, _LATIN_NAME, _PHRASE = (
    10,
    20,
    5,
)  # 10 characters, or 20 that are all plain letters; 5 of Chinese alone
_NOTHING = "无"  # an empty value is refused too


def fitted(key: str, text: str) -> str:
    """A text as the field `key` (thing1, name2 …) can hold it: cut, on one line, never empty."""
    kind = key.rstrip("0123456789")
    plain = _CONTROL.sub(" ", text).strip()
    if kind == "phrase":
        plain = _CHINESE.sub("", plain)[:_PHRASE]
    elif kind == "name":
        plain = plain[: _LATIN_NAME if plain.isascii() else _NAME]
    elif kind in _LONGEST:
        plain = _cut(plain, _LONGEST[kind])
    return plain or _NOTHING


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
