"""Invitations at a desk: how each class stands, what is printed for one or a whole grade, and what is revoked."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from domain.errors import NotFoundError
from domain.roles import Right
from domain.schools import SchoolClass
from domain.stages import grade_name
from handlers.base import Access
from handlers.console import words
from handlers.console.base import ConsoleHandler
from handlers.drawings import qr_svg
from handlers.sheets import KINDS, make_printable, show_sheets
from services.invitations import (
    invite_class,
    mini_code,
    renew_class,
    revoke_invitation,
    revoke_of_class,
)
from services.people import Teaching
from services.turnouts import ClassInvitations, invitations_of

_LONGEST = 64
_HOME = "/console/invitations"


class InvitationsHandler(ConsoleHandler):
    """The classes of one grade: their codes, who came, and what is printed for all of them."""

    access = Access.STAFF
    right = Right.INVITE

    async def get(self) -> None:
        """The grade that was asked for, else the first."""
        teaching = await self.teaching_for(self.right)
        grades = grades_of(teaching)
        asked = self.get_query_argument("grade", "")
        grade = int(asked) if asked in map(str, grades) else next(iter(grades), 0)
        stands = await invitations_of(self.ctx, teaching, grades.get(grade, ()))
        self.page(
            "console/invitations.html",
            grades=grades,
            grade=grade,
            grade_name=grade_name,
            stands=stands,
            most=max((s.children for s in stands), default=0),
        )

    async def post(self) -> None:
        """Make what is printed, for a whole grade, and go there."""
        teaching = await self.teaching_for(self.right)
        kind, grade = self.get_body_argument("action", ""), self.get_body_argument("grade", "")
        classes = [c for c in teaching.classes if str(c.grade) == grade]
        if kind not in KINDS or not classes:
            raise NotFoundError
        await make_printable(self.ctx, teaching, kind, classes)
        self.go(f"{_HOME}/sheet?kind={kind}&grade={classes[0].grade}")


class SheetHandler(ConsoleHandler):
    """What is printed, for a grade or a class."""

    access = Access.STAFF
    right = Right.INVITE

    async def get(self) -> None:
        """The pages; nothing is made by looking."""
        teaching = await self.teaching_for(self.right)
        grade, class_id = (self.get_query_argument(name, "") for name in ("grade", "class"))
        classes = [
            c for c in teaching.classes if c.id == class_id or (grade and str(c.grade) == grade)
        ]
        if not classes:
            raise NotFoundError
        back = f"{_HOME}/{quote(class_id, safe='')}" if class_id else f"{_HOME}?grade={grade}"
        await show_sheets(self, teaching, classes, back=back)


class ClassInvitationsHandler(ConsoleHandler):
    """One class: its invitation, and each child's card."""

    access = Access.STAFF
    right = Right.INVITE

    async def get(self, class_id: str) -> None:
        """Show it."""
        teaching = await self.teaching_for(self.right)
        stand = await stand_of(self, teaching, class_id)
        address = self.absolute(f"/h5/i/{stand.invitation.id}") if stand.invitation else ""
        self.page(
            "console/class_invitations.html",
            stand=stand,
            drawing=qr_svg(address) if address else "",
            address=address,
            has_mini=self.ctx.mini is not None,
        )

    async def post(self, class_id: str) -> None:
        """Make, exchange or end the class's invitation or one card, or make what is printed."""
        teaching = await self.teaching_for(self.right)
        stand = await stand_of(self, teaching, class_id)
        here = f"{_HOME}/{quote(class_id, safe='')}"
        action = self.get_body_argument("action", "")
        if action == "make":
            await invite_class(self.ctx, teaching, class_id)
            self.go(f"{here}?done=invitation_made")
        elif action == "renew":
            await renew_class(self.ctx, teaching, class_id)
            self.go(f"{here}?done=invitation_renewed")
        elif action == "revoke":
            await revoke_of_class(self.ctx, teaching, class_id, children=False)
            self.go(f"{here}?done=invitation_revoked")
        elif action == "revoke_card":
            code = self.get_body_argument("invitation", "")[:_LONGEST]
            await revoke_invitation(self.ctx, teaching, code)
            self.go(f"{here}?done=invitation_revoked")
        elif action in KINDS:
            await make_printable(self.ctx, teaching, action, [stand.school_class])
            self.go(f"{_HOME}/sheet?kind={action}&class={quote(class_id, safe='')}")
        else:
            raise NotFoundError


class RevokeCardsHandler(ConsoleHandler):
    """All cards of a class become worth nothing: said first, and the number is typed."""

    access = Access.STAFF
    right = Right.INVITE

    async def get(self, class_id: str) -> None:
        """What will happen."""
        teaching = await self.teaching_for(self.right)
        self._show(await stand_of(self, teaching, class_id))

    async def post(self, class_id: str) -> None:
        """Do it, when the number is right."""
        teaching = await self.teaching_for(self.right)
        stand = await stand_of(self, teaching, class_id)
        typed = self.get_body_argument("count", "")[:_LONGEST]
        if typed.strip() != str(len(stand.cards)):
            self._show(stand, typed=typed, problem=words.WRONG_COUNT, status=422)
            return
        await revoke_of_class(self.ctx, teaching, class_id, children=True)
        self.go(f"{_HOME}/{quote(class_id, safe='')}?done=cards_revoked")

    def _show(
        self, stand: ClassInvitations, *, typed: str = "", problem: str = "", status: int = 200
    ) -> None:
        self.page(
            "console/revoke_cards.html", status=status, stand=stand, typed=typed, problem=problem
        )


class MiniCodeHandler(ConsoleHandler):
    """The mini-program's code of a class's invitation, to be put into a poster."""

    access = Access.STAFF
    right = Right.INVITE

    async def get(self, class_id: str) -> None:
        """WeChat's picture of it."""
        teaching = await self.teaching_for(self.right)
        stand = await stand_of(self, teaching, class_id)
        if stand.invitation is None:
            raise NotFoundError
        picture = await mini_code(self.ctx, stand.invitation)
        kind = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
        self.set_header("Content-Type", kind)
        self.finish(picture)


def grades_of(teaching: Teaching) -> dict[int, Sequence[SchoolClass]]:
    """The classes in reach by grade, lowest first."""
    grades: dict[int, list[SchoolClass]] = {}
    for school_class in teaching.classes:
        grades.setdefault(school_class.grade, []).append(school_class)
    return dict(sorted(grades.items()))


async def stand_of(handler: ConsoleHandler, teaching: Teaching, class_id: str) -> ClassInvitations:
    """How one of their classes stands. Raises NotFoundError."""
    classes = [c for c in teaching.classes if c.id == class_id]
    if not classes:
        raise NotFoundError
    (stand,) = await invitations_of(handler.ctx, teaching, classes)
    return stand
