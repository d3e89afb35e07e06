"""Study groups: three to eight, nobody in two, joined where they are open, left at any time."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ConflictError, InvalidError
from domain.study_groups import LARGEST, GroupDraft, StudyGroups, join, leave, set_groups
from tests.domain.tasklist_samples import a_group, study_groups

PUPILS = [f"student-{n}" for n in range(1, 21)]


def draft(*members: int, **changes: Any) -> GroupDraft:
    given: dict[str, Any] = {"id": "", "name": "星星组", "joinable": False}
    return GroupDraft(**(given | changes), student_ids=tuple(f"student-{n}" for n in members))


def wrong(*drafts: GroupDraft, held: StudyGroups | None = None) -> dict[str, str]:
    with pytest.raises(InvalidError) as refused:
        set_groups(held or study_groups(), drafts, PUPILS)
    return {field: problem.code for field, problem in refused.value.fields.items()}


def test_a_teacher_puts_them_together() -> None:
    made = set_groups(study_groups(), [draft(1, 2, 3), draft(name="云朵组", joinable=True)], PUPILS)
    assert [(g.id, g.name, len(g.student_ids)) for g in made.groups] == [
        ("g1", "星星组", 3),
        ("g2", "云朵组", 0),
    ]
    assert made.student_ids == ("student-1", "student-2", "student-3")
    again = set_groups(made, [draft(4, 5, 6, id="g2"), draft(7, 8, 9)], PUPILS)
    assert [g.id for g in again.groups] == ["g2", "g3"], "no id is ever given twice"


def test_what_is_no_group() -> None:
    assert wrong(draft(1, 2)) == {"groups.0": "too_few"}
    assert wrong(draft(*range(1, 10))) == {"groups.0": "too_many"}
    assert wrong(draft(1, 2, 3), draft(3, 4, 5)) == {"groups.1": "unknown"}
    assert wrong(draft(1, 2, 99)) == {"groups.0": "unknown"}
    assert wrong(draft(1, 2, 3, id="g9")) == {"groups.0": "unknown"}
    assert wrong(draft(1, 2, 3, name=" ")) == {"groups.0": "missing"}
    assert wrong(draft(1, 2, 3, name="长" * 13)) == {"groups.0": "too_long"}
    held = study_groups(a_group())
    assert wrong(draft(1, 2, 3, id="g1"), draft(4, 5, 6, id="g1"), held=held) == {
        "groups.1": "unknown"
    }
    assert "groups" in wrong(*[draft(joinable=True)] * 21)


def test_joining_leaves_the_other_group_and_a_closed_one_stays_closed() -> None:
    held = study_groups(a_group(), a_group(id="g2", student_ids=()))
    joined = join(held, "g2", "student-1")
    assert [g.student_ids for g in joined.groups] == [("student-2", "student-3"), ("student-1",)]
    assert join(joined, "g2", "student-1") == joined
    for group_id, code in (("g3", "group_closed"), ("g1", "group_closed")):
        closed = study_groups(a_group(joinable=False), a_group(id="g2", student_ids=()))
        with pytest.raises(ConflictError, match=code):
            join(closed, group_id, "student-9")
    full = study_groups(a_group(student_ids=tuple(PUPILS[:LARGEST])))
    with pytest.raises(ConflictError, match="group_full"):
        join(full, "g1", "student-20")
    assert leave(full, "student-1").of("student-1") is None


@given(st.lists(st.tuples(st.sampled_from(["g1", "g2", "g3", ""]), st.sampled_from(PUPILS))))
def test_whoever_comes_and_goes_nobody_is_in_two_and_none_grows_too_large(
    acts: list[tuple[str, str]],
) -> None:
    held = study_groups(*(a_group(id=g, student_ids=()) for g in ("g1", "g2", "g3")))
    for group_id, student_id in acts:
        with suppress(ConflictError):  # it is full
            held = join(held, group_id, student_id) if group_id else leave(held, student_id)
    members = [i for g in held.groups for i in g.student_ids]
    assert len(members) == len(set(members))
    assert tuple(members) == held.student_ids
    assert all(len(g.student_ids) <= LARGEST for g in held.groups)
