"""Looking for words in what was said: a bounded look at a time, from the newest back."""

from __future__ import annotations

from dataclasses import dataclass

from domain.errors import InvalidError, Problem
from domain.messages import SEARCH_FROM, SEARCH_LIMIT, Message, folded_text
from services.audiences import Audience, access_thread
from services.context import Context
from services.threads import threads_of

_SEARCH_WINDOW = 500
_SEARCH_WINDOWS = 4
_SEARCH_THREADS = 30


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, the newest first. `before` is where looking goes on, 0 when everything was looked through."""

    messages: tuple[Message, ...]
    before: int


async def search_thread(
    ctx: Context, person_id: str, thread_id: str, words: str, *, before: int = 0, limit: int = 20
) -> Hits:
    """Look for words, from the newest message or `before` a number back, through 2,000 messages at most at a time.

    Raises NotFoundError; InvalidError (field `q`).
    """
    audience, _ = await access_thread(ctx, person_id, thread_id)
    wanted = _wanted(words)
    tail = await ctx.stores.messages.tail(thread_id, audience.thread.tail)
    end = min(before - 1, tail) if before else tail
    numbers: list[int] = []
    for _ in range(_SEARCH_WINDOWS):
        start = max(0, end - _SEARCH_WINDOW)
        texts = await ctx.stores.messages.texts(thread_id, start, end)
        numbers += [n for n, text in reversed(texts) if wanted in folded_text(text)]
        end = start
        if len(numbers) >= limit or end == 0:
            break
    if len(numbers) > limit:
        numbers, end = numbers[:limit], numbers[limit - 1] - 1
    found = [await ctx.stores.messages.find_at(thread_id, n) for n in numbers]
    hidden = await ctx.stores.threads.hidden_of(thread_id, person_id)
    seen = tuple(m for m in found if m and m.is_seen_by(person_id) and m.seq not in hidden)
    return Hits(seen, end + 1 if end > 0 else 0)


async def search_own(ctx: Context, person_id: str, words: str) -> list[tuple[Audience, Message]]:
    """Look for words in the newest 500 messages of each of one's 30 newest threads; the newest first.

    Raises InvalidError (field `q`).
    """
    wanted = _wanted(words)
    found = []
    for line in (await threads_of(ctx, person_id))[:_SEARCH_THREADS]:
        thread_id, tail = line.thread.id, line.thread.tail
        texts = await ctx.stores.messages.texts(thread_id, tail - _SEARCH_WINDOW, tail)
        hidden = set(line.mark.hidden) if line.mark else set()
        numbers = [n for n, t in reversed(texts) if wanted in folded_text(t) and n not in hidden]
        for number in numbers[:5]:
            message = await ctx.stores.messages.find_at(thread_id, number)
            if message is not None and message.is_seen_by(person_id):
                found.append((line.audience, message))
    return sorted(found, key=lambda hit: hit[1].at, reverse=True)


def _wanted(words: str) -> str:
    wanted = folded_text(words.strip())
    if len(wanted) < SEARCH_FROM:
        raise InvalidError({"q": Problem("missing")})
    if len(wanted) > SEARCH_LIMIT:
        raise InvalidError({"q": Problem("too_long", SEARCH_LIMIT)})
    return wanted
