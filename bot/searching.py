"""`资源 三年级语文`, `数学 五下`, `snjyw`: written, or said in a voice message."""

from __future__ import annotations

import re
from urllib.parse import quote

from bot import phrases
from bot.turn import Answered, Turn
from domain.errors import InvalidError, NotFoundError, TooManyError
from domain.search_query import asks_for_book
from services.search import SEARCHES_AN_HOUR, note_search, own_seeker, search

_SHOWN = 5
_ASKED = re.compile(
    r"(?:学习资源|资源|搜索|搜|(?:找|查)(?=\s))[\s:：,，]*(?P<what>\S.*)", re.DOTALL
)


def asks(turn: Turn) -> bool:
    """Whether something is looked for: said so, or a book is named and nothing else."""
    text = turn.inbound.text.strip()
    return bool(text) and (_ASKED.fullmatch(text) is not None or asks_for_book(text))


async def find(turn: Turn) -> Answered:
    """What comes first of what was found, a line each, because WeChat allows one article card only."""
    person_id = await turn.person_id()
    text = turn.inbound.text.strip()
    asked = _ASKED.fullmatch(text)
    what = asked["what"] if asked else text
    try:
        await note_search(turn.ctx, person_id, per_hour=SEARCHES_AN_HOUR)
        seeker = await own_seeker(turn.ctx, person_id)
        found = await search(turn.ctx, seeker, what, limit=_SHOWN)
    except TooManyError:
        return Answered(phrases.SEARCHED_OFTEN)
    except NotFoundError:
        return Answered(phrases.NO_CHILD)
    except InvalidError:
        return Answered(phrases.NOTHING_FOUND.format(link=turn.url("/h5/links")))
    if not found.hits:
        return Answered(phrases.NOTHING_FOUND.format(link=turn.url("/h5/links")))
    lines = [(hit.title, turn.url(hit.path)) for hit in found.hits]
    page = turn.url(f"/h5/search?q={quote(what, safe='')}")
    return Answered(phrases.found_lines(lines, page))
