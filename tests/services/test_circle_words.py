"""Kind words in circles: what is held, refused, hidden, frozen and reported, and who decides."""

from __future__ import annotations

import pytest

from domain.audit import Act
from domain.errors import InvalidError
from domain.roles import Right
from domain.safety import Kind, Outcome, SilencedError, WordsRefusedError
from services.audit import Wanted, audit_page
from services.circle_comments import can_comment, say_comment
from services.circle_order import (
    freeze_circle,
    freeze_topic,
    hide_comment,
    hide_topic,
    show_topic_again,
)
from services.circles import circles_of, open_topic
from services.context import Context
from services.people import access_teaching
from services.reported import report_subject
from services.reviews import decide_review, settle_review, waiting_reviews
from services.work_files import open_of_topic
from tests.circling import picture, post, refused, seen
from tests.flows.conftest import quiet_town as quiet_town
from tests.safety import BAD, WORSE
from tests.services.test_circles import RESEARCH, said
from tests.services.test_circles import ctx as ctx
from tests.talking import CHILD, GROUP, HEAD, MATHS, MOTHER, OTHER
from tests.town import SCHOOL


async def test_held_words_are_their_authors_alone_until_somebody_decides(ctx: Context) -> None:
    topic = await post(ctx, MOTHER, BAD)
    assert topic.state is Outcome.HOLD
    assert (await seen(ctx, MOTHER), await seen(ctx, OTHER)) == ([BAD], [])
    await refused(open_topic(ctx, HEAD, topic.id))
    head = await access_teaching(ctx, HEAD, Right.MODERATE)
    (review,) = await waiting_reviews(ctx, head)
    assert (review.kind, review.subject_id) == (Kind.TOPIC, topic.id)
    await decide_review(ctx, head, review.id, allow=True, why="", seen=review.version)
    await settle_review(ctx, review.id)
    assert await seen(ctx, OTHER) == [BAD]
    await refused(say_comment(ctx, OTHER, "no", BAD, key="a"))
    _, held = await say_comment(ctx, OTHER, topic.id, BAD, key="a")
    assert (held.state, await said(ctx, MOTHER, topic.id)) == (Outcome.HOLD, [])
    kept = await ctx.stores.circles.find(topic.id)
    assert kept is not None
    assert kept.comments == 0
    (review,) = await waiting_reviews(ctx, head)
    await decide_review(ctx, head, review.id, allow=True, why="", seen=review.version)
    await settle_review(ctx, review.id)
    assert await said(ctx, MOTHER, topic.id) == [BAD]
    assert (await open_topic(ctx, HEAD, topic.id)).topic.comments == 1


async def test_refused_words_leave_nothing(ctx: Context) -> None:
    topic = await post(ctx)
    with pytest.raises(WordsRefusedError):
        await post(ctx, MOTHER, WORSE)
    with pytest.raises(WordsRefusedError):
        await say_comment(ctx, MOTHER, topic.id, WORSE, key="a")
    assert (await seen(ctx, MOTHER), await said(ctx, MOTHER, topic.id)) == ([topic.text], [])


async def test_a_familys_pictures_are_checked_before_others_see_them(ctx: Context) -> None:
    topic = await post(ctx, MOTHER, "春游", (await picture(ctx, MOTHER, CHILD), ()))
    assert topic.state in (Outcome.CHECKING, Outcome.HOLD)
    assert (await seen(ctx, MOTHER), await seen(ctx, OTHER)) == (["春游"], [])
    file_id = topic.files()[0]
    await refused(open_of_topic(ctx, OTHER, topic.id, file_id))
    assert (await open_of_topic(ctx, MOTHER, topic.id, file_id))[0].id == file_id


async def test_who_leads_the_circle_hides_with_a_reason_that_is_kept(ctx: Context) -> None:
    topic = await post(ctx, MOTHER, "拼车群")
    _, comment = await say_comment(ctx, OTHER, topic.id, "加我", key="a")
    for who in (OTHER, MATHS):
        await refused(hide_topic(ctx, who, topic.id, "不合适"))
    with pytest.raises(InvalidError):
        await hide_topic(ctx, HEAD, topic.id, " ")
    await hide_comment(ctx, HEAD, comment.id, "广告")
    assert (await said(ctx, MOTHER, topic.id), await said(ctx, OTHER, topic.id)) == ([], ["加我"])
    await hide_topic(ctx, HEAD, topic.id, "和班级无关")
    await hide_topic(ctx, HEAD, topic.id, "又一次")
    assert (await seen(ctx, OTHER), await seen(ctx, MOTHER)) == ([], ["拼车群"])
    assert (await open_topic(ctx, MOTHER, topic.id)).topic.hidden_why == "和班级无关"
    await show_topic_again(ctx, HEAD, topic.id)
    assert await seen(ctx, OTHER) == ["拼车群"]
    page = await audit_page(ctx, SCHOOL.id, Wanted())
    acts = [(e.act, e.subject_kind, e.actor.person_id) for e in reversed(page.entries)]
    assert acts == [
        (Act.TOPIC_HIDDEN, "topic_comment", HEAD),
        (Act.TOPIC_HIDDEN, "topic", HEAD),
        (Act.TOPIC_SHOWN, "topic", HEAD),
    ]


async def test_a_frozen_topic_takes_no_comment_and_a_frozen_circle_nothing(ctx: Context) -> None:
    topic, other = await post(ctx, HEAD, "一"), await post(ctx, HEAD, "二")
    head = await access_teaching(ctx, HEAD, Right.MODERATE)
    await freeze_topic(ctx, head, topic.id, why="先停一停")
    for who in (MOTHER, HEAD):
        with pytest.raises(SilencedError):
            await say_comment(ctx, who, topic.id, "好", key="a")
    shown = await open_topic(ctx, MOTHER, topic.id)
    assert not await can_comment(ctx, shown.seat, shown.topic)
    await say_comment(ctx, MOTHER, other.id, "好", key="a")
    await freeze_circle(ctx, head, GROUP, why="放假")
    assert not (await circles_of(ctx, MOTHER))[0].may_post
    with pytest.raises(SilencedError):
        await say_comment(ctx, MOTHER, other.id, "还有", key="b")
    with pytest.raises(SilencedError):
        await post(ctx, HEAD, "三")
    await refused(freeze_circle(ctx, head, RESEARCH, why="不是我的"))


async def test_a_report_puts_it_before_who_decides(ctx: Context) -> None:
    topic = await post(ctx, MOTHER, "周末去哪儿")
    await report_subject(ctx, OTHER, Kind.TOPIC, topic.id, why="吵")
    head = await access_teaching(ctx, HEAD, Right.MODERATE)
    (review,) = await waiting_reviews(ctx, head)
    assert await seen(ctx, OTHER) == ["周末去哪儿"]
    await decide_review(ctx, head, review.id, allow=False, why="广告", seen=review.version)
    await settle_review(ctx, review.id)
    assert (await seen(ctx, OTHER), await seen(ctx, HEAD)) == ([], [])
    assert await seen(ctx, MOTHER) == ["周末去哪儿"]
