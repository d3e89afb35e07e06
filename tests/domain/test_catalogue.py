"""The platform's books: their addresses as documented, trees that are refused whole, and from season to season."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue import Catalogue, Page, address_of, term_of_volume
from domain.catalogue_changes import Change, ChangeKind, next_season
from domain.catalogue_tree import LARGEST_TREE_BYTES, CatalogueError, parse_tree
from domain.stages import System
from tests.domain.catalogue_samples import NEW, OLD, SMALL, below, book, changed, node, small_books
from tests.domain.catalogue_samples import split as split_book
from tests.domain.samples import NOW

# Title → the tags' ids by dimension: stage, grade, subject, edition, volume, new or old.
PRIMARY, JUNIOR = "e7bbb2de-0590-11ed-9c79-92fc3b3249d5", "e7bbce2c-0590-11ed-9c79-92fc3b3249d5"
MATHS = "e7bbcf80-0590-11ed-9c79-92fc3b3249d5"
FIRST, SECOND = "ff8080814371757b014390f883db0453", "ff8080814371757b014390fcdce504bd"
DOCUMENTED: dict[str, tuple[str, ...]] = {
    "一年级 语文 统编版 上册 新教材": (
        PRIMARY,
        "e7bbd296-0590-11ed-9c79-92fc3b3249d5",
        "6a749654-0772-11ed-ac74-092ab92074e6",
        "44bee8bc-54e6-11ed-9c34-850ba61fa9f4",
        FIRST,
        "5136342961",
    ),
    "四年级 英语 外研社版（主编：陈琳） 上册": (
        PRIMARY,
        "e7bbd3ea-0590-11ed-9c79-92fc3b3249d5",
        "6a7495dc-0772-11ed-ac74-092ab92074e6",
        "44bedcfa-54e6-11ed-9c34-850ba61fa9f4",
        FIRST,
    ),
    "五年级 数学 北师大版 下册": (
        PRIMARY,
        "e7bbebc8-0590-11ed-9c79-92fc3b3249d5",
        MATHS,
        "e7bbd21e-0590-11ed-9c79-92fc3b3249d5",
        SECOND,
    ),
    "八年级 物理 苏科版 上册": (
        JUNIOR,
        "44bec67a-54e6-11ed-9c34-850ba61fa9f4",
        "e7bbcfee-0590-11ed-9c79-92fc3b3249d5",
        "362880034bfbfa20014c0b98acd70152",
        FIRST,
    ),
    "九年级 数学 沪教版 下册": (
        "44beb932-54e6-11ed-9c34-850ba61fa9f4",
        "44bec0c6-54e6-11ed-9c34-850ba61fa9f4",
        MATHS,
        "362880194a9ec684014a9f0dfa190056",
        SECOND,
    ),
}
SENIOR_TITLE = "高中 生物学 人教版 必修1 分子与细胞"
SENIOR = (
    "e7bbcefe-0590-11ed-9c79-92fc3b3249d5",
    "44bebcde-54e6-11ed-9c34-850ba61fa9f4",
    "ff8080814371757b01437c363a187b0a",
    "5036342995",
)
BASE = "https://basic.smartedu.cn"


def refused(content: bytes) -> str:
    with pytest.raises(CatalogueError) as caught:
        parse_tree(content)
    return caught.value.code


# ------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize("title", DOCUMENTED)
def test_the_three_forms_of_an_address(title: str) -> None:
    stage, grade, subject, edition, volume, *renewal = DOCUMENTED[title]
    student = "%2F".join([stage, grade, subject, edition, volume, *renewal])
    teacher = "%2F".join([stage, subject, edition, grade, volume, *renewal])
    textbook = "%2F".join([stage, subject, edition, grade])
    one = book(title)
    assert address_of(one, Page.STUDENT) == f"{BASE}/syncClassroom?defaultTag={student}"
    assert address_of(one, Page.TEACHER) == f"{BASE}/syncClassroom/prepare?defaultTag={teacher}"
    assert address_of(one, Page.TEXTBOOK) == f"{BASE}/tchMaterial?defaultTag={textbook}"


def test_senior_school_has_no_grade_in_any_form() -> None:
    one = book(SENIOR_TITLE)
    tags = "%2F".join(SENIOR)
    assert address_of(one, Page.STUDENT) == f"{BASE}/syncClassroom?defaultTag={tags}"
    assert address_of(one, Page.TEACHER) == f"{BASE}/syncClassroom/prepare?defaultTag={tags}"
    short = "%2F".join(SENIOR[:3])
    assert address_of(one, Page.TEXTBOOK) == f"{BASE}/tchMaterial?defaultTag={short}"
    assert one.grades == (10, 11, 12)


def test_what_a_book_is_for() -> None:
    one = book("一年级 语文 统编版 上册 新教材")
    assert (one.grades, one.subject, one.term, one.is_new) == ((1,), "chinese", 1, True)
    five_four = book("九年级 数学 沪教版 下册")
    assert five_four.fits_system(System.FIVE_FOUR)
    assert not five_four.fits_system(System.SIX_THREE)
    assert one.fits_system(System.SIX_THREE)
    assert not one.fits_system(System.FIVE_FOUR)


@pytest.mark.parametrize(
    ("volume", "term"),
    [
        ("上册", 1), ("下册", 2), ("全一册", 0), ("全一册（上）", 1), ("全一册（下）", 2),
        ("舞蹈上册", 1), ("高三下", 2), ("高二上册", 1), ("水平一", 0), ("必修 上册", 0),
        ("选择性必修 下册", 0), ("必修 中外历史纲要（上）", 0),
    ],
)  # fmt: skip
def test_which_half_of_the_year_a_volume_is_for(volume: str, term: int) -> None:
    assert term_of_volume(volume) == term


# ------------------------------------------------------------------------------ refused as a whole


def test_the_small_tree_is_of_the_published_form() -> None:
    books = small_books()
    assert len(books) == len({one.id for one in books}) == 125
    assert {len(one.tags) for one in books} == {4, 5, 6}


def test_junk_half_a_file_and_bombs_are_refused() -> None:
    assert refused(b"x" * (10 * 1024 * 1024)) == "too_large"
    assert refused(b" " * LARGEST_TREE_BYTES) == "not_json"
    assert refused(b"\xff\xfe\x00" * 1000) == "not_json"
    assert refused(SMALL[: len(SMALL) // 2]) == "not_json"
    assert refused(b"[" * 1_000_000) in ("too_deep", "not_json")
    assert refused(b'{"hierarchies":[{"children":' * 100_000) in ("too_deep", "not_json")
    assert refused(b"[]") == "not_a_tree"
    assert refused(b"{}") == "no_book"
    assert refused(b'{"hierarchies": 7}') == "not_a_tree"
    assert refused(b'{"hierarchies": [{"children": {}}]}') == "not_a_tree"
    assert refused(b'{"hierarchies": [{"children": [7]}]}') == "not_a_tree"


def test_a_cycle_is_refused() -> None:
    def bend(tree: dict[str, Any]) -> None:
        stage = node(tree, "小学")
        node(tree, "小学", "一年级", "语文", "统编版", "上册")["hierarchies"] = below(
            [{**stage, "hierarchies": None}]
        )

    assert refused(changed(bend)) == "cycle"


def test_a_tree_that_is_too_deep_is_refused() -> None:
    def sink(tree: dict[str, Any]) -> None:
        new = node(tree, "小学", "一年级", "语文", "统编版", "上册", "新教材")
        new["hierarchies"] = below([{**NEW, "tag_id": "another"}])

    assert refused(changed(sink)) == "too_deep"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"tag_dimension_id": "zxxlb"}, "unknown_dimension"),
        ({"tag_dimension_id": None}, "unknown_dimension"),
        ({"tag_dimension_id": "zxxbb"}, "contradiction"),
        ({"tag_name": ""}, "bad_tag"),
        ({"tag_name": "一\n二"}, "bad_tag"),
        ({"tag_name": "长" * 61}, "bad_tag"),
        ({"tag_name": "二年级"}, "contradiction"),
        ({"tag_id": "../x"}, "bad_tag"),
        ({"tag_id": 7}, "bad_tag"),
        ({"hierarchies": None}, "missing_dimension"),
    ],
)
def test_one_wrong_node_refuses_all(wrong: dict[str, Any], code: str) -> None:
    def spoil(tree: dict[str, Any]) -> None:
        # A tag that stands in one place may say what it likes; this one stands in two stages.
        node(tree, "初中（五•四学制）", "九年级").update(wrong)

    assert refused(changed(spoil)) == code


def test_a_book_that_stands_twice_is_refused() -> None:
    def double(tree: dict[str, Any]) -> None:
        grade = node(tree, "小学", "一年级")
        grade["hierarchies"].append(grade["hierarchies"][0])

    assert refused(changed(double)) == "doubled"


@given(st.binary(max_size=300) | st.recursive(
    st.none() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["hierarchies", "children", "tag_id", "tag_name"]), inner),
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_whatever_comes_is_a_tree_or_a_refusal(content: bytes) -> None:
    with pytest.raises(CatalogueError):
        parse_tree(content)


# --------------------------------------------------------------------------- from season to season


def after(change: Any, held: Any = None) -> tuple[Catalogue, tuple[Change, ...]]:
    """The catalogue after a season in which the tree changed like this."""
    season = next_season(held or small_books(), parse_tree(changed(change)))
    catalogue = Catalogue(id="c", source="", taken_at=NOW, books=season.books)
    return catalogue, season.changes


def test_the_same_tree_changes_nothing() -> None:
    season = next_season(small_books(), small_books())
    assert (season.changes, season.kept) == ((), len(small_books()))


WAY = ("小学", "四年级", "数学", "人教版", "上册")
WHOLE = "四年级 数学 人教版 上册"


def test_a_split_book_leads_to_the_new_one() -> None:
    before = book(WHOLE)
    catalogue, changes = after(lambda tree: split_book(tree, *WAY))
    found = catalogue.find(before.id)
    assert found is not None
    assert found.title == f"{WHOLE} 新教材"
    told = {(c.kind, c.before, c.after) for c in changes}
    assert told == {
        (ChangeKind.ADDED, "", f"{WHOLE} 新教材"),
        (ChangeKind.ADDED, "", f"{WHOLE} 旧教材"),
        (ChangeKind.MOVED, WHOLE, f"{WHOLE} 新教材"),
    }


def test_a_book_that_is_filed_as_old_only_leads_there() -> None:
    catalogue, _ = after(lambda tree: split_book(tree, *WAY, into=(OLD,)))
    found = catalogue.find(book(WHOLE).id)
    assert found is not None
    assert found.title == f"{WHOLE} 旧教材"


def test_halves_that_become_one_again_lead_to_it() -> None:
    first, _ = after(lambda tree: split_book(tree, *WAY))
    old = next(b for b in first.books if b.title == f"{WHOLE} 旧教材")
    season = next_season(first.books, small_books())
    again = Catalogue(id="c", source="", taken_at=NOW, books=season.books)
    found = again.find(old.id)
    assert found is not None
    assert found.title == WHOLE
    # The one that was split is a leaf again, and leads to itself.
    whole = again.find(book(WHOLE).id)
    assert whole is not None
    assert not whole.gone
    assert ChangeKind.BACK in {c.kind for c in season.changes}


def test_a_half_that_is_no_more_leads_to_the_other() -> None:
    first, _ = after(lambda tree: split_book(tree, *WAY))
    old = next(b for b in first.books if b.title == f"{WHOLE} 旧教材")
    second, changes = after(lambda tree: split_book(tree, *WAY, into=(NEW,)), first.books)
    found = second.find(old.id)
    assert found is not None
    assert found.title == f"{WHOLE} 新教材"
    assert [c.kind for c in changes] == [ChangeKind.MOVED]
    # And what led to the old half in the first season still arrives.
    assert second.find(book(WHOLE).id) == found


def test_a_book_that_is_gone_is_marked_and_kept() -> None:
    def drop(tree: dict[str, Any]) -> None:
        level = node(tree, "小学", "四年级", "数学")["hierarchies"][0]
        level["children"] = [c for c in level["children"] if c["tag_name"] != "北师大版"]

    catalogue, changes = after(drop)
    assert {c.kind for c in changes} == {ChangeKind.GONE}
    found = catalogue.find(book("四年级 数学 北师大版 上册").id)
    assert found is not None
    assert found.gone
    assert address_of(found, Page.STUDENT).startswith(BASE)


def test_a_new_name_is_told_and_moves_nothing() -> None:
    def rename(tree: dict[str, Any]) -> None:
        for grade in ("三年级", "四年级", "五年级", "六年级"):
            node(tree, "小学", grade, "英语", "外研社版（主编：陈琳）")["tag_name"] = "外研版"

    catalogue, changes = after(rename)
    assert {(c.kind, c.after) for c in changes} == {(ChangeKind.RENAMED, "外研版")}
    found = catalogue.find(book("四年级 英语 外研社版（主编：陈琳） 上册").id)
    assert found is not None
    assert found.title == "四年级 英语 外研版 上册"


def test_a_tree_with_much_less_is_refused_unless_it_is_meant() -> None:
    few = small_books()[:40]
    with pytest.raises(CatalogueError) as caught:
        next_season(small_books(), few)
    assert caught.value.code == "shrunk"
    season = next_season(small_books(), few, shrunk=True)
    assert len(season.books) == len(small_books())
    assert [c.kind for c in season.changes] == [ChangeKind.GONE] * (len(small_books()) - 40)
