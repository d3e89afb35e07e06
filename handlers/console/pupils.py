"""What the office does to a pupil's record at a desk: each act on a page of its own that says what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from domain.custody import LONGEST_RELATION
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.pupils import HIGHEST_NUMBER, LONGEST_NAME
from domain.roles import Right
from handlers.base import Access
from handlers.console import people_words
from handlers.console.base import ConsoleHandler
from services.pupil_acts import (
    add_line,
    add_pupil,
    change_line,
    edit_pupil,
    mark_pupil_left,
    move_pupil,
    remove_line,
)
from services.pupil_records import PupilRecord, pupil_record

_LONGEST = 200


def pupil_path(student_id: str) -> str:
    """The page of one child."""
    return f"/console/people/{quote(student_id, safe='')}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form says: what was typed, what is wrong by field, and above everything. Empty: as the record is."""

    typed: dict[str, str] | None = None
    problems: dict[str, str] = field(default_factory=dict)
    banner: str = ""
    status: int = 200


class OfficeForm(ConsoleHandler):
    """A form of the office: refused, it comes back with what was typed and names the field."""

    access = Access.STAFF
    right = Right.ROSTER
    template = "console/pupil_form.html"
    fields: tuple[str, ...] = ()

    def typed(self) -> dict[str, str]:
        """What was sent."""
        return {name: self.get_body_argument(name, "")[:_LONGEST] for name in self.fields}

    @property
    def stamp(self) -> str:
        """The state of the record that the form was made of."""
        return self.get_body_argument("stamp", "")[:_LONGEST]

    async def attempt(self, act: Callable[[], Awaitable[object]]) -> Shown | None:
        """Do it. Returns None when it was done, else the form to show once more."""
        try:
            await act()
        except InvalidError as error:
            return Shown(self.typed(), people_words.problems(error), status=422)
        except ConflictError as error:
            return Shown(self.typed(), banner=people_words.conflict(error.code), status=409)
        return None

    async def pupil(self, student_id: str) -> PupilRecord:
        """The child, who has to be at the school. Raises NotFoundError."""
        pupil = await pupil_record(self.ctx, self.acting, student_id)
        if not pupil.may_edit:
            raise NotFoundError
        return pupil

    async def classes(self) -> dict[str, Any]:
        """The school's classes under their grades."""
        teaching = await self.teaching_for(Right.ROSTER)
        return people_words.by_grade(teaching.classes)

    def show(self, act: str, shown: Shown, **values: Any) -> None:
        """The page of one act."""
        self.page(
            self.template,
            status=shown.status,
            problems=shown.problems,
            banner=shown.banner,
            told=people_words,
            act=act,
            longest_name=LONGEST_NAME,
            longest_relation=LONGEST_RELATION,
            highest_number=HIGHEST_NUMBER,
            **values,
        )


class NewPupilHandler(OfficeForm):
    """A new pupil."""

    template = "console/pupil_new.html"
    fields = ("name", "number", "class", "phone", "relation", "same_name")

    async def get(self) -> None:
        """The empty form, for a class where one is named."""
        await self._form(Shown({"class": self.get_query_argument("class", "")[:_LONGEST]}))

    async def post(self) -> None:
        """Add the pupil; the form sent twice adds one."""
        form, key = self.typed(), self.get_body_argument("key", "")[:_LONGEST]
        if not key:
            raise NotFoundError
        added = []

        async def add() -> None:
            added.append(await add_pupil(self.ctx, self.acting, form, key))

        refused = await self.attempt(add)
        if refused is None:
            self.go(f"{pupil_path(added[0].id)}?done=pupil_added")
        else:
            await self._form(refused)

    async def _form(self, shown: Shown) -> None:
        """With a key of its own, the one that was sent where one was."""
        self.show(
            "new",
            shown,
            typed=dict.fromkeys(self.fields, "") | (shown.typed or {}),
            grades=await self.classes(),
            key=self.get_body_argument("key", "")[:_LONGEST] or self.ctx.new_id(),
        )


