"""Every act of a teacher is one conditional write that says whether it changed anything."""

from datetime import timedelta

import pytest

from domain.notices import NoticeState, Work
from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW, a_notice, a_version
from tests.storage.conftest import at_once

REMIND = Work(purpose="remind-1", due_at=NOW)
WITHDRAW = Work(purpose="withdraw", due_at=NOW)


async def test_the_same_form_sent_twice_is_one_notice(stores: Stores, twin: Stores) -> None:
    answers = await at_once(
        *(
            some.notices.insert(a_notice(author_name=str(n)))
            for n, some in enumerate([stores, twin] * 5)
        )
    )
    assert sorted(answers) == [False] * 9 + [True]
    found = await stores.notices.find("notice-1")
    assert found is not None
    assert found.author_name == str(answers.index(True))


async def test_finding(stores: Stores) -> None:
    await stores.notices.insert(a_notice())
    assert await stores.notices.find("notice-1") == a_notice()
    assert await stores.notices.find("notice-2") is None
    assert await stores.notices.many(["notice-1", "notice-1", "notice-2"]) == {
        "notice-1": a_notice()
    }


async def test_ten_taps_on_remind_are_one_reminder(stores: Stores, twin: Stores) -> None:
    await stores.notices.insert(a_notice(work=()))
    answers = await at_once(
        *(some.notices.mark_reminded("notice-1", 1, REMIND) for some in [stores, twin] * 5)
    )
    assert sum(answers) == 1
    assert await stores.notices.find("notice-1") == a_notice(reminders=1, work=(REMIND,))


async def test_reminders_come_in_their_order_and_only_while_the_notice_stands(
    stores: Stores,
) -> None:
    await stores.notices.insert(a_notice())
    second = Work(purpose="remind-2", due_at=NOW)
    assert not await stores.notices.mark_reminded("notice-1", 2, second)
    assert await stores.notices.mark_reminded("notice-1", 1, REMIND)
    # Not while the first one waits, for the end of the quiet hours or for its worker.
    assert not await stores.notices.mark_reminded("notice-1", 2, second)
    await stores.notices.finish_work("notice-1", "remind-1")
    assert await stores.notices.mark_reminded("notice-1", 2, second)
    assert await stores.notices.mark_withdrawn("notice-1", NOW, WITHDRAW)
    assert not await stores.notices.mark_reminded("notice-1", 3, REMIND)
    await stores.notices.insert(a_notice(id="later", state=NoticeState.SCHEDULED))
    assert not await stores.notices.mark_reminded("later", 1, REMIND)


async def test_two_edits_of_one_version_are_not_both_taken(stores: Stores, twin: Stores) -> None:
    await stores.notices.insert(a_notice(work=()))
    edits = [a_version(number=2, title=f"改{n}") for n in range(6)]
    answers = await at_once(
        *(
            some.notices.mark_edited("notice-1", edit, Work(purpose="edit-2", due_at=NOW))
            for some, edit in zip([stores, twin] * 3, edits, strict=True)
        )
    )
    assert sum(answers) == 1
    found = await stores.notices.find("notice-1")
    assert found is not None
    assert found.versions == (a_version(), edits[answers.index(True)])
    assert [work.purpose for work in found.work] == ["edit-2"]


@pytest.mark.parametrize("number", [1, 2, 4])
async def test_an_edit_of_a_stale_version_is_refused(stores: Stores, number: int) -> None:
    notice = a_notice(versions=(a_version(), a_version(number=2)))
    await stores.notices.insert(notice)
    assert not await stores.notices.mark_edited("notice-1", a_version(number=number), None)
    assert await stores.notices.find("notice-1") == notice


async def test_a_withdrawn_notice_is_not_edited(stores: Stores) -> None:
    await stores.notices.insert(a_notice())
    assert await stores.notices.mark_withdrawn("notice-1", NOW, WITHDRAW)
    assert not await stores.notices.mark_edited("notice-1", a_version(number=2), None)


async def test_an_edit_before_publishing_causes_no_work(stores: Stores) -> None:
    await stores.notices.insert(a_notice(state=NoticeState.SCHEDULED))
    assert await stores.notices.mark_edited("notice-1", a_version(number=2), None)
    found = await stores.notices.find("notice-1")
    assert found is not None
    assert (len(found.versions), found.work) == (2, a_notice().work)


async def test_withdrawing_drops_what_was_still_wanted_and_happens_once(stores: Stores) -> None:
    await stores.notices.insert(a_notice(work=(a_notice().work[0], REMIND)))
    answers = await at_once(
        *(stores.notices.mark_withdrawn("notice-1", NOW, WITHDRAW) for _ in range(5))
    )
    assert sum(answers) == 1
    found = await stores.notices.find("notice-1")
    assert found is not None
    assert (found.state, found.withdrawn_at) == (NoticeState.WITHDRAWN, NOW)
    assert found.work == (WITHDRAW,)


