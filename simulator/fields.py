"""What a template's fields may hold: WeChat's limits by keyword type.

Over-length is an error (47003), not a cut. Lengths are in characters. Pure checks, no state.
"""

import re
from collections.abc import Callable, Mapping

Check = Callable[[str], bool]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_DAY = r"\d{4}(?:年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2})"
_MOMENT = rf"(?:{_DAY}(?: ?{_CLOCK})?|{_CLOCK})"
_TIME = re.compile(rf"{_MOMENT}(?: ?~ ?{_MOMENT})?")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_LETTER = re.compile(r"[A-Za-z]{1,32}")
_ASCII = re.compile(r"[\x20-\x7e]{1,32}")
_SYMBOL = re.compile(r"[^\w\s]{1,5}")
_AMOUNT = re.compile(r"[^\w\s]?\d{1,10}(?:\.\d+)?元?")
_PHONE = re.compile(r"[\d+\-() #*]{1,17}")
_PHRASE = re.compile(r"[\u4e00-\u9fff]{1,5}")
_LATIN_NAME = re.compile(r"[\x20-\x7e]{1,20}")


def _within(limit: int) -> Check:
    return lambda value: 0 < len(value) <= limit


def _matches(pattern: re.Pattern[str]) -> Check:
    return lambda value: pattern.fullmatch(value) is not None


def _is_name(value: str) -> bool:
    """Ten Chinese characters, or twenty letters and symbols."""
    return 0 < len(value) <= 10 or _LATIN_NAME.fullmatch(value) is not None


def _is_number(value: str) -> bool:
    return len(value) <= 32 and _NUMBER.fullmatch(value) is not None


KINDS: Mapping[str, Check] = {
    "thing": _within(20),
    "const": _within(20),
    "enum": _within(20),
    "car_number": _within(8),
    "number": _is_number,
    "letter": _matches(_LETTER),
    "symbol": _matches(_SYMBOL),
    "character_string": _matches(_ASCII),
    "time": _matches(_TIME),
    "date": _matches(_TIME),
    "amount": _matches(_AMOUNT),
    "phone_number": _matches(_PHONE),
    "name": _is_name,
    "phrase": _matches(_PHRASE),
}


def checks_of(keys: Mapping[str, str]) -> dict[str, Check]:
    """The check for each field of a template, found by its name (`thing1`, `time4`).

    Args:
        keys: the template's fields and their labels.

    Raises:
        ValueError: a field whose name is no keyword type followed by a number.
    """
    checks = {}
    for key in keys:
        kind = key.rstrip("0123456789")
        if kind == key or kind not in KINDS:
            raise ValueError(f"{key} is not a keyword type with a number")
        checks[key] = KINDS[kind]
    return checks


def find_bad_field(checks: Mapping[str, Check], data: Mapping[str, object]) -> str:
    """The name of the first field that WeChat would refuse, or an empty string."""
    for key, check in checks.items():
        field = data.get(key)
        value = field.get("value") if isinstance(field, dict) else None
        if not isinstance(value, str) or not value.strip():
            return key
        if _CONTROL.search(value) is not None or not check(value):
            return key
    if len(data) != len(checks):
        return next(key for key in data if key not in checks)
    return ""
