"""What of circles is erased with an adult or a child, and what goes because it is old."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import timedelta

from domain.retention import before_this_year
from services.circle_comments import count_comments
from services.circles import tidy_topic
from services.context import Context

_BATCH = 20
_LATE = timedelta(minutes=5)


async def forget_adult_circles(ctx: Context, person_id: str) -> AsyncIterator[Mapping[str, int]]:
    """What they put into circles goes, with all that hangs on it; what they said to others' topics too."""
    forget, circles = ctx.stores.forgetting, ctx.stores.circle_forgetting
    for topic in await circles.topics_of_author(person_id):
        yield {"files": await forget.drop_files(topic.files())}
        yield {"topic_comments": await circles.drop_around([topic.id])}
        yield {"topics": await forget.drop("topics", [topic.id])}
    for comment in await circles.comments_of_author(person_id):
        yield {"topic_comments": await forget.drop("topic_comments", [comment.id])}
        await count_comments(ctx, comment.topic_id)
    yield {"likes": await circles.unlike_all(person_id)}
    yield {"topic_audiences": await circles.leave_audiences(person_id)}
    yield {"topic_reads": await forget.drop_of_person("topic_reads", person_id)}


async def forget_child_circles(
    ctx: Context, school_id: str, student_id: str, people: Iterable[str]
) -> AsyncIterator[Mapping[str, int]]:
    """Every picture with the child in it goes, whoever else is in it; nobody is called by its name any more."""
    forget, circles = ctx.stores.forgetting, ctx.stores.circle_forgetting
    student = await forget.find_student(student_id)
    for person_id in people:
        if student is not None:
            yield {"unnamed": await circles.unname(person_id, student.name)}
            yield {"unnamed": await ctx.stores.reviews.unname(person_id, student.name)}
    for topic in await circles.topics_with(school_id, student_id):
        files = [p.file.file_id for p in topic.pictures if student_id in p.student_ids]
        yield {"files": await forget.drop_files(files)}
        await circles.drop_pictures(topic, student_id)
    yield {"topic_audiences": await circles.leave_child(school_id, student_id)}


async def clear_old_topics(ctx: Context) -> int:
    """As long as what families were sent, and never within the school year; what was deleted and is not gone yet."""
    circles = ctx.stores.circle_forgetting
    for topic in await circles.untidy(ctx.now() - _LATE, _BATCH):
        await tidy_topic(ctx, topic)
    old = await circles.old(before_this_year(ctx.now(), ctx.policy.keep.deliveries), _BATCH)
    for topic in old:
        await ctx.stores.forgetting.drop_files(topic.files())
        await circles.drop_around([topic.id])
    return await ctx.stores.forgetting.drop("topics", [topic.id for topic in old])
