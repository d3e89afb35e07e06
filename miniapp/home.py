"""The first screen, in one call: what is new, what waits for me, my children, what I am as staff."""

from __future__ import annotations

from datetime import date

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
from services.evenings import tonight_of
from services.families import school_names
from services.home import home_of
from services.notices import notices_of_author
from services.terms import school_day

home = Registry("home")

_OWN = 3  # notices of one's own: what was sent today is what a teacher looks after


class Tonight(Schema):
    """What one of my children has tonight: how many homeworks, and the minutes in all; looked up on `day`."""

    child_id: str
    count: int
    minutes: int
    day: date


class Home(Schema):
    """Everything of the first screen. `todo` waits for a confirmation, the nearest deadline first.

    `tonight` are children with homework; `unanswered` children lack the basic consent; `leaving`: one's data are
    about to be erased.
    """

    children: list[Child]
    tonight: list[Tonight]
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
    tonight = await tonight_of(call.ctx, [own.child for own in found.own.children])
    today = school_day(call.ctx.now())
    teaching = found.staff.teaching
    own = await notices_of_author(call.ctx, teaching, limit=_OWN) if teaching else []
    return Home(
        children=[child_row(own, schools) for own in found.own.children],
        tonight=[
            Tonight(child_id=child, count=count, minutes=minutes, day=today)
            for child, (count, minutes) in tonight.items()
        ],
        notices=[notice_row(entry) for entry in found.newest],
        todo=[notice_row(entry) for entry in found.todo],
        claims=claim_rows(found.own, call.person_id, call.ctx.now()),
        teaching=teaching_row(found.staff, own),
        places=place_rows(found.staff.posts),
        acting=found.staff.acting.place_id if found.staff.acting else "",
        unanswered=consents.unanswered,
        leaving=await is_leaving(call.ctx, call.person_id),
    )
