"""What every spreadsheet that is given out keeps to: nothing in it is calculated when somebody opens it."""

from __future__ import annotations

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CELL_LIMIT = 32_000  # Excel holds 32,767 characters in a cell


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula or refuses to hold."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    return "'" + text if text.startswith(_FORMULA_STARTS) else text
