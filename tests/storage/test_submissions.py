"""Handing in and marking: what was seen is what is written over, whoever comes in between."""

import asyncio
from datetime import date, timedelta

from domain.mistakes import Review, due_after
from domain.submissions import SubmissionState, submission_id
from storage.stores import Stores
from tests.domain.samples import NOW
from tests.domain.work_samples import a_mark, a_mistake, a_submission, a_version


async def test_what_goes_in_comes_back(stores: Stores, twin: Stores) -> None:
    held = a_submission(marks=(a_mark(points=3, points_of=5),))
    assert await stores.submissions.insert(held)
    assert not await twin.submissions.insert(held)
    assert await twin.submissions.find(held.id) == held
    assert await twin.submissions.many([held.id, "nobody"]) == {held.id: held}


async def test_of_two_who_hand_in_at_once_one_is_told(stores: Stores, twin: Stores) -> None:
    held = a_submission()
    await stores.submissions.insert(held)
    done = await asyncio.gather(
        stores.submissions.mark_handed_in(held, a_version(id="a")),
        twin.submissions.mark_handed_in(held, a_version(id="b")),
    )
    assert sorted(done) == [False, True]
    now = await stores.submissions.find(held.id)
    assert now is not None
    assert len(now.versions) == 2


async def test_a_mark_is_for_the_version_that_was_seen(stores: Stores) -> None:
    held = a_submission()
    await stores.submissions.insert(held)
    assert await stores.submissions.mark_handed_in(held, a_version(id="again"))
    assert not await stores.submissions.mark_marked(held, a_mark(version=1))
    now = await stores.submissions.find(held.id)
    assert now is not None
    assert await stores.submissions.mark_marked(now, a_mark(version=2, returned=True))
    assert not await stores.submissions.mark_marked(now, a_mark(id="other", version=2))
    assert not await stores.submissions.mark_handed_in(now, a_version(id="late"))
    after = await stores.submissions.find(held.id)
    assert after is not None
    assert (after.state, len(after.marks)) == (SubmissionState.RETURNED, 1)


async def test_all_seen_leaves_alone_what_was_looked_at(stores: Stores) -> None:
    ids = []
    for number, state in enumerate(SubmissionState):
        versions = tuple(a_version(id=f"v{n}") for n in range(number + 1))
        key = submission_id("homework-1", f"s{number}")
        await stores.submissions.insert(a_submission(id=key, state=state, versions=versions))
        ids.append(key)
    assert await stores.submissions.mark_all_seen([*ids, "nobody"], a_mark(version=0)) == 1
    assert await stores.submissions.mark_all_seen(ids, a_mark(version=0)) == 0
    found = await stores.submissions.many(ids)
    assert [len(found[i].marks) for i in ids] == [1, 0, 0]
    assert found[ids[0]].marks[0].version == 1
    assert found[ids[0]].state is SubmissionState.MARKED


async def test_a_book_by_subject_and_by_day(stores: Stores) -> None:
    today = date(2026, 11, 22)
    for number, (subject, due) in enumerate(
        [
            ("maths", today),
            ("maths", None),
            ("chinese", today - timedelta(days=3)),
            ("maths", date(2027, 1, 1)),
        ]
    ):
        mistake = a_mistake(id=f"m{number}", subject=subject, due=due, position=f"2026{number}")
        assert await stores.mistakes.insert(mistake)
    found = await stores.mistakes.due("school-a", "student-1", today, 10)
    assert [m.id for m in found] == ["m2", "m0"]
    assert await stores.mistakes.due("school-b", "student-1", today, 10) == []


async def test_of_two_tries_noted_at_once_one_counts(stores: Stores, twin: Stores) -> None:
    mistake = a_mistake()
    await stores.mistakes.insert(mistake)
    review = Review(id="r", day=NOW.date(), right=True)
    due = due_after((review,), NOW.date())
    done = await asyncio.gather(
        stores.mistakes.mark_reviewed(mistake, review, due),
        twin.mistakes.mark_reviewed(mistake, review, due),
    )
    assert sorted(done) == [False, True]
    now = await stores.mistakes.find(mistake.id)
    assert now is not None
    assert (now.reviews, now.due) == ((review,), NOW.date() + timedelta(days=2))
