"""What came of invitations, and what is printed of them: counted from who opened, asked and was bound."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.errors import NotFoundError
from domain.invitations import Invitation, Turnout, total
from domain.schools import SchoolClass, Student
from services.context import Context
from services.invitations import living_of_children
from services.people import Teaching


@dataclass(frozen=True, slots=True)
class Card:
    """One child's card, and who came through it or an older one of the child that still lives."""

    student: Student
    invitation: Invitation
    people: Turnout

    @property
    def step(self) -> str:
        """How far the family has come with it: `bound`, `asked`, `opened` or `new`."""
        for step in ("bound", "asked", "opened"):
            if getattr(self.people, step):
                return step
        return "new"


@dataclass(frozen=True, slots=True)
class ClassInvitations:
    """A class, its living invitation (None: not invited yet), its children's cards, and who came.

    `people` came through any living invitation of the class or of its children; `by_class` through the class's own.
    """

    school_class: SchoolClass
    invitation: Invitation | None
    children: int
    cards: tuple[Card, ...]
    people: Turnout
    by_class: Turnout

    @property
    def unprinted(self) -> int:
        """Children without a card."""
        return self.children - len(self.cards)


async def turnouts_of(
    ctx: Context, school_id: str, invitations: Sequence[Invitation]
) -> dict[str, Turnout]:
    """Who came through each of these invitations. Who was bound at once has asked, too."""
    ids = [invitation.id for invitation in invitations]
    opened = await ctx.stores.invitations.visitors(school_id, ids)
    asked = await ctx.stores.invitations.askers(school_id, ids)
    bound = await ctx.stores.invitations.bound(school_id, ids)
    nobody: frozenset[str] = frozenset()
    turnouts = {}
    for key in ids:
        by = bound.get(key, nobody)
        who = asked.get(key, nobody) | by
        turnouts[key] = Turnout(opened.get(key, nobody) | who, who, by)
    return turnouts


async def invitations_of(
    ctx: Context, teaching: Teaching, classes: Sequence[SchoolClass]
) -> list[ClassInvitations]:
    """How the inviting of these classes stands, in their order. Raises NotFoundError for one that isn't theirs."""
    class_ids = [c.id for c in classes]
    if not set(class_ids) <= set(teaching.class_ids()):
        raise NotFoundError
    school_id, now = teaching.school.id, ctx.now()
    of_class: dict[str, list[Invitation]] = defaultdict(list)
    for invitation in await ctx.stores.invitations.of_classes(school_id, class_ids):
        if invitation.stands(now):
            of_class[invitation.class_id].append(invitation)
    students = await ctx.stores.schools.students_of(school_id, class_ids)
    of_children = await living_of_children(ctx, school_id, [s.id for s in students])
    every = [i for held in (*of_class.values(), *of_children.values()) for i in held]
    turnouts = await turnouts_of(ctx, school_id, every)
    pupils: dict[str, list[Student]] = defaultdict(list)
    for student in students:
        pupils[student.class_id].append(student)
    return [_of_class(c, of_class[c.id], pupils[c.id], of_children, turnouts) for c in classes]


def _of_class(
    school_class: SchoolClass,
    own: Sequence[Invitation],
    pupils: Sequence[Student],
    of_children: Mapping[str, Sequence[Invitation]],
    turnouts: Mapping[str, Turnout],
) -> ClassInvitations:
    cards = tuple(
        Card(s, of_children[s.id][0], total(turnouts[i.id] for i in of_children[s.id]))
        for s in pupils
        if of_children.get(s.id)
    )
    by_class = total(turnouts[i.id] for i in own)
    by_cards = total(card.people for card in cards)
    return ClassInvitations(
        school_class, own[0] if own else None, len(pupils), cards, by_class + by_cards, by_class
    )
