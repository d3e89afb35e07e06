"""Who is bound: a guardian's children, a head teacher's families, and ending a binding from either side."""

from __future__ import annotations

from domain.bindings import STAFF_REASONS, BindingState
from domain.errors import InvalidError, NotFoundError
from domain.roles import Right
from handlers import phrases
from handlers.base import Access, PageHandler, status_of
from services.bindings import withdraw_claim
from services.families import (
    access_binding_as_head_teacher,
    access_own_child,
    end_binding,
    end_own_binding,
    families_of,
    own_bindings,
)


class ChildrenHandler(PageHandler):
    """A guardian's children, who else is bound to each, and what still waits."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Show them."""
        own = await own_bindings(self.ctx, self.session.person_id)
        self.page("h5/children.html", children=own.children, waiting=own.waiting, ended=own.ended)


class EndOwnHandler(PageHandler):
    """A guardian ends their own binding: a page that asks, and the answer."""

    access = Access.VISITOR

    async def get(self, student_id: str) -> None:
        """Ask."""
        child = await access_own_child(self.ctx, self.session.person_id, student_id)
        self.page("h5/child_end.html", child=child)

    async def post(self, student_id: str) -> None:
        """End it; tapping twice ends it once."""
        await end_own_binding(self.ctx, self.session.person_id, student_id)
        self.go("/h5/children?done=ended")


class OwnClaimsHandler(PageHandler):
    """Taking a request back that still waits."""

    access = Access.VISITOR

    async def post(self) -> None:
        """Take it back; tapping twice does it once."""
        await withdraw_claim(self.ctx, self.session.person_id, self.get_body_argument("claim"))
        self.go("/h5/children?done=claim_withdrawn")


class FamiliesHandler(PageHandler):
    """The children of a class and their guardians, for the head teacher."""

    access = Access.STAFF
    right = Right.PEOPLE

    async def get(self) -> None:
        """One class at a time; `show=unbound` leaves out who has a guardian."""
        class_id = self.get_query_argument("class", self.teaching.classes[0].id)
        families = await families_of(self.ctx, self.teaching, class_id)
        unbound = [f for f in families if not f.guardians]
        unbound_only = self.get_query_argument("show", "") == "unbound"
        self.page(
            "h5/families.html",
            classes=self.teaching.classes,
            chosen=next(c for c in self.teaching.classes if c.id == class_id),
            families=families,
            shown=unbound if unbound_only else families,
            unbound=len(unbound),
            unbound_only=unbound_only,
        )


class EndHandler(PageHandler):
    """A head teacher ends a binding: a page that asks why, and the answer."""

    access = Access.STAFF
    right = Right.BINDINGS

    async def get(self, student_id: str, person_id: str) -> None:
        """Ask."""
        await self._show(student_id, person_id)

    async def post(self, student_id: str, person_id: str) -> None:
        """End it for the reason chosen; tapping twice ends it once."""
        reason = self.get_body_argument("reason", "")
        try:
            await end_binding(self.ctx, self.teaching, student_id, person_id, reason)
        except InvalidError as error:
            await self._show(student_id, person_id, error)
            return
        bound = await access_binding_as_head_teacher(self.ctx, self.teaching, student_id, person_id)
        self.go(f"/h5/teach/families?class={bound.school_class.id}&done=binding_ended")

    async def _show(
        self, student_id: str, person_id: str, error: InvalidError | None = None
    ) -> None:
        bound = await access_binding_as_head_teacher(self.ctx, self.teaching, student_id, person_id)
        if bound.binding.state is not BindingState.ACTIVE:
            raise NotFoundError
        self.page(
            "h5/family_end.html",
            status=status_of(error) or 200,
            bound=bound,
            reasons=STAFF_REASONS,
            problems=phrases.field_messages(error),
        )
