"""Single cells: names, phones and whose they are, and any cell at all."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.roster_cells import CellError, Guardian, guardians_in, name_of
from tests.domain.rosters import (
    parse,
)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (
            "张三 13800001234；李四 13900005678",
            [("13800001234", "张三", ""), ("13900005678", "李四", "")],
        ),
        (
            "爸爸:13800001234 妈妈:13900005678",
            [("13800001234", "", "爸爸"), ("13900005678", "", "妈妈")],
        ),
        ("13800001234/13900005678", [("13800001234", "", ""), ("13900005678", "", "")]),
        ("13800001234 13900005678", [("13800001234", "", ""), ("13900005678", "", "")]),
        ("张三（父亲）138-0000-1234", [("13800001234", "张三", "爸爸")]),
        ("+86 138 0000 1234", [("13800001234", "", "")]),
        ("１３８００００１２３４", [("13800001234", "", "")]),
        ("1.3800001234E+10", [("13800001234", "", "")]),
        (13800001234, [("13800001234", "", "")]),
        (13800001234.0, [("13800001234", "", "")]),
        ("", []),
    ],
)
def test_phones_and_whose_they_are(cell: Any, found: list[tuple[str, str, str]]) -> None:
    assert list(guardians_in(cell)) == [Guardian(*one) for one in found]


@pytest.mark.parametrize("cell", ["1.38E+10", "1.380000123E+10", 13800000000, 1.38e10])
def test_lost_digits_are_refused(cell: Any) -> None:
    def read() -> None:
        for found in guardians_in(cell):
            if isinstance(found, CellError):
                raise found

    with pytest.raises(CellError) as refused:
        read()
    assert refused.value.code == "digits_lost"


def test_a_number_too_short_beside_a_good_one_is_told() -> None:
    found = list(guardians_in("13800001234；1390000567"))
    assert found[0] == Guardian("13800001234")
    assert isinstance(found[1], CellError)
    assert found[1].code == "not_a_mobile"


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (" 李　小明 ", "李小明"),
        ("\ufeff李\u200b小明\x07", "李小明"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("Anna  Li", "Anna Li"),
    ],
)
def test_names_are_cleaned(cell: str, name: str) -> None:
    assert name_of(cell) == name


@given(st.one_of(st.text(), st.integers(), st.floats(), st.datetimes(), st.booleans(), st.none()))
def test_any_cell_is_read_or_refused(cell: Any) -> None:
    row = [cell] * 5
    parsed = parse(row)
    assert len(parsed.pupils) + len(set(parsed.refused)) <= 1
