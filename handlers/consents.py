"""The page on which a guardian decides what their child's data may be used for."""

from __future__ import annotations

from urllib.parse import quote

from domain.consent_texts import BASIC, TEXTS
from domain.consents import Decision
from handlers.base import Access, PageHandler
from services.consents import consents_of, decide_consent
from services.families import access_own_child
from services.people import children_of


class ConsentsHandler(PageHandler):
    """Every purpose with its own yes and no."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Show where they stand."""
        person_id = self.session.person_id
        children = await children_of(self.ctx, person_id)
        consents = await consents_of(self.ctx, person_id, children)
        self.page("h5/consents.html", consents=consents, texts=TEXTS, basic=BASIC)

    async def post(self) -> None:
        """One decision; the same one twice is one."""
        decision = self.get_body_argument("decision", "")
        await decide_consent(
            self.ctx,
            self.session.person_id,
            self.get_body_argument("student", ""),
            self.get_body_argument("purpose", ""),
            decision,
            version=self.get_body_argument("version", ""),
        )
        purpose, student = self.get_body_argument("purpose"), self.get_body_argument("student", "")
        if purpose == BASIC and decision == Decision.NO:
            self.go("/h5/children?done=ended")
            return
        # Back to the question that was answered, not to the top of a long page.
        self.go(f"/h5/consents?done=consent_{decision}#{purpose}-{quote(student, safe='')}")


class RefuseHandler(PageHandler):
    """What a no to the basic purpose means, before it is said."""

    access = Access.VISITOR

    async def get(self, student_id: str) -> None:
        """Show it, with the two ways on."""
        child = await access_own_child(self.ctx, self.session.person_id, student_id)
        self.page("h5/consent_refuse.html", child=child, text=TEXTS[BASIC], basic=BASIC)
