"""Roles at a desk: who has which, offering them by a link, and, after a page that asks again, taking them away."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from domain.errors import InvalidError, NotFoundError
from domain.offers import Offer
from domain.roles import Right, Role
from domain.schools import School
from domain.subjects import subjects_of
from handlers.base import Access
from handlers.console import staff_words
from handlers.console.base import ConsoleHandler
from handlers.drawings import qr_svg
from services.appointments import Staff, end_appointment, ending_of, staff_of
from services.offers import (
    Made,
    grades_at,
    new_token,
    offer_head_teachers,
    offer_role,
    revoke_offer,
    roles_to_give,
)
from services.places import access_place

_LONGEST = 200
_FIELDS = ("place", "role", "name", "class", "grade", "subject", "until")


class RolesPage(ConsoleHandler):
    """What the pages about roles share."""

    access = Access.STAFF
    right = Right.APPOINT

    def path_for(self, place_id: str) -> str:
        """The list of the place that is looked at: one's own has no name in the address."""
        return "/console/roles" + (
            f"?place={quote(place_id, safe='')}" if self.is_elsewhere(place_id) else ""
        )

    def is_elsewhere(self, place_id: str) -> bool:
        """Whether this is a place below one's own."""
        return place_id not in ("", self.acting.place_id)

    def link_of(self, made: Made) -> str:
        """The link that is handed on."""
        return self.absolute(f"/h5/offer/{made.token}")


class RolesHandler(RolesPage):
    """Who is what, and what is offered."""

    async def get(self) -> None:
        """Show it; `place` is one below one's own."""
        staff = await staff_of(self.ctx, self.acting, self._query_word("place"))
        self.page(
            "console/roles.html",
            staff=staff,
            told=staff_words,
            elsewhere=self.is_elsewhere(staff.place.id),
            offered_by=_offered_by(staff),
        )


def _offered_by(staff: Staff) -> dict[str, str]:
    names = {a.person_id: a.name for _, held in staff.groups for a in held}
    return {offer.id: names.get(offer.created_by, "") for offer in staff.offers}


class OfferHandler(RolesPage):
    """The form of one role, and what comes of it: the link, shown once."""

    async def get(self) -> None:
        """The form for `role`, at `place`, for `class` where it is given."""
        form = {name: self.get_query_argument(name, "")[:_LONGEST] for name in _FIELDS}
        await self._show(form, new_token())

    async def post(self) -> None:
        """Offer it; the same form again shows the same link."""
        form = {name: self.get_body_argument(name, "")[:_LONGEST] for name in _FIELDS}
        token = self.get_body_argument("token", "")
        try:
            made = await offer_role(self.ctx, self.acting, form, token=token)
        except InvalidError as error:
            await self._show(form, token, error)
            return
        place = await access_place(self.ctx, self.acting, Right.APPOINT, form["place"])
        address = self.link_of(made)
        self.page(
            "console/offered.html",
            made=made,
            place=place,
            address=address,
            title=staff_words.offer_title(
                made.offer, place if isinstance(place, School) else None, made.school_class
            ),
            drawing=qr_svg(address),
            told=staff_words,
            back=self.path_for(place.id),
        )

    async def _show(
        self, form: dict[str, str], token: str, error: InvalidError | None = None
    ) -> None:
        staff = await staff_of(self.ctx, self.acting, form["place"])
        roles = roles_to_give(self.acting, staff.place)
        role = next((r for r in roles if r == form["role"]), None)
        if role is None and len(roles) == 1:
            role = roles[0]
        if role is None:
            raise NotFoundError
        self.page(
            "console/offer.html",
            status=422 if error else 200,
            staff=staff,
            role=role,
            form=form,
            token=token,
            problems=staff_words.problems(error) if error else {},
            told=staff_words,
            back=self.path_for(staff.place.id),
            **self._choices(staff, role),
        )

    @staticmethod
    def _choices(staff: Staff, role: Role) -> dict[str, Any]:
        place = staff.place
        if not isinstance(place, School):
            return {"grades": (), "subjects": ()}
        return {
            "grades": grades_at(place),
            "subjects": subjects_of(place.stages, place.rules.local_subjects)
            if role is Role.SUBJECT_TEACHER
            else (),
        }


class HeadTeachersHandler(RolesPage):
    """A card for each class without a head teacher."""

    async def get(self) -> None:
        """Which classes, and what happens to older cards."""
        staff = await staff_of(self.ctx, self.acting)
        if not isinstance(staff.place, School):
            raise NotFoundError
        self.page(
            "console/heads.html",
            staff=staff,
            older=[o for o in staff.offers if _is_for(o, staff)],
            key=new_token(),
        )

    async def post(self) -> None:
        """The sheet; the same form again shows the same links."""
        made = await offer_head_teachers(
            self.ctx, self.acting, key=self.get_body_argument("key", "")
        )
        self.page(
            "console/head_cards.html",
            cards=[(card, qr_svg(self.link_of(card))) for card in made],
            told=staff_words,
        )


def _is_for(offer: Offer, staff: Staff) -> bool:
    without = {c.id for c in staff.without_head}
    return offer.role is Role.HEAD_TEACHER and offer.class_id in without


class RevokeHandler(RolesPage):
    """An offer that nobody is to take any more."""

    async def post(self) -> None:
        """Revoke it."""
        await revoke_offer(self.ctx, self.acting, self.get_body_argument("offer", "")[:_LONGEST])
        place_id = self.get_body_argument("place", "")[:_LONGEST]
        path = self.path_for(place_id)
        self.go(path + ("&" if "?" in path else "?") + "done=offer_revoked")


class EndHandler(RolesPage):
    """Taking a role away."""

    async def get(self) -> None:
        """What this person will no longer see."""
        ending = await ending_of(self.ctx, self.acting, self._asked("id"))
        self.page("console/role_end.html", ending=ending, told=staff_words)

    async def post(self) -> None:
        """End it."""
        await end_appointment(self.ctx, self.acting, self.get_body_argument("id", "")[:_LONGEST])
        self.go("/console/roles?done=role_ended")

    def _asked(self, name: str) -> str:
        return self.get_query_argument(name, "")[:_LONGEST]
