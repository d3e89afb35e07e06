"""What may be handed in and what may be said to it."""

from typing import Any

import pytest

from domain.errors import InvalidError
from domain.files import FileKind
from domain.homework import HandIn
from domain.submissions import (
    SIDE,
    Drawing,
    Stroke,
    SubmissionState,
    check_handed_in,
    check_mark,
    first_name,
)
from tests.domain.samples import a_file
from tests.domain.work_samples import a_mark, a_submission, a_version, an_attachment

PICTURE, VOICE, PAPER = FileKind.PICTURE, FileKind.AUDIO, FileKind.DOCUMENT


@pytest.mark.parametrize(
    ("hand_in", "text", "kinds", "wrong"),
    [
        (HandIn.TICK, "", [], None),
        (HandIn.TEXT, "", [PICTURE], "text"),
        (HandIn.TEXT, "写完了", [], None),
        (HandIn.PICTURES, "写完了", [], "file_ids"),
        (HandIn.PICTURES, "", [VOICE], "file_ids"),
        (HandIn.PICTURES, "", [PICTURE] * 9, None),
        (HandIn.PICTURES, "", [PICTURE] * 10, "file_ids"),
        (HandIn.VOICE, "", [VOICE, PICTURE], None),
        (HandIn.VOICE, "", [PICTURE], "file_ids"),
        (HandIn.VOICE, "", [VOICE] * 4, "file_ids"),
        (HandIn.FILE, "", [PAPER], None),
        (HandIn.FILE, "", [], "file_ids"),
        (HandIn.FILE, "", [PAPER] * 4, "file_ids"),
        (HandIn.TICK, "长" * 2001, [], "text"),
    ],
)
def test_what_is_asked_for_is_there(
    hand_in: HandIn, text: str, kinds: list[FileKind], wrong: str | None
) -> None:
    files = [a_file(id=str(n), kind=kind) for n, kind in enumerate(kinds)]
    if wrong is None:
        check_handed_in(hand_in, text, files)
        return
    with pytest.raises(InvalidError) as refusal:
        check_handed_in(hand_in, text, files)
    assert set(refusal.value.fields) == {wrong}


def drawing(*points: int, file_id: str = "picture-1") -> Drawing:
    return Drawing(file_id=file_id, strokes=(Stroke(colour="#ff0000", width=40, points=points),))


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, None),
        ({"stamp": None}, "comment"),
        ({"stamp": None, "returned": True}, None),
        ({"comment": "长" * 501}, "comment"),
        ({"points": 5}, "points_of"),
        ({"points": 5, "points_of": 4}, "points"),
        ({"points": 0, "points_of": 100}, None),
        ({"points": 1, "points_of": 151}, "points_of"),
        ({"drawings": (drawing(0, 0, SIDE, SIDE),)}, None),
        ({"drawings": (drawing(0, 0, SIDE + 1, 0),)}, "drawings"),
        ({"drawings": (drawing(0, 0, 5),)}, "drawings"),
        ({"drawings": (drawing(0, 0, 5, 5, file_id="another"),)}, "drawings"),
        ({"voice": "picture"}, "voice_file_id"),
    ],
)
def test_what_a_teacher_may_say(changes: dict[str, Any], wrong: str | None) -> None:
    picture = an_attachment(file_id="picture-1", kind=PICTURE)
    if "voice" in changes:
        changes = {"voice": picture}
    held = a_submission(versions=(a_version(files=(picture,)),))
    if wrong is None:
        check_mark(a_mark(**changes), held)
        return
    with pytest.raises(InvalidError) as refusal:
        check_mark(a_mark(**changes), held)
    assert set(refusal.value.fields) == {wrong}


def test_it_may_be_handed_in_again_until_it_is_marked() -> None:
    assert a_submission().may_hand_in_again
    assert a_submission(state=SubmissionState.RETURNED).may_hand_in_again
    assert not a_submission(state=SubmissionState.MARKED).may_hand_in_again
    assert not a_submission(versions=(a_version(),) * 20).may_hand_in_again


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("李小明", "小明"),
        ("李明", "明"),
        ("欧阳小明", "小明"),
        ("欧阳", "阳"),
        ("上官云", "云"),
        ("卓玛·才让", "卓玛"),
        ("Anna Li", "Anna"),
        ("བསྟན་འཛིན", "བསྟན་འཛིན"),
        ("李", "李"),
    ],
)
def test_what_classmates_call_a_child(name: str, given: str) -> None:
    assert first_name(name) == given
