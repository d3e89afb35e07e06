"""What a child did with a task list: ticked and unticked, one piece a step, words or pictures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.errors import InvalidError
from domain.files import FileKind, StoredFile
from domain.remarks import COMMENT_LIMIT, parse_words
from domain.taskworks import check_piece, ticked, with_piece
from tests.domain.samples import NOW
from tests.domain.tasklist_samples import a_piece, a_taskwork
from tests.domain.work_samples import an_attachment


def a_file(kind: FileKind = FileKind.PICTURE, n: int = 1) -> StoredFile:
    return StoredFile(
        id=f"file-{n}",
        school_id="school-a",
        owner_id="p",
        kind=kind,
        name="图.png",
        content_type="image/png",
        size_bytes=3,
        created_at=NOW,
    )


def test_a_tick_twice_is_one_and_can_be_taken_away() -> None:
    once = ticked(a_taskwork(), 2, NOW, done=True)
    twice = ticked(once, 2, NOW + timedelta(hours=1), done=True)
    assert twice == once
    both = ticked(twice, 1, NOW, done=True)
    assert [t.step for t in both.done] == [1, 2]
    assert [t.step for t in ticked(both, 2, NOW, done=False).done] == [1]
    assert ticked(a_taskwork(), 3, NOW, done=False).done == ()


def test_a_piece_takes_the_place_of_the_one_before() -> None:
    held = with_piece(a_taskwork(), 2, a_piece(id="b", step=2, files=(an_attachment(),)))
    anew = with_piece(held, 2, a_piece(id="c", step=2))
    assert [(p.step, p.id) for p in anew.pieces] == [(1, "piece-1"), (2, "c")]
    assert (set(held.files()), set(anew.files())) == ({"file-1"}, set())
    assert with_piece(anew, 1, None).piece(1) is None


def test_words_pictures_or_both() -> None:
    check_piece("读完了", [])
    check_piece("", [a_file()])
    wrong = {
        ("", ()): {"words": "missing"},
        ("长" * 1001, ()): {"words": "too_long"},
        ("", (a_file(FileKind.AUDIO),)): {"file_ids": "pictures_only"},
        ("", tuple(a_file(n=n) for n in range(10))): {"file_ids": "too_many"},
    }
    for (words, files), problems in wrong.items():
        with pytest.raises(InvalidError) as refused:
            check_piece(words, files)
        assert {n: p.code for n, p in refused.value.fields.items()} == problems


def test_what_is_said_says_something_and_can_be_shown() -> None:
    assert parse_words(" 真好 \r\n", COMMENT_LIMIT) == "真好"
    for words in ("", " \n", "长" * (COMMENT_LIMIT + 1), "a\x00b"):
        with pytest.raises(InvalidError):
            parse_words(words, COMMENT_LIMIT)
