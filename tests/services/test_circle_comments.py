"""The places that a topic of a circle has for comments: as many as there are, however many write or delete at once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from domain.circles import Comment
from domain.errors import ConflictError
from services import circle_comments
from services.circle_comments import comments_page, delete_comment, say_comment
from services.context import Context
from tests.circling import post, refused
from tests.flows.conftest import quiet_town as quiet_town
from tests.talking import HEAD, MOTHER, OTHER
from tests.talking import ctx as ctx
from tests.talking import second as second


async def said(ctx: Context, topic_id: str) -> list[str]:
    page = await comments_page(ctx, HEAD, topic_id, limit=50)
    return [c.text for c in page.comments]


async def test_the_last_places_under_a_topic_are_given_to_as_many_as_there_are(
    ctx: Context, second: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circle_comments, "MOST_COMMENTS", 7)
    topic = (await post(ctx, HEAD, "运动会")).id
    came = await asyncio.gather(
        *(
            say_comment(
                (ctx, second)[n % 2], (MOTHER, OTHER)[n % 2], topic, f"第{n}句", key=f"c{n}"
            )
            for n in range(30)
        ),
        return_exceptions=True,
    )
    kept = [one[1] for one in came if not isinstance(one, BaseException)]
    refused_ones = [str(one) for one in came if isinstance(one, BaseException)]
    assert len(kept) == 7
    assert set(refused_ones) == {"topic_comments_full"}
    assert sorted(await said(ctx, topic)) == sorted(c.text for c in kept)
    # What was kept is kept under its key.
    number = kept[0].text.removeprefix("第").removesuffix("句")
    _, same = await say_comment(second, kept[0].author_id, topic, kept[0].text, key=f"c{number}")
    assert same.id == kept[0].id
    with pytest.raises(ConflictError, match="topic_comments_full"):
        await say_comment(second, OTHER, topic, "再来一句", key="beyond")


async def full_topic(ctx: Context, most: int) -> tuple[str, list[Comment]]:
    """A topic with as many comments of a mother's as it takes."""
    topic = (await post(ctx, HEAD, "运动会")).id
    kept = [
        (await say_comment(ctx, MOTHER, topic, f"第{n}句", key=f"first-{n}"))[1]
        for n in range(most)
    ]
    return topic, kept


async def test_what_is_deleted_gives_its_place_to_one_other(
    ctx: Context, second: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circle_comments, "MOST_COMMENTS", 7)
    topic, kept = await full_topic(ctx, 7)

    async def delete(process: Context, comment: Comment) -> None:
        await delete_comment(process, MOTHER, comment.id)

    # The same twice at once, and one more: two places.
    await asyncio.gather(delete(ctx, kept[0]), delete(second, kept[0]), delete(second, kept[1]))
    came = await asyncio.gather(
        *(
            say_comment((ctx, second)[n % 2], OTHER, topic, f"新{n}", key=f"n{n}")
            for n in range(20)
        ),
        return_exceptions=True,
    )
    new = [one[1].text for one in came if not isinstance(one, BaseException)]
    assert len(new) == 2
    await delete(ctx, kept[0])  # once more: somebody else has its place now
    with pytest.raises(ConflictError, match="topic_comments_full"):
        await say_comment(second, OTHER, topic, "再来一句", key="beyond")
    assert sorted(await said(ctx, topic)) == sorted([*new, *(c.text for c in kept[2:])])
    await refused(say_comment(second, MOTHER, topic, "第0句", key="first-0"))  # its key is used up


async def test_while_some_delete_and_others_write_nobody_is_beyond_the_last_place(
    ctx: Context, second: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circle_comments, "MOST_COMMENTS", 7)
    topic, kept = await full_topic(ctx, 7)
    processes = (ctx, second)

    async def write(n: int) -> None:
        with suppress(ConflictError):  # it was full at that moment
            await say_comment(processes[n % 2], OTHER, topic, f"新{n}", key=f"n{n}")

    deleting = [delete_comment(processes[n % 2], MOTHER, c.id) for n, c in enumerate(kept)]
    writing = [write(n) for n in range(20)]
    await asyncio.gather(*(one for pair in zip(writing, deleting, strict=False) for one in pair))
    await asyncio.gather(*writing[len(deleting) :])
    assert len(await said(ctx, topic)) == 7
    for process in processes:
        with pytest.raises(ConflictError, match="topic_comments_full"):
            await say_comment(process, OTHER, topic, "再来一句", key="beyond")


async def test_who_dies_over_making_room_is_followed_by_the_next(
    ctx: Context, second: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circle_comments, "MOST_COMMENTS", 3)
    topic, kept = await full_topic(ctx, 3)
    for comment in kept:
        await delete_comment(ctx, MOTHER, comment.id)
    store = second.stores.circle_comments

    async def dies(*_: object) -> None:
        raise RuntimeError("died")

    with monkeypatch.context() as patch:
        patch.setattr(store._comments, "delete_one", dies)
        with pytest.raises(RuntimeError):
            await say_comment(second, OTHER, topic, "新0", key="n0")
    for n in range(3):
        await say_comment(second, OTHER, topic, f"新{n}", key=f"n{n}")
    assert await said(ctx, topic) == ["新0", "新1", "新2"]
    await delete_comment(second, MOTHER, kept[0].id)  # twice is once
    for n in range(3):
        await refused(say_comment(second, MOTHER, topic, f"第{n}句", key=f"first-{n}"))


async def test_what_was_deleted_is_not_kept_by_a_second_that_was_under_way(ctx: Context) -> None:
    topic, (kept, *_) = await full_topic(ctx, 1)
    store = ctx.stores.circle_comments
    await delete_comment(ctx, MOTHER, kept.id)
    await store._make_room(replace(kept, text="", deleted_at=ctx.now()))
    assert await store.insert(kept, 9, empty=9)
    await store.drop_if_gone(kept.id)
    await refused(say_comment(ctx, MOTHER, topic, "第0句", key="first-0"))
    assert await said(ctx, topic) == []


async def test_whoever_goes_on_writing_and_deleting_uses_up_the_places(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circle_comments, "MOST_COMMENTS", 2)
    monkeypatch.setattr(circle_comments, "MOST_EMPTY", 3)
    topic = (await post(ctx, HEAD, "运动会")).id
    for n in range(5):  # three give their place back, two keep it
        _, comment = await say_comment(ctx, MOTHER, topic, f"第{n}句", key=f"c{n}")
        await delete_comment(ctx, MOTHER, comment.id)
    with pytest.raises(ConflictError, match="topic_comments_full"):
        await say_comment(ctx, OTHER, topic, "再来一句", key="beyond")