async def test_a_scheduled_notice_is_published_once_and_a_withdrawn_one_never(
    stores: Stores,
) -> None:
    await stores.notices.insert(a_notice(state=NoticeState.SCHEDULED))
    answers = await at_once(*(stores.notices.mark_published("notice-1") for _ in range(5)))
    assert sum(answers) == 1
    await stores.notices.insert(a_notice(id="gone", state=NoticeState.WITHDRAWN))
    assert not await stores.notices.mark_published("gone")


@pytest.mark.parametrize("missing", ["mark_published", "mark_edited", "mark_reminded"])
async def test_a_notice_that_is_not_there_is_not_made_by_a_change(
    stores: Stores, missing: str
) -> None:
    changes = {
        "mark_published": stores.notices.mark_published("nobody"),
        "mark_edited": stores.notices.mark_edited("nobody", a_version(number=1), None),
        "mark_reminded": stores.notices.mark_reminded("nobody", 1, REMIND),
    }
    wanted = changes.pop(missing)
    for other in changes.values():
        other.close()
    assert not await wanted
    assert await stores.notices.find("nobody") is None


async def test_work_is_found_when_it_is_due_and_only_until_it_is_done(stores: Stores) -> None:
    late = Work(purpose="publish", due_at=NOW)
    later = Work(purpose="remind-1", due_at=NOW + timedelta(hours=1))
    await stores.notices.insert(a_notice(work=(later, late)))
    await stores.notices.insert(
        a_notice(id="older", work=(Work(purpose="x", due_at=NOW - MINUTE),))
    )
    await stores.notices.insert(a_notice(id="done", work=()))
    assert await stores.notices.with_due_work(NOW - 2 * MINUTE) == []
    due = await stores.notices.with_due_work(NOW)
    assert [notice.id for notice in due] == ["older", "notice-1"]
    # Two works of one notice that are both due: the notice comes once.
    assert len(await stores.notices.with_due_work(NOW + timedelta(hours=2))) == 2
    await stores.notices.finish_work("notice-1", "publish")
    await stores.notices.finish_work("notice-1", "publish")
    assert [notice.id for notice in await stores.notices.with_due_work(NOW)] == ["older"]
    found = await stores.notices.find("notice-1")
    assert found is not None
    assert found.work == (later,)


async def test_what_has_been_due_longest_comes_first_however_much_is_due(stores: Stores) -> None:
    for number in range(5):
        work = (Work(purpose="publish", due_at=NOW - number * MINUTE),)
        await stores.notices.insert(a_notice(id=f"n{number}", work=work))
    due = await stores.notices.with_due_work(NOW, limit=2)
    assert [notice.id for notice in due] == ["n4", "n3"]


async def test_what_a_class_was_told_lately(stores: Stores) -> None:
    for number in range(4):
        moment = NOW - number * MINUTE
        await stores.notices.insert(a_notice(id=f"n{number}", publish_at=moment))
    await stores.notices.insert(a_notice(id="both", class_ids=("class-2", "class-1")))
    await stores.notices.insert(a_notice(id="elsewhere", school_id="school-b"))
    await stores.notices.insert(a_notice(id="other class", class_ids=("class-2",)))
    await stores.notices.insert(a_notice(id="gone", state=NoticeState.WITHDRAWN))
    await stores.notices.insert(a_notice(id="later", state=NoticeState.SCHEDULED))
    found = await stores.notices.published_since("school-a", "class-1", NOW - 2 * MINUTE)
    assert {notice.id for notice in found} == {"n0", "n1", "n2", "both"}
    assert [n.publish_at for n in found] == sorted((n.publish_at for n in found), reverse=True)


async def test_paging_through_what_a_teacher_wrote_shows_each_once(stores: Stores) -> None:
    # Three to each minute: a plan for the term, set out in one go.
    notices = [a_notice(id=f"n{n:02}", publish_at=NOW - n // 3 * MINUTE) for n in range(12)]
    for notice in notices:
        await stores.notices.insert(notice)
    await stores.notices.insert(a_notice(id="hers", author_id="teacher-2"))
    await stores.notices.insert(a_notice(id="elsewhere", school_id="school-b"))
    seen: list[str] = []
    before: str | None = None
    for _ in range(20):
        page = await stores.notices.page_of_author(
            "school-a", "teacher-1", before=before, at=NOW, limit=4
        )
        if not page:
            break
        seen += [notice.id for notice in page]
        before = page[-1].position
    times = {notice.id: notice.publish_at for notice in notices}
    assert [times[i] for i in seen] == sorted(times.values(), reverse=True)
    assert sorted(seen) == sorted(times)
