"""The lists of words that count for a school, each built once a process and again when its words change."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping

from domain.audit import Act
from domain.errors import ConflictError
from domain.roles import Right
from domain.shipped_words import SHIPPED
from domain.word_lists import LEVELS, Matcher, WordList, parse_words
from services.context import Context
from services.people import Post
from services.places import access_place, note_at

# By what stands for the words, so that a list which many schools share is there once. A province has some hundred
# schools with a list of their own at most; the oldest of more is built again when it is wanted.
_KEPT = 256
_built: dict[str, Matcher] = {}
_one_at_a_time = threading.Lock()


async def matchers_of(ctx: Context, school_id: str, *, shipped: bool) -> list[Matcher]:
    """The lists of a school and of the regions above it, as they are now; with the one that comes with the program.

    One small query tells whether anything has changed since.
    """
    school = await ctx.stores.schools.find_school(school_id)
    places = [school_id, *(school.region_ids if school else ())]
    digests = await ctx.stores.word_lists.digests(places)
    found = [await _matcher(SHIPPED)] if shipped else []
    for place_id, digest in digests.items():
        held = _built.get(digest)
        if held is None:
            words = await ctx.stores.word_lists.find(place_id)
            held = await _matcher(words or WordList(id=place_id))
        found.append(held)
    return found


async def words_at(ctx: Context, post: Post) -> WordList:
    """The list of the place where somebody acts. Raises NotFoundError without the right to change it."""
    place = await access_place(ctx, post, Right.SETTINGS)
    return await ctx.stores.word_lists.find(place.id) or WordList(id=place.id)


async def save_words(ctx: Context, post: Post, form: Mapping[str, str], *, seen: int) -> WordList:
    """Put a list in the place of the one that was `seen`; every process minds it with the next text.

    Raises NotFoundError, InvalidError; ConflictError (`words_meanwhile`) when somebody else changed it since.
    """
    place, held = await access_place(ctx, post, Right.SETTINGS), await words_at(ctx, post)
    fresh = parse_words(held, form)
    if held.version != seen:
        raise ConflictError("words_meanwhile")
    if fresh.digest == held.digest:
        return held
    await note_at(
        ctx,
        post.actor,
        Act.WORDS_CHANGED,
        place,
        subject=("words", place.id),
        before={name: len(getattr(held, name)) for name in LEVELS},
        after={name: len(getattr(fresh, name)) for name in LEVELS},
    )
    if not await ctx.stores.word_lists.mark_changed(fresh):
        raise ConflictError("words_meanwhile")
    return fresh


async def _matcher(words: WordList) -> Matcher:
    """Built beside the loop: ten thousand words take a quarter of a second."""
    held = _built.get(words.digest)
    return held if held is not None else await asyncio.to_thread(_build, words)


def _build(words: WordList) -> Matcher:
    with _one_at_a_time:
        made = _built.get(words.digest)
        if made is None:
            while len(_built) >= _KEPT:
                del _built[next(iter(_built))]
            made = _built[words.digest] = Matcher(words)
        return made
