"""Numbers of bodies and of addresses: JSON knows one kind, an address has text, and neither is taken for the other."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from miniapp.endpoints import Number, Schema
from miniapp.handler import adapter


class Numbered(Schema):
    """Something with a number."""

    number: Number


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
