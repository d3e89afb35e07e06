"""What becomes of a message once it is said: counted, taken back, held, read, deleted for oneself."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.audit import Act
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.messages import Mark
from domain.roles import Appointment, Right, Role
from domain.safety import Outcome
from services.audit import Wanted, audit_page
from services.context import Context
from services.message_reviews import recalled_messages, recalled_text, settle_message
from services.message_search import search_own, search_thread
from services.messages import (
    changes_since,
    count_message,
    counted_by,
    hide_message,
    mark_read,
    page_of_thread,
    recall_message,
    send_message,
)
from services.people import access_post
from services.threads import open_child_thread, threads_of
from tests.flows.conftest import quiet_town as quiet_town
from tests.services.test_messages import ctx as ctx
from tests.services.test_messages import say
from tests.services.test_messages import second as second
from tests.talking import CHILD, HEAD, MATHS, MOTHER, OTHER, TALK, text
from tests.town import SCHOOL


async def test_got_it_is_counted_by_what_it_answers(ctx: Context) -> None:
    await say(ctx, HEAD, "明天春游")
    for person, words in (
        (MOTHER, "收到"),
        (OTHER, "好的，收到！"),
        (MATHS, "👍"),
        (MOTHER, "收到👌"),
    ):
        sent = await send_message(ctx, person, TALK, text(words), key=f"{person}{words}")
        assert sent.folded is not None
        assert sent.folded.seq == 1
    (message,) = (await page_of_thread(ctx, HEAD, TALK)).messages
    assert (message.got, message.praise) == (2, 1)
    assert await counted_by(ctx, HEAD, TALK, 1, Mark.GOT) == ("学生一妈妈", "学生二妈妈")
    with pytest.raises(NotFoundError):
        await counted_by(ctx, MOTHER, TALK, 1, Mark.GOT)
    assert (await say(ctx, MOTHER, "收到，几点集合？")).seq == 2
    # Of what a guardian said, the last word of the school is what 收到 answers.
    sent = await send_message(ctx, OTHER, TALK, text("收到"), key="k")
    assert sent.folded is not None
    assert (sent.folded.seq, sent.folded.got) == (1, 2)


async def test_got_it_by_many_at_once_is_counted_exactly(ctx: Context, second: Context) -> None:
    await say(ctx, HEAD, "明天春游")
    people = [MOTHER, OTHER, MATHS] * 4
    await asyncio.gather(
        *(
            count_message((ctx, second)[n % 2], person, TALK, 1, Mark.GOT)
            for n, person in enumerate(people)
        )
    )
    assert (await page_of_thread(ctx, HEAD, TALK)).messages[0].got == 3


async def test_a_message_is_taken_back_within_two_minutes_and_kept_for_the_auditor(
    ctx: Context,
) -> None:
    before = ctx.now()
    first = await say(ctx, MOTHER, "发错群了")
    await say(ctx, OTHER, "另一句")
    late = replace(ctx, now=lambda: before + timedelta(minutes=3))
    with pytest.raises(ConflictError, match="too_late"):
        await recall_message(ctx, OTHER, TALK, 1)
    with pytest.raises(ConflictError, match="too_late"):
        await recall_message(late, OTHER, TALK, 2)
    for _ in range(2):
        await recall_message(ctx, MOTHER, TALK, 1)
    await recall_message(late, HEAD, TALK, 2)
    page = await page_of_thread(ctx, HEAD, TALK)
    assert [m.is_seen_by(HEAD) for m in page.messages] == [False, False]
    assert [m.seq for m in await changes_since(ctx, OTHER, TALK, before)] == [1, 2]
    assert (await search_thread(ctx, HEAD, TALK, "发错")).messages == ()
    head = await access_post(ctx, HEAD, Right.PUBLISH)
    with pytest.raises(NotFoundError):
        await recalled_text(ctx, head, first.id, "complaint")
    with pytest.raises(NotFoundError):
        await recalled_messages(ctx, head)
    admin = Appointment(
        id="boss", person_id="boss", role=Role.SCHOOL_ADMIN, name="校长", school_id=SCHOOL.id
    )
    await ctx.stores.appointments.save(admin)
    boss = await access_post(ctx, "boss", Right.AUDIT)
    listed = {m.id: m for m in await recalled_messages(ctx, boss)}
    assert (len(listed), listed[first.id].text, listed[first.id].author_name) == (2, "", "")
    for reason in ("", "curious"):
        with pytest.raises(InvalidError):
            await recalled_text(ctx, boss, first.id, reason)
    assert (await recalled_text(ctx, boss, first.id, "complaint")).message.text == "发错群了"
    entries = (await audit_page(ctx, SCHOOL.id, Wanted(act=Act.RECALLED_SEEN))).entries
    assert [(e.actor.person_id, e.after) for e in entries] == [("boss", {"why": "complaint"})]


async def test_what_is_held_is_read_by_its_author_alone_until_it_is_shown(ctx: Context) -> None:
    message = await say(ctx, MOTHER, "等一下再看")
    await settle_message(ctx, message.id, Outcome.CHECKING)
    (mine,) = (await page_of_thread(ctx, MOTHER, TALK)).messages
    assert (mine.is_seen_by(MOTHER), mine.is_seen_by(HEAD)) == (True, False)
    with pytest.raises(NotFoundError):
        await count_message(ctx, HEAD, TALK, 1, Mark.GOT)
    await settle_message(ctx, message.id, Outcome.PASS)
    await settle_message(ctx, "nowhere", Outcome.PASS)
    assert (await count_message(ctx, HEAD, TALK, 1, Mark.GOT)).got == 1


async def test_unread_is_what_was_said_behind_what_was_read(ctx: Context) -> None:
    for words in "一二三":
        await say(ctx, HEAD, words)
    assert [line.unread for line in await threads_of(ctx, MOTHER)] == [3]
    await mark_read(ctx, MOTHER, TALK, 2)
    await mark_read(ctx, MOTHER, TALK, 1)
    assert [line.unread for line in await threads_of(ctx, MOTHER)] == [1]
    await mark_read(ctx, MOTHER, TALK, 99)
    assert [line.unread for line in await threads_of(ctx, MOTHER)] == [0]
    await say(ctx, HEAD, "四")
    assert [line.unread for line in await threads_of(ctx, MOTHER)] == [1]


async def test_in_a_private_thread_each_sees_how_far_the_others_have_read(ctx: Context) -> None:
    thread = await open_child_thread(ctx, MATHS, CHILD)
    await say(ctx, MATHS, "今天表现很好", thread=thread.id)
    await mark_read(ctx, MOTHER, thread.id, 1)
    assert (await page_of_thread(ctx, MATHS, thread.id)).read_by == {MOTHER: 1}
    await say(ctx, HEAD, "一")
    await mark_read(ctx, MOTHER, TALK, 1)
    assert (await page_of_thread(ctx, HEAD, TALK)).read_by == {}


async def test_deleted_for_oneself_is_there_for_the_others(ctx: Context) -> None:
    for words in ("一起去", "二"):
        await say(ctx, HEAD, words)
    await hide_message(ctx, MOTHER, TALK, 1)
    await hide_message(ctx, MOTHER, TALK, 1)
    with pytest.raises(NotFoundError):
        await hide_message(ctx, MOTHER, TALK, 9)
    page = await page_of_thread(ctx, MOTHER, TALK)
    assert page.hidden == {1}
    assert (await search_thread(ctx, MOTHER, TALK, "一起")).messages == ()
    assert await search_own(ctx, MOTHER, "一起") == []
    assert (await page_of_thread(ctx, OTHER, TALK)).hidden == frozenset()
    assert len((await search_thread(ctx, OTHER, TALK, "一起")).messages) == 1
