"""What of conversations is erased with an adult or a child, and what goes because it is old."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping

from domain.retention import before_this_year
from services.context import Context

_BATCH = 200


async def forget_adult_talk(ctx: Context, person_id: str) -> AsyncIterator[Mapping[str, int]]:
    """Their own questions and feedback go; what they said where others talk leaves an empty place."""
    forget, talk = ctx.stores.forgetting, ctx.stores.talk_forgetting
    async for counts in _drop_threads(ctx, await talk.own_threads(person_id)):
        yield counts
    yield {"files": await forget.drop_files(await talk.files_of_author(person_id))}
    yield {"messages": await talk.unsay(person_id, ctx.now()) + await talk.unmention(person_id)}
    yield {"thread_marks": await forget.drop_of_person("thread_marks", person_id)}
    yield {"message_marks": await forget.drop_of_person("message_marks", person_id)}
    yield {"rings": await forget.drop("rings", [person_id])}
    yield {"quiet_hours": await forget.drop("quiet_hours", [person_id])}


async def forget_child_talk(
    ctx: Context, school_id: str, student_id: str, people: Iterable[str]
) -> AsyncIterator[Mapping[str, int]]:
    """What was talked about the child with its teachers goes; where its guardians said something else, they were
    called by its name, and are no more."""
    student = await ctx.stores.forgetting.find_student(student_id)
    for person_id in people:
        if student is not None:
            unnamed = await ctx.stores.talk_forgetting.unname_child(person_id, student.name)
            yield {"unnamed": unnamed}
    threads = await ctx.stores.talk_forgetting.threads_about(school_id, student_id)
    async for counts in _drop_threads(ctx, threads):
        yield counts


async def _drop_threads(
    ctx: Context, thread_ids: Iterable[str]
) -> AsyncIterator[Mapping[str, int]]:
    """The thread itself goes last: until then a repetition finds the rest."""
    talk = ctx.stores.talk_forgetting
    for thread_id in thread_ids:
        while True:
            messages, files = await talk.take_messages(thread_id)
            if not messages:
                break
            yield await _drop(ctx, messages, files)
        yield {"thread_marks": await talk.drop_read_marks(thread_id)}
        yield {"threads": await ctx.stores.forgetting.drop("threads", [thread_id])}


async def _drop(ctx: Context, messages: list[str], files: list[str]) -> Counter[str]:
    return Counter(
        files=await ctx.stores.forgetting.drop_files(files),
        message_marks=await ctx.stores.talk_forgetting.drop_counts(messages),
        messages=await ctx.stores.forgetting.drop("messages", messages),
    )


async def clear_old_messages(ctx: Context) -> int:
    """As long as what families were sent, and never within the school year."""
    before = before_this_year(ctx.now(), ctx.policy.keep.deliveries)
    messages, files = await ctx.stores.talk_forgetting.old_messages(before, _BATCH)
    return (await _drop(ctx, messages, files))["messages"] if messages else 0
