"""Names and numbers as people type them: full-width digits, blanks inside, and what of a name may be shown."""

from __future__ import annotations

import re
import unicodedata

_BLANKS = re.compile(r"[\s\u3000·•]+")
_CLAIM = re.compile(r"^(?P<name>[^\d]{2,20}?)[\s,，、:：;；.。+-]*(?P<digits>\d{4})$")


def folded_name(text: str) -> str:
    """A name to compare by: full-width folded, blanks and the middle dot of minority names removed."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def parse_name_and_digits(text: str) -> tuple[str, str] | None:
    """`李小明 1234` as one line → (`李小明`, `1234`); None when it is not of that form."""
    folded = unicodedata.normalize("NFKC", text).strip()
    match = _CLAIM.match(folded)
    if match is None:
        return None
    name = folded_name(match["name"])
    return (name, match["digits"]) if len(name) >= 2 else None


def masked_name(name: str) -> str:
    """A child's name for a message that passes through WeChat: `李小明` → `李*明`, `李明` → `李*`.

    A minor's full name does not belong into somebody else's servers; the page behind the link shows it.
    """
    if len(name) <= 2:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]
