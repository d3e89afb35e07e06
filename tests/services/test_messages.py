"""Messages: one order for all, each once, whoever dies; and who may do what with one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from domain.bindings import Custody
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.groups import Mode
from domain.messages import Message
from domain.threads import question_id
from services.audiences import access_thread, audience_of
from services.context import Context
from services.message_search import search_own, search_thread
from services.messages import messages_after, page_of_thread, send_message
from services.threads import (
    colleagues_for,
    give_thread,
    open_child_thread,
    open_question,
    people_to_call,
    teachers_for,
    threads_of,
)
from tests.flows.conftest import quiet_town as quiet_town
from tests.miniapp.village import a_notice, insert_notices
from tests.talking import (
    CHILD,
    CLASS,
    ELSEWHERE,
    GROUP,
    HEAD,
    MATHS,
    MOTHER,
    OFFICE,
    OTHER,
    TALK,
    bind,
    text,
    unbind,
)
from tests.talking import ctx as ctx
from tests.talking import second as second
from tests.town import SCHOOL, Town


async def say(
    ctx: Context, person: str, words: str, key: str = "", thread: str = TALK, **more: Any
) -> Message:
    sent = await send_message(ctx, person, thread, text(words, **more), key=key or words)
    assert sent.message is not None
    return sent.message


async def said(ctx: Context, thread: str = TALK, person: str = HEAD) -> list[tuple[int, str]]:
    page = await messages_after(ctx, person, thread, 0)
    return [(m.seq, m.text) for m in page.messages]


# ------------------------------------------------------------------------------------- the order


async def test_what_is_said_at_once_in_two_processes_has_one_order_without_a_gap(
    ctx: Context, second: Context
) -> None:
    people = [MOTHER, OTHER, HEAD, MATHS]
    kept = await asyncio.gather(
        *(say((ctx, second)[n % 2], people[n % 4], f"第{n}句") for n in range(60))
    )
    assert sorted(m.seq for m in kept) == list(range(1, 61))
    assert await said(ctx) == await said(second) == sorted((m.seq, m.text) for m in kept)
    thread = await ctx.stores.threads.find(TALK)
    assert thread is not None
    assert thread.tail == 60


async def test_the_same_again_by_both_processes_at_once_is_once(
    ctx: Context, second: Context
) -> None:
    kept = await asyncio.gather(
        *(say((ctx, second)[n % 2], MOTHER, "老师好", key=f"key-{n // 6}") for n in range(30))
    )
    assert len({m.seq for m in kept}) == len({m.id for m in kept}) == 5
    assert [seq for seq, _ in await said(ctx)] == [1, 2, 3, 4, 5]


async def test_a_process_that_dies_after_the_write_has_said_it_once(
    ctx: Context, second: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(ctx, HEAD, "一")

    async def dies(messages: object) -> None:
        raise RuntimeError("died")

    monkeypatch.setattr(ctx.stores.messages, "_tell_threads", dies)
    with pytest.raises(RuntimeError):
        await say(ctx, MOTHER, "二")
    # Nobody was answered, and the thread has not heard of it; another one's next word follows it.
    assert (await say(second, OTHER, "三")).seq == 3
    assert (await say(second, MOTHER, "二")).seq == 2
    assert await said(second) == [(1, "一"), (2, "二"), (3, "三")]


async def test_a_batch_that_is_overtaken_in_its_middle_leaves_no_gap(
    ctx: Context, second: Context
) -> None:
    await say(second, HEAD, "一")
    await say(ctx, HEAD, "二")
    # The second process has not heard of that; its three, said at one moment, go on behind it.
    kept = await asyncio.gather(*(say(second, MOTHER, words) for words in "三四五"))
    assert sorted(m.seq for m in kept) == [3, 4, 5]
    assert await said(ctx) == [(1, "一"), (2, "二"), *sorted((m.seq, m.text) for m in kept)]


async def test_what_is_refused_changes_nothing(ctx: Context) -> None:
    await say(ctx, HEAD, "一")
    bad: list[dict[str, Any]] = [
        text(""),
        text("字" * 2001),
        text("a\x00b"),
        text("x", kind="note"),
        text("x", kind="picture"),
        text("", kind="picture", file_ids=["nobody-has-it"]),
        text("", kind="link", link="http://example.com/"),
        text("", kind="card", card="notice", card_id="nowhere"),
        text("x", reply_to=9),
        text("x", mentions=["nobody"]),
    ]
    for form in bad:
        with pytest.raises(InvalidError):
            await send_message(ctx, MOTHER, TALK, form, key="key")
    with pytest.raises(InvalidError):
        await say(ctx, MOTHER, "大家好", all=True)
    with pytest.raises(NotFoundError):
        await say(ctx, ELSEWHERE, "我不在这个班")
    assert await said(ctx) == [(1, "一")]


# ------------------------------------------------------------------------------------- who is in it


async def test_a_binding_that_ends_closes_the_thread_at_once_in_every_process(
    ctx: Context, second: Context
) -> None:
    await say(ctx, HEAD, "一")
    assert len((await page_of_thread(second, MOTHER, TALK)).messages) == 1
    await unbind(ctx, MOTHER)
    for process in (ctx, second):
        for attempt in (page_of_thread(process, MOTHER, TALK), say(process, MOTHER, "还在吗")):
            with pytest.raises(NotFoundError):
                await attempt
        assert await threads_of(process, MOTHER) == []
    assert len(await said(ctx)) == 1


async def test_the_mode_of_a_group_holds_at_once_in_every_process(
    ctx: Context, second: Context
) -> None:
    await say(second, MOTHER, "大家好")
    rules = await ctx.stores.groups.rules(SCHOOL.id)
    quiet = replace(rules, modes=((GROUP, Mode.ANNOUNCE),), version=rules.version + 1)
    assert await ctx.stores.groups.change_rules(quiet)
    with pytest.raises(ConflictError, match="read_only"):
        await say(second, MOTHER, "还能说吗")
    assert (await say(second, MATHS, "明天带尺子")).seq == 2


async def test_a_question_is_seen_by_who_asked_and_who_teaches(ctx: Context) -> None:
    rules = await ctx.stores.groups.rules(SCHOOL.id)
    asking = replace(rules, modes=((GROUP, Mode.QUESTIONS),), version=rules.version + 1)
    assert await ctx.stores.groups.change_rules(asking)
    thread = await open_question(ctx, MOTHER, GROUP)
    assert thread.id == question_id(GROUP, MOTHER)
    assert await open_question(ctx, MOTHER, GROUP) == thread
    await say(ctx, MOTHER, "孩子发烧了", thread=thread.id)
    await say(ctx, MATHS, "好好休息", thread=thread.id)
    with pytest.raises(NotFoundError):
        await page_of_thread(ctx, OTHER, thread.id)
    assert set((await audience_of(ctx, thread.id)).places) == {MOTHER, HEAD, MATHS}
    lines = {line.thread.id: line.unread for line in await threads_of(ctx, HEAD)}
    assert lines[thread.id] == 2
    with pytest.raises(ConflictError, match="no_questions"):
        await open_question(ctx, HEAD, GROUP)


async def test_all_full_guardians_of_a_child_are_in_its_thread_with_the_teacher(
    ctx: Context,
) -> None:
    await bind(ctx, "father")
    await bind(ctx, "aunt", custody=Custody.READ_ONLY)
    teachers = {seat.person_id: ref for ref, seat in await teachers_for(ctx, MOTHER, CHILD)}
    assert set(teachers) == {HEAD, MATHS}
    thread = await open_child_thread(ctx, MOTHER, CHILD, teachers[MATHS])
    assert await open_child_thread(ctx, MATHS, CHILD) == thread
    await say(ctx, "father", "数学有点吃力", thread=thread.id)
    assert set((await audience_of(ctx, thread.id)).places) == {MOTHER, "father", MATHS}
    for stranger in (OTHER, HEAD, "aunt", OFFICE):
        with pytest.raises(NotFoundError):
            await access_thread(ctx, stranger, thread.id)
    for stranger, ref in ((OTHER, teachers[MATHS]), ("aunt", teachers[MATHS]), (MOTHER, "none")):
        with pytest.raises(NotFoundError):
            await open_child_thread(ctx, stranger, CHILD, ref)
    with pytest.raises(NotFoundError):
        await open_child_thread(ctx, OFFICE, CHILD)


async def test_a_thread_is_handed_to_a_colleague_who_reads_it_then_and_nobody_else(
    ctx: Context, second: Context
) -> None:
    thread = await open_child_thread(ctx, MATHS, CHILD)
    await say(ctx, MOTHER, "想请假", thread=thread.id)
    audience, _ = await access_thread(second, MATHS, thread.id)
    found = {place.person_id: ref for ref, place in await colleagues_for(second, audience)}
    assert set(found) == {HEAD, OFFICE}
    with pytest.raises(NotFoundError):
        await give_thread(ctx, MOTHER, thread.id, found[HEAD])
    await give_thread(second, MATHS, thread.id, found[HEAD])
    for process in (ctx, second):
        assert len(await said(process, thread.id, HEAD)) == 1
        with pytest.raises(NotFoundError):
            await page_of_thread(process, MATHS, thread.id)
    assert thread.id in {line.thread.id for line in await threads_of(ctx, HEAD)}


# ------------------------------------------------------------------------------------- what is found and named


async def test_looking_for_words_goes_on_where_it_stopped(ctx: Context) -> None:
    for n in range(30):
        await say(ctx, HEAD, f"第{n}次 Chūn游")
    first = await search_thread(ctx, MOTHER, TALK, "ｃｈūｎ", limit=20)
    assert [m.seq for m in first.messages] == list(range(30, 10, -1))
    rest = await search_thread(ctx, MOTHER, TALK, "chūn", before=first.before, limit=20)
    assert [m.seq for m in rest.messages] == list(range(10, 0, -1))
    assert rest.before == 0
    hits = await search_own(ctx, MOTHER, "第29次")
    assert [m.seq for _, m in hits] == [30]
    for words in ("", "字" * 41):
        with pytest.raises(InvalidError):
            await search_own(ctx, MOTHER, words)


async def test_a_reply_and_a_mention_name_who_is_in_the_thread(ctx: Context) -> None:
    await say(ctx, MOTHER, "几点？")
    audience = await audience_of(ctx, TALK)
    answer = await say(ctx, HEAD, "八点", reply_to=1, mentions=[audience.ref(MOTHER)], all=True)
    assert (answer.reply_to, answer.mentions, answer.all) == (1, (MOTHER,), True)
    assert CLASS.id in GROUP


async def test_whom_somebody_can_call_by_name(ctx: Context) -> None:
    async def names(person_id: str, thread_id: str) -> set[str]:
        audience, place = await access_thread(ctx, person_id, thread_id)
        found = people_to_call(audience, place)
        assert [audience.ref(p.person_id) for _, p in found] == [ref for ref, _ in found]
        return {p.person_id for _, p in found}

    # A guardian is shown no list of the other families; the school knows them.
    assert await names(MOTHER, TALK) == {HEAD, MATHS}
    assert await names(HEAD, TALK) == {MATHS, MOTHER, OTHER}
    await bind(ctx, ELSEWHERE)
    about = await open_child_thread(ctx, HEAD, CHILD)
    assert await names(MOTHER, about.id) == {HEAD, ELSEWHERE}


async def test_a_card_fits_where_its_class_is(ctx: Context, quiet_town: Town) -> None:
    about = await open_child_thread(ctx, HEAD, CHILD)
    await insert_notices(
        quiet_town,
        [
            a_notice("own", ctx.now()),
            a_notice("elsewhere", ctx.now(), class_ids=("another-class",)),
        ],
    )
    for thread_id in (TALK, about.id):
        form = {"kind": "card", "card": "notice", "card_id": "own", "text": "春游"}
        sent = await send_message(ctx, HEAD, thread_id, form, key=f"card-{thread_id}")
        assert sent.message is not None
        assert sent.message.card_id == "own"
        with pytest.raises(InvalidError):
            await send_message(ctx, HEAD, thread_id, form | {"card_id": "elsewhere"}, key="other")
