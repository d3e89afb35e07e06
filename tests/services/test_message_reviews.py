"""What is said in a group is judged before others read it; what few say among themselves is theirs."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import NotFoundError
from domain.groups import Mode
from domain.messages import MessageState
from domain.roles import Right
from domain.safety import Kind, SilencedError, Spot, WordsRefusedError
from services.context import Context
from services.message_reviews import show_message
from services.messages import messages_after, send_message
from services.people import access_teaching
from services.reviews import decide_review, settle_review, waiting_reviews
from services.silences import freeze_room, lift_silence, silences_at
from services.threads import open_child_thread
from tests.flows.conftest import quiet_town as quiet_town
from tests.safety import BAD, WORSE
from tests.talking import (
    CHILD,
    CLASS,
    ELSEWHERE,
    HEAD,
    MATHS,
    MOTHER,
    OTHER,
    TALK,
    settle_school,
    text,
)
from tests.town import SCHOOL, Town

ROOM = Spot(SCHOOL.id, CLASS.id, room=f"thread:{TALK}")


@pytest.fixture
async def ctx(quiet_town: Town) -> Context:
    made: Context = quiet_town.ctx
    await settle_school(made, mode=Mode.OPEN)
    return made


async def say(ctx: Context, who: str, words: str, thread: str = TALK, key: str = "") -> Any:
    """Say something; the message as it is kept."""
    return (await send_message(ctx, who, thread, text(words), key=key or words)).message


async def read(ctx: Context, who: str) -> list[str]:
    """What somebody reads in the group."""
    page = await messages_after(ctx, who, TALK, 0)
    return [m.text if m.is_seen_by(who) else "" for m in page.messages]


async def test_held_words_wait_for_the_head_teacher_and_keep_their_place(ctx: Context) -> None:
    held = await say(ctx, MOTHER, BAD)
    await say(ctx, OTHER, "明天要带伞吗")
    assert held.state is MessageState.HELD
    assert await read(ctx, MOTHER) == [BAD, "明天要带伞吗"]
    assert await read(ctx, OTHER) == ["", "明天要带伞吗"]
    head = await access_teaching(ctx, HEAD, Right.MODERATE)
    (review,) = await waiting_reviews(ctx, head)
    assert (review.kind, review.text, review.class_id) == (Kind.MESSAGE, BAD, CLASS.id)
    await decide_review(ctx, head, review.id, allow=True, why="", seen=review.version)
    await settle_review(ctx, review.id)
    assert await read(ctx, OTHER) == [BAD, "明天要带伞吗"]


async def test_refused_words_leave_nothing(ctx: Context) -> None:
    with pytest.raises(WordsRefusedError):
        await say(ctx, MOTHER, WORSE)
    assert await read(ctx, MOTHER) == []
    assert await waiting_reviews(ctx, await access_teaching(ctx, HEAD, Right.MODERATE)) == []


async def test_who_leads_the_group_is_held_back_by_no_list(ctx: Context) -> None:
    assert (await say(ctx, HEAD, BAD)).state is MessageState.SENT
    assert (await say(ctx, MATHS, BAD)).state is MessageState.HELD


async def test_in_a_frozen_group_nobody_speaks_and_what_was_said_stays_said(ctx: Context) -> None:
    first = await say(ctx, MOTHER, "我先说一句", key="key-of-the-first")
    head = await access_teaching(ctx, HEAD, Right.MODERATE)
    await freeze_room(ctx, head, ROOM, why="吵起来了，先静一静")
    for who in (MOTHER, HEAD):
        with pytest.raises(SilencedError):
            await say(ctx, who, "再说一句")
    again = await say(ctx, MOTHER, "我先说一句", key="key-of-the-first")
    assert again == first
    assert await read(ctx, OTHER) == ["我先说一句"]
    for silence in await silences_at(ctx, head):
        await lift_silence(ctx, head, silence.id)
    assert (await say(ctx, MOTHER, "好了")).seq == 2


async def test_what_few_say_among_themselves_goes_into_no_queue(ctx: Context) -> None:
    thread = await open_child_thread(ctx, HEAD, CHILD)
    assert (await say(ctx, MOTHER, BAD, thread.id)).state is MessageState.SENT
    assert await waiting_reviews(ctx, await access_teaching(ctx, HEAD, Right.MODERATE)) == []


async def test_only_who_reads_a_message_may_report_it(ctx: Context) -> None:
    shown, held = await say(ctx, MOTHER, "大家好"), await say(ctx, MOTHER, BAD)
    assert (await show_message(ctx, OTHER, shown.id)).text == "大家好"
    for who, message in ((ELSEWHERE, shown.id), (OTHER, held.id), (OTHER, "nowhere")):
        with pytest.raises(NotFoundError):
            await show_message(ctx, who, message)


async def test_a_decision_that_comes_before_the_message_counts_when_it_is_said(
    ctx: Context,
) -> None:
    """The process died between the review and the message; the device says it once more."""
    held = await say(ctx, MOTHER, BAD, key="key-of-the-held")
    await ctx.stores.database["messages"].delete_many({})
    head = await access_teaching(ctx, HEAD, Right.MODERATE)
    (review,) = await waiting_reviews(ctx, head)
    await decide_review(ctx, head, review.id, allow=True, why="", seen=review.version)
    await settle_review(ctx, review.id)
    again = await say(ctx, MOTHER, BAD, key="key-of-the-held")
    assert (again.id, again.state) == (held.id, MessageState.SENT)
