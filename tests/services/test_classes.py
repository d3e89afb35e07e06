"""Classes by hand: a founded one is the one that the next list means; nothing is done to a class in use."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.roster_changes import Stored
from domain.roster_classes import ClassName, SchoolYear
from domain.roster_register import Register
from services.classes import classes_by_grade, end_class, found_class, kept_class, relabel_class
from services.pupil_acts import access_record, move_pupil
from services.rosters import year_now
from tests.flows.conftest import quiet_town as quiet_town
from tests.people import SCHOOL, PeopleTown, settle_people
from tests.town import Town


@pytest.fixture
async def people(quiet_town: Town) -> PeopleTown:
    return await settle_people(quiet_town)


async def test_the_next_list_means_the_class_that_was_founded(people: PeopleTown) -> None:
    post, year = people.posts["office"], SchoolYear(year_now(people.ctx.now()))
    founded = await found_class(people.ctx, post, {"grade": "5", "label": "２"})
    assert (founded.name, founded.label, founded.grade) == ("五年级二班", "2", 5)
    empty = Register(SCHOOL.id, Stored(), year)
    assert empty.class_of(ClassName(5, "2")) == founded.id
    stored = Stored(classes=await people.ctx.stores.schools.classes_of_school(SCHOOL.id))
    assert Register(SCHOOL.id, stored, year).find_class(ClassName(5, "2")) == founded.id
    school = await people.ctx.stores.schools.find_school(SCHOOL.id)
    assert school.year == year.began
    await end_class(people.ctx, post, founded.id)
    again = await found_class(people.ctx, post, {"grade": "5", "label": "2"})
    assert again.id != founded.id


async def test_a_class_with_children_is_ended_after_they_went(people: PeopleTown) -> None:
    post, (first, second, _) = people.posts["office"], people.classes
    with pytest.raises(ConflictError, match="class_not_empty"):
        await end_class(people.ctx, post, first.id)
    assert (await kept_class(people.ctx, post, first.id)).pupils == 4
    for number in range(1, 5):
        child = people.child(0, number)
        seen = (await access_record(people.ctx, post, child.id)).stamp
        await move_pupil(people.ctx, post, child.id, {"class": second.id}, seen)
    await end_class(people.ctx, post, first.id)
    grades = await classes_by_grade(people.ctx, post)
    assert [(k.school_class.id, k.pupils) for k in grades[3]] == [(second.id, 8)]


async def test_last_years_classes_go_up_before_others_are_founded(people: PeopleTown) -> None:
    last_year = replace(SCHOOL, year=year_now(people.ctx.now()) - 1)
    await people.ctx.stores.schools.save_school(last_year)
    before = await people.everything()
    with pytest.raises(ConflictError, match="roll_over_first"):
        await found_class(people.ctx, people.posts["office"], {"grade": "3", "label": "8"})
    assert await people.everything() == before


async def test_who_does_not_keep_the_list_keeps_no_class(people: PeopleTown) -> None:
    before, class_id = await people.everything(), people.classes[0].id
    for key in ("head", "leader", "observer"):
        post = people.posts[key]
        with pytest.raises(NotFoundError):
            await found_class(people.ctx, post, {"grade": "3", "label": "8"})
        with pytest.raises(NotFoundError):
            await relabel_class(people.ctx, post, class_id, {"label": "8"})
        with pytest.raises(NotFoundError):
            await end_class(people.ctx, post, class_id)
        with pytest.raises(NotFoundError):
            await classes_by_grade(people.ctx, post)
    stranger = replace(people.posts["office"], school=replace(SCHOOL, id="elsewhere"))
    with pytest.raises(NotFoundError):
        await relabel_class(people.ctx, stranger, class_id, {"label": "8"})
    with pytest.raises(InvalidError):
        await relabel_class(people.ctx, people.posts["office"], class_id, {"label": "2"})
    assert await people.everything() == before