class _PupilForm(OfficeForm):
    """A form about one child."""

    act = ""

    async def get(self, student_id: str) -> None:
        """The form."""
        await self.form(Shown(), student_id)

    async def form(self, shown: Shown, student_id: str, *line_id: str) -> None:
        """Always of the record as it is now: after a conflict the next try is about what is there."""
        pupil = await self.pupil(student_id)
        self.show(
            self.act,
            shown,
            pupil=pupil,
            line=pupil.record.line(*line_id) if line_id else None,
            typed=shown.typed,
            grades=await self.classes(),
        )

    async def save(
        self, act: Callable[[], Awaitable[object]], done: str, student_id: str, *line_id: str
    ) -> None:
        """Do it and go to the child's page, or show the form once more."""
        refused = await self.attempt(act)
        if refused is None:
            self.go(f"{pupil_path(student_id)}?done={done}")
        else:
            await self.form(refused, student_id, *line_id)


class EditPupilHandler(_PupilForm):
    """Another name or number."""

    act, fields = "edit", ("name", "number")

    async def post(self, student_id: str) -> None:
        """Save it."""
        form, stamp = self.typed(), self.stamp
        await self.save(
            lambda: edit_pupil(self.ctx, self.acting, student_id, form, stamp),
            "pupil_saved",
            student_id,
        )


class MovePupilHandler(_PupilForm):
    """Into another class: the page says who sees the child from then on."""

    act, fields = "move", ("class", "number")

    async def post(self, student_id: str) -> None:
        """Move the child."""
        form, stamp = self.typed(), self.stamp
        await self.save(
            lambda: move_pupil(self.ctx, self.acting, student_id, form, stamp),
            "pupil_moved",
            student_id,
        )


class LeavePupilHandler(_PupilForm):
    """Marking as left: the page says what ends."""

    act = "leave"

    async def post(self, student_id: str) -> None:
        """It ends."""
        stamp = self.stamp
        await self.save(
            lambda: mark_pupil_left(self.ctx, self.acting, student_id, stamp),
            "pupil_left",
            student_id,
        )


class NewLineHandler(_PupilForm):
    """One more adult on the list."""

    act, fields = "line", ("phone", "relation")

    async def post(self, student_id: str) -> None:
        """Add the line."""
        form, stamp = self.typed(), self.stamp
        await self.save(
            lambda: add_line(self.ctx, self.acting, student_id, form, stamp),
            "line_saved",
            student_id,
        )


class LineHandler(_PupilForm):
    """A line of the list: another relation or number."""

    act, fields = "line", ("phone", "relation")

    async def get(self, student_id: str, line_id: str) -> None:  # type: ignore[override]
        """The form."""
        await self.form(Shown(), student_id, line_id)

    async def post(self, student_id: str, line_id: str) -> None:
        """Save it. A number that others are bound through is changed once the box says so."""
        form, stamp = self.typed(), self.stamp

        async def change() -> None:
            pupil = await self.pupil(student_id)
            line = pupil.record.line(line_id)
            bound = pupil.bound_through[line_id]
            keeps = form["phone"].strip()[-4:] == line.phone_last4
            if bound and not keeps and not self.get_body_argument("sure", ""):
                raise InvalidError({"sure": Problem("missing")})
            await change_line(self.ctx, self.acting, student_id, line_id, form, stamp)

        await self.save(change, "line_saved", student_id, line_id)


class RemoveLineHandler(_PupilForm):
    """Taking a line off the list: the page says what ends."""

    act = "remove_line"

    async def get(self, student_id: str, line_id: str) -> None:  # type: ignore[override]
        """Ask."""
        await self.form(Shown(), student_id, line_id)

    async def post(self, student_id: str, line_id: str) -> None:
        """It goes."""
        stamp = self.stamp
        await self.save(
            lambda: remove_line(self.ctx, self.acting, student_id, line_id, stamp),
            "line_removed",
            student_id,
            line_id,
        )
