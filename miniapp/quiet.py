"""My own quiet hours: between them nothing rings for me, on top of my school's."""

from __future__ import annotations

from pydantic import Field

from domain.quiet import OwnQuiet
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from services.quiet import own_quiet, set_own_quiet

quiet = Registry("quiet")


class Quiet(Schema):
    """By the school's clock, 21:00 to 07:00; both are empty for none of my own."""

    start: str = Field(max_length=5)
    end: str = Field(max_length=5)


@quiet("GET", "/quiet", access=Access.VISITOR)
async def get_quiet(call: Call) -> Quiet:
    """What I have set."""
    return _out(await own_quiet(call.ctx, call.person_id))


@quiet("PUT", "/quiet", access=Access.VISITOR)
async def put_quiet(call: Call, body: Quiet) -> Quiet:
    """From now on these."""
    return _out(await set_own_quiet(call.ctx, call.person_id, body.start, body.end))


def _out(own: OwnQuiet | None) -> Quiet:
    return Quiet(start=own.start if own else "", end=own.end if own else "")
