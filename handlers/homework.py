"""A guardian's side of homework in WeChat: the evenings of their children, and how long something took."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.errors import InvalidError, Problem
from domain.subjects import subject_name
from domain.submissions import submission_id
from domain.timings import timing_id
from handlers import phrases
from handlers.base import Access, PageHandler
from handlers.homework_phrases import weekday
from handlers.submission_phrases import STATES, lead
from handlers.submissions import work_path
from services.evenings import ChildEvening, evenings_of_guardian
from services.submissions import works_in
from services.timings import answer_timing

_DAYS = 3  # tonight, and what is set already for the days after
_NUMBER = re.compile(r"[0-9]{1,4}")


class EveningsPage(PageHandler):
    """What is set for the children, evening by evening, with the minutes in all."""

    async def show(self, *, problem: str = "", refused: str = "", typed: str = "") -> None:
        """`refused` is the homework and child of which the answer could not be taken."""
        found = await evenings_of_guardian(self.ctx, self.session.person_id, days=_DAYS)
        keys = [timing_id(h.id, one.child.student.id) for one in found for h in one.items]
        took = await self.ctx.stores.timings.many(keys) if keys else {}
        self.page(
            "h5/evenings.html",
            status=422 if problem else 200,
            evenings=_worth_showing(found),
            subject=subject_name,
            weekday=weekday,
            works=await works_in(self.ctx, [(one.child, one.items) for one in found]),
            states=STATES,
            lead=lead,
            work_path=work_path,
            work_key=submission_id,
            took={key: timing.minutes for key, timing in took.items()},
            key_of=timing_id,
            problem=problem,
            refused=refused,
            typed=typed,
        )


def _worth_showing(found: Sequence[ChildEvening]) -> list[ChildEvening]:
    """Tonight of each child in any case, of the days after what has something."""
    tonight: set[str] = set()
    shown = []
    for one in found:
        if one.items or one.child.student.id not in tonight:
            shown.append(one)
        tonight.add(one.child.student.id)
    return shown


class EveningsHandler(EveningsPage):
    """Their evenings."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Today and the next days."""
        await self.show()


class TookHandler(EveningsPage):
    """How long a homework took a child."""

    access = Access.VISITOR

    async def post(self, homework_id: str) -> None:
        """`minutes` for `student`; blank takes an answer back."""
        student = self.get_body_argument("student", "")
        typed = self.get_body_argument("minutes", "").strip()
        try:
            if typed and not _NUMBER.fullmatch(typed):
                raise InvalidError({"minutes": Problem("not_a_number")})
            minutes = int(typed) if typed else None
            await answer_timing(self.ctx, self.session.person_id, homework_id, student, minutes)
        except InvalidError as error:
            problem = phrases.field_messages(error)["minutes"]
            refused = timing_id(homework_id, student)
            await self.show(problem=problem, refused=refused, typed=typed)
            return
        self.go("/h5/homework?done=took_saved")
