"""Binding: a guardian asks, the school decides (the family: `handlers.families`)."""

from __future__ import annotations

from domain.errors import InvalidError, Problem, TooManyError
from domain.roles import Right
from handlers import phrases
from handlers.base import Access, PageHandler, status_of
from services.approvals import approve_claim, refuse_claim, waiting_claims
from services.bindings import Answer, Asked, bind_guardian
from services.invitations import find_invitation
from services.people import children_of

_LONGEST = 64


class BindHandler(PageHandler):
    """A guardian names the child and four digits, and is told what became of it."""

    access = Access.VISITOR

    async def get(self) -> None:
        """The empty form."""
        await self._show(invitation_id=self.get_query_argument("invitation", ""))

    async def post(self) -> None:
        """Ask; whatever the answer, what was typed stays."""
        name = self.get_body_argument("name", "")[:_LONGEST]
        digits = self.get_body_argument("digits", "")[:_LONGEST]
        invitation_id = self.get_body_argument("invitation", "")[:_LONGEST]
        problem, status, asked = "", 200, None
        try:
            asked = await bind_guardian(
                self.ctx,
                self.session.person_id,
                f"{name.strip()} {digits.strip()}",
                invitation_id=invitation_id or None,
            )
        except InvalidError as error:
            problem, status = phrases.field_messages(error)["child"], 422
        except TooManyError as error:
            self.set_header("Retry-After", str(error.retry_after_seconds))
            problem, status = phrases.error_message(error.code), status_of(error) or 429
        await self._show(
            invitation_id=invitation_id,
            name=name,
            digits=digits,
            problem=problem,
            asked=asked,
            status=status,
        )

    async def _show(
        self,
        *,
        invitation_id: str,
        name: str = "",
        digits: str = "",
        problem: str = "",
        asked: Asked | None = None,
        status: int = 200,
    ) -> None:
        invitation = await find_invitation(self.ctx, invitation_id) if invitation_id else None
        classes = await self.ctx.stores.schools.classes([invitation.class_id]) if invitation else []
        self.page(
            "h5/bind.html",
            status=status,
            invitation=invitation,
            school_class=classes[0] if classes else None,
            name=name,
            digits=digits,
            problem=problem,
            answer=asked.answer if asked else None,
            standing=asked.standing if asked else None,
            student=asked.student if asked else None,
            settled=asked is not None and asked.answer is not Answer.UNKNOWN,
            children=await children_of(self.ctx, self.session.person_id),
        )


class ClaimsHandler(PageHandler):
    """Requests that wait for the school's eye, and those for which the family is asked first."""

    access = Access.STAFF
    right = Right.CLAIMS

    async def get(self) -> None:
        """The list."""
        claims = await waiting_claims(self.ctx, self.teaching)
        names = {c.id: c.name for c in self.teaching.classes}
        self.page("h5/claims.html", claims=claims, class_names=names)

    async def post(self) -> None:
        """Approve for one child, or refuse. Tapping twice decides once."""
        claim_id = self.get_body_argument("claim")
        student_id = self.get_body_argument("student", "")
        if self.get_body_argument("action") == "refuse":
            await refuse_claim(self.ctx, self.teaching, claim_id)
            self.go("/h5/teach/claims?done=refused")
            return
        if not student_id:
            raise InvalidError({"student": Problem("missing")})
        await approve_claim(self.ctx, self.teaching, claim_id, student_id)
        self.go("/h5/teach/claims?done=approved")
