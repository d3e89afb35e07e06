"""The platform's lists of materials: each at its book, from list to list, and lists that are refused whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue import Catalogue, Material, MaterialKind, Page, address_of
from domain.catalogue_changes import Change, ChangeKind, next_season
from domain.catalogue_tree import CatalogueError, parse_tree
from domain.materials import Lists, next_materials, parse_index, parse_lists
from tests.domain.catalogue_samples import book, changed, listed, material, small_books, split
from tests.domain.samples import NOW

FOURTH = "四年级 数学 人教版 上册"
FIFTH = "五年级 数学 北师大版 下册"
SPLIT = "一年级 语文 统编版 上册 新教材"
DETAIL = (
    "https://basic.smartedu.cn/tchMaterial/detail?contentType=assets_document&contentId={}"
    "&catalogType=tchMaterial&subCatalog=tchMaterial"
)


def read(*records: Any, held: tuple[Material, ...] = (), shrunk: bool = False) -> Lists:
    return next_materials(held, parse_lists([listed(*records)]), small_books(), shrunk=shrunk)


def catalogue(*records: Any, books: Any = None) -> Catalogue:
    materials = read(*records).materials
    return Catalogue(
        id="c", source="", taken_at=NOW, books=books or small_books(), materials=materials
    )


def refused(*contents: bytes) -> str:
    with pytest.raises(CatalogueError) as caught:
        parse_lists(contents)
    return caught.value.code


# ---------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize("title", [FOURTH, FIFTH, "八年级 物理 苏科版 上册"])
def test_a_textbook_opens_at_its_own_page(title: str) -> None:
    found = catalogue(material("11-22", title))
    assert found.address_of(book(title), Page.TEXTBOOK) == DETAIL.format("11-22")
    for page in (Page.STUDENT, Page.TEACHER):
        assert found.address_of(book(title), page) == address_of(book(title), page)


def test_without_a_textbook_of_its_own_the_tags_lead_there() -> None:
    found = catalogue(material("11", FOURTH))
    assert found.address_of(book(FIFTH), Page.TEXTBOOK) == address_of(book(FIFTH), Page.TEXTBOOK)


def test_two_textbooks_of_one_book_are_no_answer() -> None:
    found = catalogue(material("11", FOURTH), material("12", FOURTH))
    assert found.address_of(book(FOURTH), Page.TEXTBOOK) == address_of(book(FOURTH), Page.TEXTBOOK)


def test_what_lessons_are_filed_under_has_an_id_and_no_page() -> None:
    found = catalogue(material("11", FOURTH, "teachingmaterials"))
    assert [m.kind for m in found.materials] == [MaterialKind.LESSONS]
    assert found.address_of(book(FOURTH), Page.TEXTBOOK) == address_of(book(FOURTH), Page.TEXTBOOK)


def test_a_revised_textbook_is_that_of_the_new_half() -> None:
    revised = "（根据2022年版课程标准修订）义务教育教科书·语文一年级上册"
    found = catalogue(material("11", SPLIT, title=revised), material("12", SPLIT))
    assert found.address_of(book(SPLIT), Page.TEXTBOOK) == DETAIL.format("11")
    # The other one does not say which half it is of, and is guessed at neither.
    assert [m.id for m in found.materials] == ["11"]


def test_a_textbook_follows_its_book_to_where_it_moves() -> None:
    way = ("小学", "四年级", "数学", "人教版", "上册")
    season = next_season(small_books(), parse_tree(changed(lambda tree: split(tree, *way))))
    found = catalogue(material("11", FOURTH), books=season.books)
    moved = found.find(book(FOURTH).id)
    assert moved is not None
    assert moved.is_new
    assert found.address_of(moved, Page.TEXTBOOK) == DETAIL.format("11")


def test_a_short_extract_is_read_like_the_published_form() -> None:
    one = book(SPLIT)
    row = ["11", "语文统编版", list(one.path[:-1]), "新教材", "2024-03-15"]
    assert read(row).materials == (Material("11", "语文统编版", MaterialKind.LESSONS, one.id),)


# ------------------------------------------------------------------------------- from list to list


def test_from_list_to_list_nothing_is_forgotten() -> None:
    first = read(*(material(str(n), FOURTH) for n in range(8)))
    renamed = material("1", FOURTH, title="新名字")
    moved = material("2", FIFTH)
    second = read(
        *(material(str(n), FOURTH) for n in range(3, 8)), renamed, moved, held=first.materials,
        shrunk=True,
    )  # fmt: skip
    told = {(c.kind, c.book_id) for c in second.changes}
    assert told == {
        (ChangeKind.RENAMED, "1"), (ChangeKind.MOVED, "2"), (ChangeKind.GONE, "0"),
    }  # fmt: skip
    assert second.kept == 5
    gone = {m.id for m in second.materials if m.gone}
    assert gone == {"0"}
    third = read(*(material(str(n), FOURTH) for n in range(8)), held=second.materials)
    assert Change(ChangeKind.BACK, "", f"义务教育教科书 {FOURTH}", "0") in third.changes
    assert not any(m.gone for m in third.materials)


def test_lists_of_one_kind_say_nothing_of_the_other() -> None:
    first = read(*(material(str(n), FOURTH) for n in range(8)))
    second = read(material("l", FOURTH, "teachingmaterials"), held=first.materials)
    assert [c.kind for c in second.changes] == [ChangeKind.ADDED]
    assert not any(m.gone for m in second.materials)


def test_lists_with_much_less_are_refused_unless_it_is_meant() -> None:
    first = read(*(material(str(n), FOURTH) for n in range(8)))
    with pytest.raises(CatalogueError) as caught:
        read(material("0", FOURTH), held=first.materials)
    assert caught.value.code == "shrunk"
    assert len(read(material("0", FOURTH), held=first.materials, shrunk=True).materials) == 8


def test_what_fits_no_book_is_counted_and_left_out() -> None:
    strange = material("11", FOURTH)
    strange["tag_list"] = strange["tag_list"][:3]
    found = read(strange, material("12", SPLIT), material("13", FOURTH))
    assert dict(found.left) == {"no_book": 1, "unclear": 1}
    assert [m.id for m in found.materials] == ["13"]


# ------------------------------------------------------------------------------- refused as a whole


def test_junk_half_a_list_and_bombs_are_refused() -> None:
    good = listed(material("11", FOURTH))
    assert refused(b"x" * (10 * 1024 * 1024)) == "too_large"
    assert refused(good, good[: len(good) // 2]) == "not_json"
    assert refused(b"[" * 1_000_000) in ("too_deep", "not_json")
    assert refused(good, b"{}") == "not_a_list"
    assert refused(b"[7]") == "not_a_list"
    assert refused(b"[]") == "no_material"
    assert refused(listed(material("11", FOURTH, status="OFFLINE"))) == "no_material"


@pytest.mark.parametrize(
    "wrong",
    [{"id": 7}, {"id": "../x"}, {"id": ""}, {"title": None}, {"title": "一\n二"}, {"title": "长" * 201},
     {"tag_list": None}, {"tag_list": [7]}, {"tag_list": [{"tag_id": 7}]}],
)  # fmt: skip
def test_one_wrong_record_refuses_all(wrong: dict[str, Any]) -> None:
    assert refused(listed(material("11", FOURTH), material("12", FOURTH, **wrong))) == "bad_record"


def test_an_id_that_says_two_things_is_refused() -> None:
    assert refused(listed(material("11", FOURTH), material("11", FIFTH))) == "contradiction"


def test_an_index_names_its_lists_in_either_form() -> None:
    two = ["https://s-file-1.ykt.cbern.com.cn/a.json", "https://s-file-2.ykt.cbern.com.cn/b.json"]
    assert parse_index(json.dumps({"urls": two}).encode()) == tuple(two)
    assert parse_index(json.dumps({"urls": ",".join(two)}).encode()) == tuple(two)
    assert parse_index(listed(material("11", FOURTH))) == ()


@pytest.mark.parametrize(
    "urls", [None, [], "", 7, [7], ["file:///etc/passwd"], ["https://a.cn/x"] * 41]
)
def test_an_index_of_anything_else_is_refused(urls: Any) -> None:
    with pytest.raises(CatalogueError) as caught:
        parse_index(json.dumps({"urls": urls}).encode())
    assert caught.value.code == "not_an_index"


ROWS = st.recursive(
    st.none() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=5)
    | st.dictionaries(st.sampled_from(["id", "title", "tag_list", "status", "tag_id"]), inner),
)  # fmt: skip


@given(st.binary(max_size=300) | ROWS.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_records_or_a_refusal(content: bytes) -> None:
    try:
        assert parse_lists([content])
    except CatalogueError:
        pass
