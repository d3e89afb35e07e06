"""A place's own settings: typed, shown as before and after, and only then saved. And signing out everywhere."""

from __future__ import annotations

from domain.budgets import Band
from domain.errors import ConflictError, InvalidError
from domain.place_forms import AIM_FIELDS, VIEW_FIELDS, cap_field
from domain.roles import Right
from domain.schools import Keeper, School
from domain.stages import Stage, System
from handlers.base import Access
from handlers.console import staff_words
from handlers.console.base import DESK_COOKIE, ConsoleHandler
from services.bearers import end_everywhere
from services.place_settings import (
    Review,
    change_settings,
    form_of,
    review_settings,
    settings_at,
)

_LONGEST = 1000
_FIELDS = (
    *("name", "system", "approval_hours", "claim_days", "keeper", "local_subjects", "board"),
    *("bridge", "quiet_start", "quiet_end"),
    *(cap_field(band) for band in Band),
    *AIM_FIELDS,
)
_MEANWHILE = "设置刚刚在别处改过。您填的还在，请核对下面的变化，再保存一次"
_REFUSED = "有几处需要改一下，改好再保存"


class SettingsHandler(ConsoleHandler):
    """The form, and the page that shows what would change."""

    access = Access.STAFF
    right = Right.SETTINGS

    async def get(self) -> None:
        """The form with what is there."""
        await self._show(form_of(await settings_at(self.ctx, self.acting)))

    async def post(self) -> None:
        """`action`: check shows what would change, save changes it, back goes on typing."""
        form = {name: self.get_body_argument(name, "")[:_LONGEST] for name in _FIELDS}
        form["stages"] = ",".join(self.get_body_arguments("stages"))[:_LONGEST]
        action = self.get_body_argument("action", "check")
        try:
            if action == "save":
                await self._save(form)
                return
            review = await review_settings(self.ctx, self.acting, form)
        except InvalidError as error:
            await self._show(form, error)
            return
        if action == "back" or not review.changes:
            same = "" if action == "back" else "没有要改的"
            await self._show(form, banner=same)
            return
        self._review(form, review)

    async def _save(self, form: dict[str, str]) -> None:
        seen = self.get_body_argument("seen", "")
        try:
            await change_settings(self.ctx, self.acting, form, seen=seen)
        except ConflictError:
            review = await review_settings(self.ctx, self.acting, form)
            self._review(form, review, banner=_MEANWHILE, status=409)
            return
        self.go("/console/settings?done=settings_saved")

    def _review(
        self, form: dict[str, str], review: Review, *, banner: str = "", status: int = 200
    ) -> None:
        self.page(
            "console/settings_review.html",
            status=status,
            form=form,
            review=review,
            kept=[name for name in _FIELDS if name in form and name != "local_subjects"],
            banner=banner,
            told=staff_words,
        )

    async def _show(
        self, form: dict[str, str], error: InvalidError | None = None, *, banner: str = ""
    ) -> None:
        place = await settings_at(self.ctx, self.acting)
        self.page(
            "console/settings.html",
            status=422 if error else 200,
            place=place,
            is_school=isinstance(place, School),
            form=form,
            stages=tuple(Stage),
            systems=tuple(System),
            bands=[
                (cap_field(band), staff_words.BAND_NAMES[band], staff_words.BAND_NOTES[band])
                for band in Band
            ],
            aims=[
                (name, staff_words.FIELD_NAMES[name], note)
                for name, note in staff_words.AIM_NOTES.items()
            ],
            uses=[
                (name, staff_words.FIELD_NAMES[name], note, name in VIEW_FIELDS)
                for name, note in staff_words.USE_NOTES.items()
            ],
            keepers=tuple(Keeper),
            problems=staff_words.problems(error) if error else {},
            banner=_REFUSED if error else banner,
            idle_minutes=int(self.ctx.policy.desk_idle.total_seconds() // 60),
            told=staff_words,
        )


class SignOutEverywhereHandler(ConsoleHandler):
    """Every session of one's own, on phones, in the mini-program and at desks."""

    access = Access.VISITOR

    async def post(self) -> None:
        """All of them are over, this one included."""
        await end_everywhere(self.ctx, self.session.person_id)
        self.clear_cookie(DESK_COOKIE, path=self.link("/console"))
        self.go("/console/sign-in")
