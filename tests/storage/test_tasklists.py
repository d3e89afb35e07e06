"""The virtual class in the store: what was seen is what is written over, whoever comes in between."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from domain.remarks import CommentState
from domain.study_groups import join
from domain.taskworks import ticked
from storage.stores import Stores
from tests.domain.samples import NOW
from tests.domain.tasklist_samples import (
    a_comment,
    a_group,
    a_question,
    a_tasklist,
    a_taskwork,
    study_groups,
)


async def test_a_list_goes_in_comes_back_and_is_withdrawn_once(
    stores: Stores, twin: Stores
) -> None:
    held = a_tasklist()
    assert await stores.tasklists.insert(held)
    assert not await twin.tasklists.insert(held)
    assert await twin.tasklists.find(held.id) == held
    await stores.tasklists.mark_told(replace(held, untold_since=NOW - timedelta(days=1)))
    assert await stores.tasklists.untold(NOW + timedelta(seconds=1), 9) == [held.id]
    await stores.tasklists.mark_told(held)
    assert await stores.tasklists.untold(NOW + timedelta(seconds=1), 9) == []
    done = await asyncio.gather(*(s.tasklists.mark_withdrawn(held.id, NOW) for s in (stores, twin)))
    assert sorted(done) == [False, True]
    assert await stores.tasklists.untold(NOW + timedelta(seconds=1), 9) == [held.id]


async def test_of_two_who_change_a_work_at_once_one_is_told(stores: Stores, twin: Stores) -> None:
    fresh = a_taskwork(pieces=())
    done = await asyncio.gather(*(s.taskworks.mark_changed(fresh) for s in (stores, twin)))
    assert sorted(done) == [False, True]
    seen = replace(fresh, version=1)
    both = await asyncio.gather(
        stores.taskworks.mark_changed(ticked(seen, 1, NOW, done=True)),
        twin.taskworks.mark_changed(ticked(seen, 2, NOW, done=True)),
    )
    assert sorted(both) == [False, True]
    held = (await stores.taskworks.many([fresh.id]))[fresh.id]
    assert (held.version, len(held.done)) == (2, 1)
    assert await stores.taskworks.of_student("school-a", "student-1") == [held]
    assert await stores.taskworks.of_list("school-a", "list-1") == [held]


async def test_groups_are_replaced_as_one(stores: Stores, twin: Stores) -> None:
    fresh = study_groups(a_group())
    assert await stores.study_groups.mark_changed(fresh)
    assert not await twin.study_groups.mark_changed(fresh)
    seen = replace(fresh, version=1)
    done = await asyncio.gather(
        stores.study_groups.mark_changed(join(seen, "g1", "student-8")),
        twin.study_groups.mark_changed(join(seen, "g1", "student-9")),
    )
    assert sorted(done) == [False, True]
    (held,) = await stores.study_groups.of_student("school-a", "student-1")
    assert (held.version, len(held.student_ids)) == (2, 4)
    assert await stores.study_groups.of_student("school-b", "student-1") == []


async def test_a_comment_waits_and_a_decision_is_once(stores: Stores) -> None:
    await stores.remarks.add_comment(a_comment())
    await stores.remarks.add_comment(a_comment(text="again"))
    (held,) = await stores.remarks.comments("school-a", "list-1")
    assert held == a_comment()
    assert await stores.remarks.mark_decided(held.id, CommentState.ALLOWED, NOW)
    assert not await stores.remarks.mark_decided(held.id, CommentState.ALLOWED, NOW)
    assert [c.state for c in await stores.remarks.comments_by("school-a", "student-2")] == [
        CommentState.ALLOWED
    ]
    assert len(await stores.remarks.comments_on("school-a", "student-1")) == 1
    assert await stores.remarks.drop_comments([held.id]) == 1


async def test_an_answer_is_for_what_was_seen_and_nothing_unanswered_is_shown(
    stores: Stores,
) -> None:
    held = a_question()
    await stores.remarks.add_question(held)
    await stores.remarks.add_question(replace(held, text="again"))
    await stores.remarks.set_shown(held.id, NOW)
    assert await stores.remarks.find_question(held.id) == held
    assert await stores.remarks.mark_answered(held, "可以", "林", NOW)
    assert not await stores.remarks.mark_answered(held, "不可以", "王", NOW)
    assert await stores.remarks.untold(NOW + timedelta(seconds=1), 9) == [held.id]
    await stores.remarks.mark_told(held.id)
    now = await stores.remarks.find_question(held.id)
    assert now is not None
    assert await stores.remarks.mark_answered(now, "当然可以", "林", NOW)
    assert await stores.remarks.untold(NOW + timedelta(seconds=1), 9) == [], "told of once"
    await stores.remarks.set_shown(held.id, NOW)
    (shown,) = await stores.remarks.questions("school-a", "list-1")
    assert (shown.answer, shown.shown_at) == ("当然可以", NOW)
    assert await stores.remarks.questions_of("school-a", "student-1") == [shown]
