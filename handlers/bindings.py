"""Binding: a guardian asks, the school decides (the family: `handlers.families`)."""

from __future__ import annotations

from domain.errors import InvalidError, Problem, TooManyError
from domain.roles import Right
from handlers import phrases
from handlers.base import Access, PageHandler, status_of
from services.approvals import approve_claim, refuse_claim, waiting_claims
from services.bindings import Answer, Asked, asked_text, bind_guardian
from services.invited import Invited
from services.people import children_of, is_following

_LONGEST = 64


class BindingPage(PageHandler):
    """The form that asks for a child, and what became of it; with an invitation or without."""

    async def ask(self, invited: Invited | None = None) -> None:
        """Ask; whatever the answer, what was typed stays."""
        name = self.get_body_argument("name", "")[:_LONGEST]
        digits = self.get_body_argument("digits", "")[:_LONGEST]
        named = invited is not None and invited.student is not None
        problem, status, asked = "", 200, None
        try:
            asked = await bind_guardian(
                self.ctx,
                self.session.person_id,
                asked_text(name, digits, invited),
                invitation_id=invited.invitation.id if invited else None,
            )
        except InvalidError as error:
            problem, status = phrases.field_messages(error)["child"], 422
            problem = phrases.ASK_DIGITS if named else problem
        except TooManyError as error:
            self.set_header("Retry-After", str(error.retry_after_seconds))
            problem, status = phrases.error_message(error.code), status_of(error) or 429
        await self.show(
            invited=invited, name=name, digits=digits, problem=problem, asked=asked, status=status
        )

    async def show(
        self,
        *,
        invited: Invited | None = None,
        name: str = "",
        digits: str = "",
        problem: str = "",
        asked: Asked | None = None,
        status: int = 200,
    ) -> None:
        """The form, or the answer."""
        settled = asked is not None and asked.answer is not Answer.UNKNOWN
        following = not settled or await is_following(self.ctx, self.session.person_id)
        self.page(
            "h5/bind.html",
            status=status,
            invited=invited,
            name=name,
            digits=digits,
            problem=problem,
            answer=asked.answer if asked else None,
            standing=asked.standing if asked else None,
            student=asked.student if asked else None,
            settled=settled,
            following=following,
            children=await children_of(self.ctx, self.session.person_id),
        )


class BindHandler(BindingPage):
    """A guardian names the child and four digits, and is told what became of it."""

    access = Access.VISITOR

    async def get(self) -> None:
        """The empty form."""
        await self.show()

    async def post(self) -> None:
        """Ask."""
        await self.ask()


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
