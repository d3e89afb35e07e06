"""What stands in one cell of a school's list → text, a name, phones and whose they are. Never guesses a digit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.names import NAME_LIMIT, folded_name

Cell = str | int | float | bool | datetime | date | time | timedelta | None
UNCOMPUTED = "#FORMULA!"  # a formula that was saved without its result

_MOBILE = re.compile(r"(?<![\d.])(?:\+?86[- ]?)?(1[3-9]\d(?:[- ]?\d){8})(?![\d.])")
_POWER = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_SEPARATORS = re.compile(r"[;,、/|\n\r]+")
_AROUND = " ()[]:：;.-—*#<>《》“”\"'"
_LOST = "0000000"  # a number cut to 1.38E+10 and written out again ends so
_EXCEL_ERROR = re.compile(r"#(?:N/A|REF!|NAME\?|VALUE!|DIV/0!|NULL!|NUM!)")
_RELATIONS = (
    ("外祖父", "外公"),
    ("外祖母", "外婆"),
    ("祖父", "爷爷"),
    ("祖母", "奶奶"),
    ("继父", "继父"),
    ("继母", "继母"),
    ("父亲", "爸爸"),
    ("母亲", "妈妈"),
    *((word, word) for word in ("爸爸", "妈妈", "爷爷", "奶奶", "外公", "外婆", "姥姥", "姥爷")),
    *((word, word) for word in ("哥哥", "姐姐", "叔叔", "阿姨", "姑姑", "舅舅", "监护人")),
)
_SHORT_RELATIONS = {"父": "爸爸", "母": "妈妈", "爸": "爸爸", "妈": "妈妈"} | {
    pair: who
    for who, pairs in (("爸爸", ("父子", "父女")), ("妈妈", ("母子", "母女")))
    for pair in pairs
}
_RELATION_LIMIT = 10


class CellError(ValueError):
    """A cell that cannot be taken; `code` is a name of `roster_parsed.Reason`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Guardian:
    """An adult on the list: `phone` is the whole number, which is compared inside one file and never stored."""

    phone: str
    name: str = ""
    relation: str = ""


def text_of(cell: Cell) -> str:
    """A cell as text: full-width folded, what cannot be seen removed, whole numbers without `.0`.

    Raises CellError for a date (Excel makes one of 3-2), a truth value, an error or a formula without result.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        raise CellError("not_text")
    if isinstance(cell, datetime | date | time | timedelta):
        raise CellError("date")
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    folded = unicodedata.normalize("NFKC", str(cell))
    if folded == UNCOMPUTED:
        raise CellError("formula")
    if _EXCEL_ERROR.fullmatch(folded.strip()):
        raise CellError("excel_error")
    if not folded.isprintable():  # most are
        folded = "".join(map(_visible, folded))
    return re.sub(r"  +", " ", folded).strip()


def _visible(character: str) -> str:
    if character in "\n\r":
        return "\n"
    category = unicodedata.category(character)
    if category[0] == "Z" or character == "\t":
        return " "
    return "" if category in ("Cc", "Cf", "Cs") else character


def name_of(cell: Cell) -> str:
    """A person's name as it is kept: `李 明` → `李明`, `Anna Li` stays. Raises CellError."""
    text = text_of(cell).replace("\n", " ")
    if not text:
        raise CellError("missing")
    # A blank between two Han characters is for looks.
    name = re.sub(r"(?<=[^\x00-\u024f]) +(?=[^\x00-\u024f])", "", text)
    folded = folded_name(name)
    if not 2 <= len(folded) <= NAME_LIMIT or len(name) > 2 * NAME_LIMIT:
        raise CellError("name_length")
    if any(character.isdigit() for character in folded) or name.startswith(("=", "@", "+")):
        raise CellError("not_a_name")
    return name


def relation_of(text: str) -> str:
    """父亲, 父女, 爸 → 爸爸; what is not known stays as it is written, if it is short."""
    plain = text.strip(_AROUND)
    for word, relation in _RELATIONS:
        if word in plain:
            return relation
    return _SHORT_RELATIONS.get(plain, plain if len(plain) <= _RELATION_LIMIT else "")


def guardians_in(cell: Cell) -> Iterator[Guardian | CellError]:
    """The adults in a cell: `张三 13800001234；李四（母）13900005678`. A number that isn't one comes as an error.

    Raises CellError when nothing of the cell can be read.
    """
    text = text_of(cell)
    if isinstance(cell, int | float) and text.endswith(_LOST):
        raise CellError("digits_lost")
    for part in _SEPARATORS.split(text):
        yield from _in_part(part)


def _in_part(part: str) -> Iterator[Guardian | CellError]:
    if _POWER.search(part):
        whole = re.sub(_POWER, lambda m: _written_out(m.group()), part)
        if _POWER.search(whole):
            yield CellError("digits_lost")
            return
        part = whole
    matches = list(_MOBILE.finditer(part))
    rest = _MOBILE.sub(" ", part)
    if re.search(r"\d[\d -]{3,}\d", rest):
        yield CellError("not_a_mobile")
    start = 0
    for match in matches:
        label = part[start : match.start()]
        if len(matches) == 1:
            label += " " + part[match.end() :]
        start = match.end()
        phone = re.sub(r"\D", "", match[1])
        if phone.endswith(_LOST):
            yield CellError("digits_lost")
            continue
        name, relation = _whose(label)
        yield Guardian(phone, name, relation)


def _written_out(power: str) -> str:
    """`1.3800001234E+10` still has all its digits; `1.38E+10` has not."""
    mantissa, _, exponent = power.upper().partition("E")
    digits = mantissa.replace(".", "")
    return digits if len(digits) == 11 and exponent.lstrip("+") == "10" else power


def _whose(label: str) -> tuple[str, str]:
    """`张三(父亲)`, `父亲 张三`, `爸爸:` → name and relation."""
    relation = ""
    for word, meant in _RELATIONS:
        if word in label:
            relation, label = meant, label.replace(word, " ", 1)
            break
    words = [word for word in re.split(r"[\s()\[\]:：.*#<>“”\"'—-]+", label) if word]
    if not relation:
        relation = next((_SHORT_RELATIONS[w] for w in words if w in _SHORT_RELATIONS), "")
        words = [w for w in words if w not in _SHORT_RELATIONS]
    words = [w for w in words if not re.fullmatch(r"电话|手机号?|联系电话|号码|\d+", w)]
    name = " ".join(words)
    return (name if len(name) <= NAME_LIMIT else ""), relation
