"""What is added up is what is there, and how much is wanted of a class."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.aims import Aim, Aims, aim_of
from domain.homework import HandIn, Homework, HomeworkState, Task
from domain.reports import (
    Figures,
    Line,
    Outline,
    class_report,
    lines_of,
    school_report,
    subjects_added,
    total,
    weeks_touched,
)
from tests.domain.samples import NOW
from tests.domain.work_samples import an_outline

MONDAY = date(2026, 11, 23)


def a_task(day: date = MONDAY, **changes: object) -> Task:
    given: dict[str, object] = {
        "number": 1,
        "text": "第 32 页",
        "attachments": (),
        "links": (),
        "minutes": 20,
        "written": True,
        "day": day,
        "evening": day,
        "due_at": None,
        "hand_in": HandIn.PICTURES,
        "written_at": NOW,
    }
    return Task(**(given | changes))  # type: ignore[arg-type]


def a_homework(**changes: object) -> Homework:
    given: dict[str, object] = {
        "id": "homework-1",
        "school_id": "school-a",
        "class_ids": ("class-1", "class-2"),
        "subject": "maths",
        "author_id": "teacher-1",
        "author_name": "王老师",
        "publish_at": NOW,
        "position": "1",
        "created_at": NOW,
        "state": HomeworkState.PUBLISHED,
        "versions": (a_task(),),
    }
    return Homework(**(given | changes))  # type: ignore[arg-type]


@st.composite
def handed_in(draw: st.DrawFn) -> list[Outline]:
    found = {}
    for _ in range(draw(st.integers(0, 12))):
        class_id, child = draw(st.sampled_from(["class-1", "class-2"])), draw(st.integers(0, 9))
        key = f"homework-1:{class_id}-{child}"
        found[key] = an_outline(
            id=key,
            class_id=class_id,
            student_id=f"{class_id}-{child}",
            on_time=draw(st.booleans()),
            returned=draw(st.booleans()),
            marks=draw(st.integers(0, 2)),
        )
    return list(found.values())


PUPILS = {c: [f"{c}-{n}" for n in range(6)] for c in ("class-1", "class-2")}


@given(handed_in())
def test_nothing_is_counted_twice_and_nothing_left_out(found: list[Outline]) -> None:
    lines = lines_of(a_homework(), PUPILS, found)
    figures = total(line.figures for line in lines)
    assert [line.class_id for line in lines] == ["class-1", "class-2"]
    assert figures.handed_in == len(found) <= figures.wanted
    assert figures.on_time == sum(o.on_time for o in found)
    assert figures.marked == sum(o.marks > 0 for o in found)
    assert max(figures.on_time, figures.returned, figures.marked) <= figures.handed_in
    # Six of each class, and who handed in and is in it no more.
    assert figures.wanted == len(
        {o.student_id for o in found} | {s for c in PUPILS.values() for s in c}
    )
    reports = [
        r
        for line in lines
        if (r := class_report("school-a", line.class_id, MONDAY, [line])) is not None
    ]
    whole = school_report(
        "school-a",
        MONDAY,
        reports,
        taught=[],
        teachers=[],
        aims={},
        with_school=True,
        at=NOW,
    )
    assert total(s.figures for s in whole.subjects) == figures
    assert whole.subjects == subjects_added(s for r in reports for s in r.subjects)


def test_of_what_is_not_handed_in_nobody_is_missing() -> None:
    (line, _) = lines_of(a_homework(versions=(a_task(hand_in=HandIn.NOTHING),)), PUPILS, [])
    assert line.figures == Figures(homework=1, minutes=20)


def test_a_group_is_asked_and_the_others_are_not() -> None:
    held = a_homework(class_ids=("class-1",), student_ids=("class-1-1", "class-1-2"))
    (line,) = lines_of(held, PUPILS, [])
    assert (line.figures.wanted, line.for_all) == (2, False)


def test_what_is_withdrawn_has_no_line_and_still_knows_its_weeks() -> None:
    moved = a_homework(
        state=HomeworkState.WITHDRAWN,
        versions=(a_task(), a_task(MONDAY + timedelta(days=9), number=2)),
    )
    assert lines_of(moved, PUPILS, []) == []
    assert weeks_touched(moved) == {MONDAY, MONDAY + timedelta(days=7)}


def one_line(class_id: str, subject: str, author: str, n: int) -> Line:
    held = a_homework(id=f"h{n}", class_ids=(class_id,), subject=subject, author_id=author)
    return lines_of(held, PUPILS, [])[0]


def test_how_many_subjects_and_teachers_come_up_to_what_is_wanted() -> None:
    lines = [one_line("class-1", "maths", "t1", 1), one_line("class-1", "maths", "t1", 2)]
    lines += [one_line("class-2", "chinese", "head", 3)]
    reports = [
        class_report("school-a", c, MONDAY, [x for x in lines if x.class_id == c])
        for c in ("class-1", "class-2")
    ]
    given = {
        "taught": [("class-1", "maths"), ("class-2", "maths"), ("gone", "maths")],
        "teachers": ["t1", "t2"],
        "aims": {"class-1": 2, "class-2": 2},
        "at": NOW,
    }
    held = [r for r in reports if r is not None]
    whole = school_report("school-a", MONDAY, held, with_school=True, **given)  # type: ignore[arg-type]
    assert (whole.due, whole.reached) == (3, 1)  # a head teacher's Chinese counts as a subject, too
    assert (whole.teachers, whole.used) == (
        2,
        1,
    )  # and the head teacher teaches none by appointment
    closed = school_report("school-a", MONDAY, held, with_school=False, **given)  # type: ignore[arg-type]
    assert (closed.due, closed.reached, closed.teachers, closed.used) == (0, 0, 0, 0)
    assert closed.subjects == whole.subjects


def test_a_school_may_want_more_than_its_district_and_not_less() -> None:
    assert aim_of(False) == Aim(1, 15)
    assert aim_of(True) == Aim(2, 30)
    assert aim_of(True, [Aims(tablet_week=1)]) == Aim(1, 30)
    assert aim_of(False, [Aims(week=1, term=10), Aims(week=3)]) == Aim(3, 10)
