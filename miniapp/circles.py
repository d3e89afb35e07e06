"""Circles: a class's, and a school's two for teaching research; topics, comments, likes, and keeping order."""

from __future__ import annotations

from domain.roles import Right
from handlers.base import Access
from handlers.reading import pack_cursor
from miniapp.circle_shapes import (
    CircleList,
    OrderIn,
    TaggableList,
    TaggableOut,
    TopicCommentIn,
    TopicCommentList,
    TopicCommentOut,
    TopicDetail,
    TopicEvidence,
    TopicIn,
    TopicList,
    TopicOut,
    circle_out,
    comment_out,
    evidence_out,
    topic_out,
)
from miniapp.endpoints import Call, Registry
from miniapp.paging import PageQuery, place_of
from miniapp.shapes import Done
from services.attachments import stored_of
from services.circle_comments import (
    can_comment,
    comments_page,
    delete_comment,
    say_comment,
)
from services.circle_evidence import evidence_of
from services.circle_order import (
    freeze_circle,
    freeze_topic,
    hide_comment,
    hide_topic,
    show_comment_again,
    show_topic_again,
)
from services.circle_pictures import taggable_children
from services.circles import (
    Shown,
    access_circle,
    access_topic,
    circle_of_seat,
    circles_of,
    delete_topic,
    like_topic,
    open_topic,
    post_topic,
    shown_to,
    topics_page,
)

circles = Registry("circles")
_CIRCLE = "/circles/{circle_id}"
_TOPIC = "/topics/{topic_id}"
_COMMENT = "/topic-comments/{comment_id}"


@circles("GET", "/circles", access=Access.VISITOR)
async def list_circles(call: Call) -> CircleList:
    """My circles: by my children and roles as they are now."""
    return CircleList(items=[circle_out(c) for c in await circles_of(call.ctx, call.person_id)])


@circles("GET", _CIRCLE + "/topics", access=Access.VISITOR)
async def list_topics(call: Call, circle_id: str, query: PageQuery) -> TopicList:
    """A page of a circle."""
    page = await topics_page(
        call.ctx, call.person_id, circle_id, before=place_of(query.cursor), limit=query.limit
    )
    stored = await stored_of(call.ctx, [p.file for t in page.topics for p in t.pictures])
    return TopicList(
        circle=circle_out(page.circle),
        items=[topic_out(t, stored) for t in page.topics],
        next_cursor=pack_cursor(page.next_position) if page.next_position else None,
    )


@circles("POST", _CIRCLE + "/topics", access=Access.VISITOR, creates=True)
async def put_topic(call: Call, circle_id: str, body: TopicIn) -> TopicOut:
    """Put a topic into a circle; the same key is the same topic. A child is in a picture only if its family agrees."""
    pictures = [(p.file_id, p.child_ids) for p in body.pictures]
    made = await post_topic(call.ctx, call.person_id, circle_id, body.text, pictures, key=call.key)
    return await _topic(call, made)


async def _topic(call: Call, shown: Shown) -> TopicOut:
    return topic_out(shown, await stored_of(call.ctx, [p.file for p in shown.pictures]))


@circles("GET", _CIRCLE + "/children", access=Access.VISITOR)
async def list_taggable(call: Call, circle_id: str) -> TaggableList:
    """Whom I may say to be in a picture: the class for its teachers, their own children for guardians."""
    seat = await access_circle(call.ctx, call.person_id, circle_id)
    return TaggableList(
        items=[
            TaggableOut(id=t.student.id, name=t.student.name, agrees=t.agrees)
            for t in await taggable_children(call.ctx, seat)
        ]
    )


@circles("POST", _CIRCLE + "/freeze", access=Access.STAFF, right=Right.MODERATE, creates=True)
async def freeze_whole_circle(call: Call, circle_id: str, body: OrderIn) -> Done:
    """Nobody writes in the circle until that is taken back."""
    await freeze_circle(call.ctx, call.teaching, circle_id, why=body.why)
    return Done(done=True)


@circles("GET", _TOPIC, access=Access.VISITOR)
async def get_topic(call: Call, topic_id: str) -> TopicDetail:
    """A topic; opening it is reading it, once."""
    shown = await open_topic(call.ctx, call.person_id, topic_id)
    return TopicDetail(
        topic=await _topic(call, shown),
        circle=circle_out(await circle_of_seat(call.ctx, shown.seat)),
        may_comment=await can_comment(call.ctx, shown.seat, shown.topic),
    )


