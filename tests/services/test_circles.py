"""Circles: who sees what at which moment, each topic and comment once, reads by their definition, kind words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace

import pytest

from domain.bindings import Custody
from domain.circles import Audience, Member
from domain.errors import ConflictError
from domain.groups import Mode, research_group
from domain.safety import Kind, Outcome
from services.circle_comments import (
    can_comment,
    comments_page,
    count_comments,
    delete_comment,
    say_comment,
)
from services.circle_evidence import evidence_of
from services.circle_reviews import settle_topic
from services.circles import (
    access_circle,
    circles_of,
    delete_topic,
    like_topic,
    open_topic,
    post_topic,
    topics_page,
)
from services.context import Context
from services.reported import report_subject
from services.work_files import open_of_topic
from tests.circling import picture, post, refused, seen
from tests.flows.conftest import quiet_town as quiet_town
from tests.talking import (
    CHILD,
    ELSEWHERE,
    GROUP,
    HEAD,
    MATHS,
    MOTHER,
    OTHER,
    bind,
    unbind,
)
from tests.talking import ctx as ctx
from tests.talking import second as second
from tests.town import SCHOOL

RESEARCH = research_group(SCHOOL.id, 1)


async def said(ctx: Context, person_id: str, topic_id: str) -> list[str]:
    """The comments that somebody reads, in order."""
    return [c.text for c in (await comments_page(ctx, person_id, topic_id)).comments]


# ------------------------------------------------------------------------------------- who is in it


async def test_circles_are_there_by_themselves(ctx: Context) -> None:
    assert [c.seat.group.id for c in await circles_of(ctx, MOTHER)] == [GROUP]
    mine = [c.seat.group.id for c in await circles_of(ctx, MATHS)]
    assert mine == [GROUP]  # neither research group has a subject yet
    assert len(await circles_of(ctx, HEAD)) == 2
    for kind in (f"staff:{SCHOOL.id}", f"heads:{SCHOOL.id}", "class:no", "nonsense"):
        await refused(access_circle(ctx, HEAD, kind))


async def test_nobody_sees_anything_of_a_circle_they_are_not_in_at_that_moment(
    ctx: Context,
) -> None:
    topic = await post(ctx, HEAD, "运动会", (await picture(ctx), ()))
    _, comment = await say_comment(ctx, OTHER, topic.id, "真棒", key="a")
    await bind(ctx, "father")
    file_id = topic.files()[0]

    def everything(person: str) -> list[Awaitable[object]]:
        return [
            topics_page(ctx, person, GROUP),
            open_topic(ctx, person, topic.id),
            comments_page(ctx, person, topic.id),
            open_of_topic(ctx, person, topic.id, file_id),
            like_topic(ctx, person, topic.id, liked=True),
            say_comment(ctx, person, topic.id, "我也在", key="x"),
            post_topic(ctx, person, GROUP, "我也在", [], key="y"),
            report_subject(ctx, person, Kind.TOPIC, topic.id, why=""),
            report_subject(ctx, person, Kind.TOPIC_COMMENT, comment.id, why=""),
        ]

    assert (await open_of_topic(ctx, "father", topic.id, file_id))[0].id == file_id
    await unbind(ctx, "father")
    for asked in [*everything("father"), *everything(ELSEWHERE), *everything("nobody")]:
        await refused(asked)
    kept = await ctx.stores.circles.find(topic.id)
    assert kept is not None
    assert (kept.liked_by, kept.comments, await seen(ctx, HEAD)) == ((), 1, ["运动会"])


async def test_who_is_bound_for_reading_reads_and_likes_alone(ctx: Context) -> None:
    topic = await post(ctx)
    await bind(ctx, "aunt", custody=Custody.READ_ONLY)
    shown = await open_topic(ctx, "aunt", topic.id)
    assert not await can_comment(ctx, shown.seat, shown.topic)
    with pytest.raises(ConflictError, match="circle_read_only"):
        await say_comment(ctx, "aunt", topic.id, "好", key="a")
    with pytest.raises(ConflictError, match="circle_read_only"):
        await post(ctx, "aunt")
    assert (await like_topic(ctx, "aunt", topic.id, liked=True)).topic.liked_by == ("aunt",)


async def test_where_a_group_is_for_announcements_families_comment_and_open_no_topics(
    ctx: Context,
) -> None:
    rules = await ctx.stores.groups.rules(SCHOOL.id)
    quiet = replace(rules, modes=((GROUP, Mode.ANNOUNCE),), version=rules.version + 1)
    assert await ctx.stores.groups.change_rules(quiet)
    topic = await post(ctx)
    with pytest.raises(ConflictError, match="circle_read_only"):
        await post(ctx, MOTHER)
    await say_comment(ctx, MOTHER, topic.id, "谢谢老师", key="a")
    assert await said(ctx, OTHER, topic.id) == ["谢谢老师"]


# ------------------------------------------------------------------------------------- each once


async def test_the_same_key_in_two_processes_at_once_is_one_topic_and_one_comment(
    ctx: Context, second: Context
) -> None:
    posted = await asyncio.gather(
        *(post((ctx, second)[n % 2], HEAD, f"话题{n // 8}", key=f"k{n // 8}") for n in range(24))
    )
    assert sorted(await seen(ctx, MOTHER)) == ["话题0", "话题1", "话题2"]
    topic = posted[0].id
    await asyncio.gather(
        *(
            say_comment((ctx, second)[n % 2], MOTHER, topic, f"第{n // 6}句", key=f"c{n // 6}")
            for n in range(30)
        )
    )
    assert sorted(await said(ctx, HEAD, topic)) == [f"第{n}句" for n in range(5)]
    kept = await ctx.stores.circles.find(topic)
    assert kept is not None
    assert (kept.comments, kept.replies) == (5, 5)


async def test_pages_leave_nothing_out_and_show_nothing_twice(ctx: Context) -> None:
    for n in range(7):
        await post(ctx, HEAD, f"话题{n}")
        await say_comment(ctx, MOTHER, (await post(ctx, HEAD, "话题0")).id, f"第{n}句", key=f"{n}")
    found: list[str] = []
    before: str | None = None
    while True:
        page = await topics_page(ctx, MOTHER, GROUP, before=before, limit=3)
        found += [t.topic.text for t in page.topics]
        before = page.next_position
        if before is None:
            break
    assert found == [f"话题{n}" for n in reversed(range(7))]
    topic = (await post(ctx, HEAD, "话题0")).id
    first = await comments_page(ctx, MOTHER, topic, limit=4)
    rest = await comments_page(ctx, MOTHER, topic, after=first.next_position, limit=4)
    words = [c.text for c in (*first.comments, *rest.comments)]
    assert (words, rest.next_position) == ([f"第{n}句" for n in range(7)], None)


async def test_what_its_author_deletes_is_gone_with_all_that_hangs_on_it(ctx: Context) -> None:
    topic = await post(ctx, MOTHER, "运动会", (await picture(ctx, MOTHER, CHILD), ()))
    await settle_topic(ctx, topic.id, Outcome.PASS)
    _, comment = await say_comment(ctx, OTHER, topic.id, "真棒", key="a")
    await say_comment(ctx, MOTHER, topic.id, "谢谢", key="b")
    await refused(delete_comment(ctx, MOTHER, comment.id))
    await delete_comment(ctx, OTHER, comment.id)
    assert await said(ctx, MOTHER, topic.id) == ["谢谢"]
    await refused(say_comment(ctx, OTHER, topic.id, "真棒", key="a"))
    await refused(delete_topic(ctx, HEAD, topic.id))
    await delete_topic(ctx, MOTHER, topic.id)
    await delete_topic(ctx, MOTHER, topic.id)
    await refused(open_topic(ctx, MOTHER, topic.id))
    await refused(post(ctx, MOTHER, "运动会", key="运动会"))
    assert await seen(ctx, MOTHER) == []
    assert await ctx.stores.files.find(topic.files()[0]) is None
    assert await ctx.stores.circle_comments.of_topic(topic.id) == []


async def test_a_number_that_a_dead_process_left_behind_is_mended_by_the_same_key(
    ctx: Context,
) -> None:
    topic = await post(ctx)
    await say_comment(ctx, MOTHER, topic.id, "真棒", key="a")
    await ctx.stores.database["topics"].update_one({"_id": topic.id}, {"$set": {"comments": 0}})
    await say_comment(ctx, MOTHER, topic.id, "真棒", key="a")
    kept = await ctx.stores.circles.find(topic.id)
    assert kept is not None
    assert kept.comments == 1


# ------------------------------------------------------------------------------------- what is counted


async def test_reads_are_those_of_whoever_was_there_once_each_and_never_the_authors(
    ctx: Context,
) -> None:
    topic = await post(ctx)
    assert (topic.members, topic.children) == (3, 2)  # two mothers, the maths teacher
    await bind(ctx, "father")  # came later
    for who in (HEAD, MOTHER, MOTHER, MATHS, "father"):
        await open_topic(ctx, who, topic.id)
    kept = (await open_topic(ctx, HEAD, topic.id)).topic
    assert (kept.reads, kept.reached) == (2, 1)
    await topics_page(ctx, OTHER, GROUP)  # a list is no reading
    assert (await open_topic(ctx, HEAD, topic.id)).topic.reads == 2
    found = await evidence_of(ctx, HEAD, topic.id)
    read = [(r.name, r.counts) for r in found.readers if r.read_at]
    assert read == [("maths", True), ("学生一妈妈", True), ("学生一爸爸", False)]
    assert [r.name for r in found.readers if not r.read_at] == ["学生二妈妈"]
    assert {c.student.number: c.reached for c in found.children if c.student} == {1: True, 2: False}
    await refused(evidence_of(ctx, MOTHER, topic.id))


async def test_two_guardians_of_a_child_read_for_themselves_and_reach_it_once(ctx: Context) -> None:
    audience = Audience(
        id="t",
        school_id="s",
        members=(Member("a", False, ("x",)), Member("b", False, ("x", "y")), Member("t", True)),
    )
    assert audience.reached_by({"a", "t"}) == {"x"}
    await bind(ctx, "father")
    topic = await post(ctx)
    assert (topic.members, topic.children) == (4, 2)
    for who in (MOTHER, "father"):
        await open_topic(ctx, who, topic.id)
    kept = await ctx.stores.circles.find(topic.id)
    assert kept is not None
    assert (kept.reads, kept.reached) == (2, 1)


async def test_the_authors_own_comments_do_not_count(ctx: Context) -> None:
    topic = await post(ctx)
    for who, words in ((HEAD, "大家说说"), (MOTHER, "真棒"), (HEAD, "谢谢"), (OTHER, "好")):
        await say_comment(ctx, who, topic.id, words, key=words)
    kept = (await open_topic(ctx, HEAD, topic.id)).topic
    assert (kept.comments, kept.replies) == (4, 2)
    writers = {
        w.name: (w.comments, w.counts) for w in (await evidence_of(ctx, HEAD, topic.id)).writers
    }
    assert writers["王老师"] == (2, False)
    assert sum(n for n, counts in writers.values() if counts) == kept.replies


async def test_liking_is_once_a_person_and_can_be_taken_back(ctx: Context, second: Context) -> None:
    topic = await post(ctx)
    await asyncio.gather(
        *(like_topic((ctx, second)[n % 2], MOTHER, topic.id, liked=True) for n in range(8)),
        like_topic(second, OTHER, topic.id, liked=True),
    )
    kept = await ctx.stores.circles.find(topic.id)
    assert kept is not None
    assert set(kept.liked_by) == {MOTHER, OTHER}
    assert len(kept.liked_by) == 2
    assert (await like_topic(ctx, MOTHER, topic.id, liked=False)).topic.liked_by == (OTHER,)


async def test_counting_a_topic_that_is_gone_changes_nothing(ctx: Context) -> None:
    await count_comments(ctx, "no-such-topic")
    assert await ctx.stores.circles.find("no-such-topic") is None
