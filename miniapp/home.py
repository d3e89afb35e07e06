"""The first screen, in one call: what is new, what waits for me, my children, what I am as staff."""

from __future__ import annotations

from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from miniapp.shapes import (
    Child,
    ClaimRow,
    NoticeRow,
    Place,
    TeachingRow,
    child_row,
    claim_rows,
    notice_row,
    place_rows,
    teaching_row,
)
from services.consents import consents_of
from services.erasure import is_leaving
from services.families import school_names
from services.home import home_of
from services.notices import notices_of_author

home = Registry("home")

_OWN = 3  # notices of one's own: what was sent today is what a teacher looks after


class Home(Schema):
    """Everything of the first screen. `todo` waits for a confirmation, the nearest deadline first.

    `unanswered` children lack the basic consent; `leaving`: one's data are about to be erased.
    """

    children: list[Child]
    notices: list[NoticeRow]
    todo: list[NoticeRow]
    claims: list[ClaimRow]
    teaching: TeachingRow | None
    places: list[Place]
    acting: str
    unanswered: int
    leaving: bool


@home("GET", "/home", access=Access.VISITOR)
async def get_home(call: Call) -> Home:
    """The first screen."""
    found = await home_of(call.ctx, call.person_id, acting=call.acting)
    schools = await school_names(call.ctx, (own.child for own in found.own.children))
    consents = await consents_of(
        call.ctx, call.person_id, [own.child for own in found.own.children]
    )
    teaching = found.staff.teaching
    own = await notices_of_author(call.ctx, teaching, limit=_OWN) if teaching else []
    return Home(
        children=[child_row(own, schools) for own in found.own.children],
        notices=[notice_row(entry) for entry in found.newest],
        todo=[notice_row(entry) for entry in found.todo],
        claims=claim_rows(found.own, call.person_id, call.ctx.now()),
        teaching=teaching_row(found.staff, own),
        places=place_rows(found.staff.posts),
        acting=found.staff.acting.place_id if found.staff.acting else "",
        unanswered=consents.unanswered,
        leaving=await is_leaving(call.ctx, call.person_id),
    )
