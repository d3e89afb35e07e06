"""Numbers and days in bodies and addresses: JSON knows one kind of number, an address has text, and a day is a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from miniapp.endpoints import Day, Number, Schema
from miniapp.handler import adapter


class Numbered(Schema):
    """Something with a number."""

    number: Number


class Dated(Schema):
    """Something with a day, or without."""

    day: Day | None = None


def test_a_whole_number_however_it_is_written() -> None:
    kind: Any = adapter(Numbered)
    assert kind.validate_json('{"number": 3}').number == 3
    assert kind.validate_json('{"number": 3.0}').number == 3
    assert kind.validate_strings({"number": "3"}).number == 3


@pytest.mark.parametrize("body", ['"3"', "3.5", "true", "-1", "2147483648", "null", "1e400"])
def test_what_is_no_number_of_a_body(body: str) -> None:
    with pytest.raises(ValidationError):
        adapter(Numbered).validate_json(f'{{"number": {body}}}')


@pytest.mark.parametrize("text", ["", "-1", "3.0", "1e3", " 3", "２", "2147483648"])
def test_what_is_no_number_of_an_address(text: str) -> None:
    with pytest.raises(ValidationError):
        adapter(Numbered).validate_strings({"number": text})


def test_a_day() -> None:
    kind: Any = adapter(Dated)
    assert kind.validate_json('{"day": "2026-09-01"}').day == date(2026, 9, 1)
    assert kind.validate_strings({"day": "2026-09-01"}).day == date(2026, 9, 1)
    assert kind.validate_json('{"day": null}').day is None
    assert kind.json_schema()["properties"]["day"]["anyOf"][0]["format"] == "date"


@pytest.mark.parametrize("text", ["0", "1700000000", "20260901", "2026-9-1", "2026-02-30", ""])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(ValidationError):
        adapter(Dated).validate_strings({"day": text})
    with pytest.raises(ValidationError):
        adapter(Dated).validate_json(f'{{"day": "{text}"}}')