@circles("DELETE", _TOPIC, access=Access.VISITOR)
async def delete_own_topic(call: Call, topic_id: str) -> Done:
    """Take back a topic of mine, with its pictures and comments."""
    await delete_topic(call.ctx, call.person_id, topic_id)
    return Done(done=True)


@circles("PUT", _TOPIC + "/like", access=Access.VISITOR)
async def like(call: Call, topic_id: str) -> TopicOut:
    """Like it; twice is once."""
    return await _topic(call, await like_topic(call.ctx, call.person_id, topic_id, liked=True))


@circles("DELETE", _TOPIC + "/like", access=Access.VISITOR)
async def unlike(call: Call, topic_id: str) -> TopicOut:
    """Like it no more."""
    return await _topic(call, await like_topic(call.ctx, call.person_id, topic_id, liked=False))


@circles("PUT", _TOPIC + "/hiding", access=Access.VISITOR)
async def hide(call: Call, topic_id: str, body: OrderIn) -> Done:
    """Take a topic out of sight, for who leads the circle."""
    await hide_topic(call.ctx, call.person_id, topic_id, body.why, address=call.address)
    return Done(done=True)


@circles("DELETE", _TOPIC + "/hiding", access=Access.VISITOR)
async def show_again(call: Call, topic_id: str) -> Done:
    """Show a hidden topic again."""
    await show_topic_again(call.ctx, call.person_id, topic_id, address=call.address)
    return Done(done=True)


@circles("POST", _TOPIC + "/freeze", access=Access.STAFF, right=Right.MODERATE, creates=True)
async def freeze_one_topic(call: Call, topic_id: str, body: OrderIn) -> Done:
    """Nobody comments on it until that is taken back."""
    await freeze_topic(call.ctx, call.teaching, topic_id, why=body.why)
    return Done(done=True)


@circles("GET", _TOPIC + "/evidence", access=Access.VISITOR)
async def get_evidence(call: Call, topic_id: str) -> TopicEvidence:
    """What a topic's figures stand on, for those of the school in its circle."""
    found = await evidence_of(call.ctx, call.person_id, topic_id)
    seat, topic = await access_topic(call.ctx, call.person_id, topic_id)
    return evidence_out(found, await _topic(call, await shown_to(call.ctx, seat, topic)))


@circles("GET", _TOPIC + "/comments", access=Access.VISITOR)
async def list_comments(call: Call, topic_id: str, query: PageQuery) -> TopicCommentList:
    """A page of a topic's comments, the oldest first."""
    page = await comments_page(
        call.ctx, call.person_id, topic_id, after=place_of(query.cursor), limit=query.limit
    )
    return TopicCommentList(
        items=[comment_out(c, page.seat) for c in page.comments],
        next_cursor=pack_cursor(page.next_position) if page.next_position else None,
    )


@circles("POST", _TOPIC + "/comments", access=Access.VISITOR, creates=True)
async def put_comment(call: Call, topic_id: str, body: TopicCommentIn) -> TopicCommentOut:
    """Say something to a topic; the same key is the same comment."""
    seat, comment = await say_comment(call.ctx, call.person_id, topic_id, body.text, key=call.key)
    return comment_out(comment, seat)


@circles("DELETE", _COMMENT, access=Access.VISITOR)
async def delete_own_comment(call: Call, comment_id: str) -> Done:
    """Take back a comment of mine."""
    await delete_comment(call.ctx, call.person_id, comment_id)
    return Done(done=True)


@circles("PUT", _COMMENT + "/hiding", access=Access.VISITOR)
async def hide_one_comment(call: Call, comment_id: str, body: OrderIn) -> Done:
    """Take a comment out of sight, for who leads the circle."""
    await hide_comment(call.ctx, call.person_id, comment_id, body.why, address=call.address)
    return Done(done=True)


@circles("DELETE", _COMMENT + "/hiding", access=Access.VISITOR)
async def show_one_comment_again(call: Call, comment_id: str) -> Done:
    """Show a hidden comment again."""
    await show_comment_again(call.ctx, call.person_id, comment_id, address=call.address)
    return Done(done=True)
