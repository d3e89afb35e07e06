"""Pupils and guardians at a desk: lists by class or name, one child, one adult. Acts: `pupils`, `guardians`."""

from __future__ import annotations

from domain.errors import NotFoundError
from domain.names import NAME_LIMIT
from domain.roles import Right
from handlers.base import Access
from handlers.console import people_words
from handlers.console.base import ConsoleHandler
from services.pupil_records import adult_of, pupil_record
from services.pupils import Show, people_of_classes, pupils_named

EVERY_CLASS = "all"


class PeopleHandler(ConsoleHandler):
    """One class at a time, all of them on end, or whoever a name begins like."""

    access = Access.STAFF
    right = Right.PEOPLE

    async def get(self) -> None:
        """`class` is a class's id or `all`; without one it is the first in reach."""
        teaching = await self.teaching_for(self.right)
        text = self.get_query_argument("q", "")[: 2 * NAME_LIMIT]
        asked = self.get_query_argument("class", "")
        show = _show(self.get_query_argument("show", Show.ALL))
        grades = people_words.by_grade(teaching.classes)
        first = next((some[0].id for some in grades.values()), EVERY_CLASS)
        chosen = asked or first
        if text.strip():
            page = await pupils_named(self.ctx, self.acting, text)
        else:
            page = await people_of_classes(
                self.ctx,
                self.acting,
                class_id="" if chosen == EVERY_CLASS else chosen,
                show=show,
                start=self.get_query_argument("start", ""),
            )
        self.page(
            "console/people.html",
            told=people_words,
            grades=grades,
            chosen="" if text.strip() else chosen,
            every_class=EVERY_CLASS,
            show=show,
            text=text,
            found=page,
            sees_left=self.acting.has_everywhere(Right.PEOPLE),
            may_add=self.acting.has_everywhere(Right.ROSTER),
        )


def _show(text: str) -> Show:
    if text and text not in set(Show):
        raise NotFoundError
    return Show(text or Show.ALL)


class PupilHandler(ConsoleHandler):
    """One child: the list's lines, who is bound, what is asked, what ended."""

    access = Access.STAFF
    right = Right.PEOPLE

    async def get(self, student_id: str) -> None:
        """Show it."""
        pupil = await pupil_record(self.ctx, self.acting, student_id)
        self.page("console/pupil.html", told=people_words, pupil=pupil)


class AdultHandler(ConsoleHandler):
    """One guardian with the children within reach."""

    access = Access.STAFF
    right = Right.PEOPLE

    async def get(self, person_id: str) -> None:
        """Show them."""
        adult = await adult_of(self.ctx, self.acting, person_id)
        self.page("console/adult.html", told=people_words, adult=adult)
