"""What somebody finds when they come: their children, what is new, what waits for them, and what they are as staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from domain.errors import NotFoundError
from domain.roles import Right, may
from services.approvals import waiting_claims
from services.context import Context
from services.families import OwnBindings, own_bindings
from services.leaves import waiting_leaves
from services.people import Post, Teaching, access_teaching, posts_of
from services.reading import Entry, notices_of_guardian

_NEWEST = 10
# What waits for a confirmation is looked for among so many of the newest: the same work however many there are.
_LOOKED_THROUGH = 100
_TODO = 10
_NO_DEADLINE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StaffSide:
    """What somebody is as staff: `posts` at any place, `acting` the one they act from.

    `teaching` are the classes they publish to from there; `claims` requests wait for the school's decision,
    `leaves` for their own about a child's days off.
    """

    posts: tuple[Post, ...]
    acting: Post | None
    teaching: Teaching | None
    claims: int
    leaves: int

    @property
    def sets_homework(self) -> bool:
        """Whether they may set homework in any of these classes."""
        held = self.teaching.appointments if self.teaching else ()
        return any(may(a.role, Right.HOMEWORK) for a in held)


@dataclass(frozen=True, slots=True)
class Home:
    """Everything of the first screen. `todo` waits for a confirmation, the nearest deadline first."""

    own: OwnBindings
    newest: tuple[Entry, ...]
    todo: tuple[Entry, ...]
    staff: StaffSide


async def staff_side_of(ctx: Context, person_id: str, *, acting: str = "") -> StaffSide:
    """What this person is as staff; `acting` is the place they switched to."""
    posts = await posts_of(ctx, person_id)
    teaching = await _find_teaching(ctx, person_id, acting) if posts else None
    claims = await waiting_claims(ctx, teaching) if teaching else []
    leaves = await waiting_leaves(ctx, teaching) if teaching else []
    place_id = teaching.school.id if teaching else acting
    first = posts[0] if posts else None
    return StaffSide(
        tuple(posts),
        next((post for post in posts if post.place_id == place_id), first),
        teaching,
        sum(claim.standing.may_school for claim in claims),
        len(leaves),
    )


async def _find_teaching(ctx: Context, person_id: str, acting: str) -> Teaching | None:
    try:
        return await access_teaching(ctx, person_id, acting=acting)
    except NotFoundError:
        return None


async def home_of(ctx: Context, person_id: str, *, acting: str = "") -> Home:
    """The first screen of an adult."""
    page = await notices_of_guardian(ctx, person_id, limit=_LOOKED_THROUGH)
    waiting = [entry for entry in page.entries if entry.wants_confirmation]
    waiting.sort(key=lambda entry: entry.notice.deadline_at or _NO_DEADLINE)
    return Home(
        await own_bindings(ctx, person_id),
        page.entries[:_NEWEST],
        tuple(waiting[:_TODO]),
        await staff_side_of(ctx, person_id, acting=acting),
    )
