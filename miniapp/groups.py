"""My groups, who is in them, and how they talk."""

from __future__ import annotations

from pydantic import Field

from domain.groups import NAME_LIMIT, Mode
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from miniapp.shapes import Done
from miniapp.talk_shapes import GroupOut, group_out
from services.group_rules import change_group, choose_research, modes_for
from services.groups import access_group, groups_of, members_of

groups = Registry("groups")


class GroupList(Schema):
    """The groups that are mine now."""

    items: list[GroupOut]


class MemberOut(Schema):
    """Somebody in a group."""

    name: str
    as_staff: bool
    leads: bool


class MemberList(Schema):
    """Who is in it. Guardians see those of the school by name, and of the others how many there are.

    `modes`: how I may let it talk, where I lead it.
    """

    group: GroupOut
    items: list[MemberOut]
    guardians: int
    modes: list[Mode]


class GroupEdit(Schema):
    """How the group talks, and what it is called: an empty name is its usual one, none leaves it as it is."""

    mode: Mode
    name: str | None = Field(None, max_length=NAME_LIMIT)


class ChoiceIn(Schema):
    """Whether I am in a research group."""

    is_in: bool


@groups("GET", "/groups", access=Access.VISITOR)
async def list_groups(call: Call) -> GroupList:
    """My groups: by my children and roles as they are now."""
    return GroupList(items=[group_out(s) for s in await groups_of(call.ctx, call.person_id)])


@groups("GET", "/groups/{group_id}/members", access=Access.VISITOR)
async def list_members(call: Call, group_id: str) -> MemberList:
    """Who is in a group of mine."""
    seat = await access_group(call.ctx, call.person_id, group_id)
    members = await members_of(call.ctx, seat.group)
    return MemberList(
        group=group_out(seat),
        items=[
            MemberOut(name=m.name, as_staff=m.as_staff, leads=m.leads)
            for m in members
            if m.as_staff or seat.as_staff
        ],
        guardians=sum(not m.as_staff for m in members),
        modes=list(await modes_for(call.ctx, seat)),
    )


@groups("PUT", "/groups/{group_id}", access=Access.VISITOR)
async def edit_group(call: Call, group_id: str, body: GroupEdit) -> GroupOut:
    """Say how a group talks that I lead."""
    form = body.model_dump(mode="json", exclude_none=True)
    return group_out(await change_group(call.ctx, call.person_id, group_id, form, call.address))


@groups("PUT", "/groups/{group_id}/choice", access=Access.VISITOR)
async def choose_group(call: Call, group_id: str, body: ChoiceIn) -> Done:
    """Go into a research group of my school, or out of it."""
    await choose_research(call.ctx, call.person_id, group_id, is_in=body.is_in)
    return Done(done=True)
