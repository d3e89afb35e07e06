"""The drawing of a new year: every class where it belongs, nothing on top of another thing, nothing outside."""

from __future__ import annotations

import re
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from domain.rollover_plans import leaving_grades, plan_rollover
from domain.rollovers import Way
from domain.stages import Stage
from handlers.console.rollover_drawing import CHIP, COLUMN, Drawing, draw
from tests.domain.rollovers import TODAY, USUAL, a_school, choices_for, full_school, now_of, schools


def chips_below(drawing: Drawing, tone: str | None = None) -> int:
    return sum(
        tone is None or chip.tone == tone
        for column in drawing.columns
        for chip in column.chips
        if column.y >= drawing.below
    )


@given(st.data())
def test_every_class_is_drawn_where_it_goes(data: st.DataObject) -> None:
    now = data.draw(schools())
    choices = data.draw(choices_for(now))
    plan = plan_rollover(now, choices, TODAY)
    if plan.problems:
        return
    drawing = draw(plan, now.school, leaving_grades(now.school, choices))
    shown = [m for m in plan.moves if m.way is not Way.ENDED]
    above = sum(len(c.chips) for c in drawing.columns if c.y < drawing.below)
    assert above == len(shown)
    assert chips_below(drawing) == len(shown) + len(plan.founded)
    assert chips_below(drawing, "gone") == len(plan.going(Way.GRADUATES))
    assert chips_below(drawing, "new") == len(plan.founded)


@given(st.data())
def test_nothing_lies_on_anything_or_outside(data: st.DataObject) -> None:
    now = data.draw(schools())
    choices = data.draw(choices_for(now))
    plan = plan_rollover(now, choices, TODAY)
    if plan.problems:
        return
    drawing = draw(plan, now.school, leaving_grades(now.school, choices))
    places = [(c.x, c.y) for c in drawing.columns]
    assert len(places) == len(set(places))
    chips = [chip for column in drawing.columns for chip in column.chips]
    for chip in chips:
        assert 0 <= chip.x <= drawing.width - COLUMN + 12
        assert 0 <= chip.y <= drawing.height - CHIP
    for one, other in combinations(chips, 2):
        assert one.x != other.x or abs(one.y - other.y) >= CHIP
    for arrow in drawing.arrows:
        numbers = [float(n) for n in re.findall(r"[\d.]+", arrow.path)]
        assert all(0 <= x <= drawing.width for x in numbers[::2])
        assert all(y < drawing.below for y in numbers[1::2])


def test_a_large_grade_is_cut_short_and_says_so() -> None:
    school = a_school(Stage.PRIMARY)
    plan = plan_rollover(now_of(school, full_school(school, per_grade=20)), USUAL, TODAY)
    drawing = draw(plan, school, {6})
    (first, *_) = [c for c in drawing.columns if c.title == "一年级"]
    assert (first.chips[-1].text, len(first.chips)) == ("+9 个班", 12)
    assert first.note == "20 班 800 人"
