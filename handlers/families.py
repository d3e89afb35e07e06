"""Who is bound: a guardian's children and what is asked of them, a school's families, and each binding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from domain.bindings import STAFF_REASONS, Binding, BindingState, Custody
from domain.custody import HIGHEST_ORDER, LONGEST_RELATION, ChangeReason, last_day
from domain.errors import InvalidError, NotFoundError, Problem
from domain.roles import Right
from handlers import phrases
from handlers.base import Access, PageHandler, status_of
from services.approvals import approve_as_guardian, refuse_as_guardian, turn_to_school
from services.bindings import withdraw_claim
from services.families import (
    access_binding_as_head_teacher,
    access_own_child,
    change_binding,
    end_binding,
    end_own_binding,
    families_of,
    own_bindings,
)
from services.trials import try_as_parent

CHANGE_FIELDS = ("relation", "order", "custody", "until", "reason")


def change_values(
    binding: Binding, form: Mapping[str, str] | None, now: datetime
) -> dict[str, Any]:
    """What a page that changes a binding is drawn with: what was typed, or what is kept, and what may be chosen.

    Raises NotFoundError for one that has ended or is a trial.
    """
    if binding.trial or not binding.stands(now):
        raise NotFoundError
    kept = {
        "relation": binding.relation,
        "order": str(binding.order or ""),
        "custody": binding.custody,
        "until": last_day(binding.until) if binding.until else "",
        "reason": "",
    }
    return {
        "typed": form or kept,
        "custodies": list(Custody),
        "reasons": list(ChangeReason),
        "orders": range(1, HIGHEST_ORDER + 1),
        "longest_relation": LONGEST_RELATION,
    }


class ChildrenHandler(PageHandler):
    """A guardian's children, who else is bound or asks to be, and what they wait for themselves."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Show them."""
        own = await own_bindings(self.ctx, self.session.person_id)
        self.page("h5/children.html", own=own, person_id=self.session.person_id)


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
    """One's own request: taken back while it waits, or brought before the school after the family's no."""

    access = Access.VISITOR

    async def post(self) -> None:
        """Do it; tapping twice does it once."""
        claim_id, person_id = self.get_body_argument("claim"), self.session.person_id
        if self.get_body_argument("action", "") == "school":
            await turn_to_school(self.ctx, person_id, claim_id)
            self.go("/h5/children?done=claim_at_school")
            return
        await withdraw_claim(self.ctx, person_id, claim_id)
        self.go("/h5/children?done=claim_withdrawn")


class FamilyClaimsHandler(PageHandler):
    """A guardian decides about another adult who asks to be bound to their child."""

    access = Access.VISITOR

    async def post(self) -> None:
        """Agree or not; tapping twice decides once."""
        claim_id, person_id = self.get_body_argument("claim"), self.session.person_id
        if self.get_body_argument("action") == "refuse":
            await refuse_as_guardian(self.ctx, person_id, claim_id)
            self.go("/h5/children?done=family_refused")
            return
        await approve_as_guardian(self.ctx, person_id, claim_id)
        self.go("/h5/children?done=family_approved")


class FamiliesHandler(PageHandler):
    """The children of a class and their guardians, for the head teacher."""

    access = Access.STAFF
    right = Right.PEOPLE

    async def get(self) -> None:
        """One class at a time; `show=unbound` leaves out who has a guardian."""
        class_id = self.get_query_argument("class", self.teaching.classes[0].id)
        families = await families_of(self.ctx, self.teaching, class_id)
        unbound = [f for f in families if not f.is_bound]
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


class BindingHandler(PageHandler):
    """One binding as the school keeps it: who somebody is to the child, what they may do, until when."""

    access = Access.STAFF
    right = Right.BINDINGS

    async def get(self, student_id: str, person_id: str) -> None:
        """Show it."""
        await self._show(student_id, person_id)

    async def post(self, student_id: str, person_id: str) -> None:
        """Note what was chosen; a refused form comes back as it was sent."""
        form = {name: self.get_body_argument(name, "")[:64] for name in CHANGE_FIELDS}
        try:
            await change_binding(self.ctx, self.teaching, student_id, person_id, form)
        except InvalidError as error:
            await self._show(student_id, person_id, form, error)
            return
        self.go(f"/h5/teach/families/{quote(student_id)}/{quote(person_id)}?done=binding_changed")

    async def _show(
        self,
        student_id: str,
        person_id: str,
        form: dict[str, str] | None = None,
        error: InvalidError | None = None,
    ) -> None:
        bound = await access_binding_as_head_teacher(self.ctx, self.teaching, student_id, person_id)
        self.page(
            "h5/family_binding.html",
            status=status_of(error) or 200,
            bound=bound,
            problems=phrases.field_messages(error),
            **change_values(bound.binding, form, self.ctx.now()),
        )


class TryHandler(PageHandler):
    """A member of staff sees for a day what the parents of a class see."""

    access = Access.STAFF
    right = Right.BINDINGS

    async def get(self) -> None:
        """Choose a child."""
        class_id = self.get_query_argument("class", self.teaching.classes[0].id)
        families = await families_of(self.ctx, self.teaching, class_id)
        chosen = next(c for c in self.teaching.classes if c.id == class_id)
        self.page("h5/family_try.html", families=families, chosen=chosen)

    async def post(self) -> None:
        """Begin; it ends by itself."""
        student_id = self.get_body_argument("student", "")
        if not student_id:
            raise InvalidError({"student": Problem("missing")})
        await try_as_parent(self.ctx, self.teaching, student_id)
        self.go("/h5/children?done=trial_begun")


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
