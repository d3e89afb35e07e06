"""Leave at a desk: who is away on a day or in a week, by class; and the decision, for who decides."""

from __future__ import annotations

from datetime import timedelta

from domain.errors import InvalidError, NotFoundError
from domain.leaves import REPLY_LIMIT, span_text
from domain.roles import Right
from handlers import activity_phrases, leave_phrases, phrases
from handlers.base import Access
from handlers.console.periods import PeriodPage
from handlers.homework_phrases import weekday
from services.leave_lists import export_leaves, leave_list, leaves_to_decide, unheard_refusals
from services.leaves import decide_leave


class LeavesPage(PeriodPage):
    """What these share: which days."""

    file_title = "请假名单"

    @property
    def week(self) -> bool:
        """`span=week`; else a day."""
        return self.get_query_argument("span", "") == "week"

    async def show_list(self, *, key: str = "", reply: str = "", problem: str = "") -> None:
        """The list; a refused reply stays beside the request `key`, with what is wrong."""
        view = await leave_list(self.ctx, self.acting, week=self.week, day=self.day)
        step = timedelta(days=7 if self.week else 1)
        waiting = await leaves_to_decide(self.ctx, self.acting)
        self.page(
            "console/leaves.html",
            status=422 if problem else 200,
            view=view,
            waiting=waiting,
            unheard=await unheard_refusals(self.ctx, self.acting),
            says=leave_phrases.leave_says,
            why=leave_phrases.leave_reason,
            span_text=span_text,
            week=self.week,
            earlier=(view.first_on - step).isoformat(),
            later=(view.first_on + step).isoformat(),
            states=activity_phrases.LEAVE_STATES,
            kinds=activity_phrases.LEAVE_KINDS,
            weekday=weekday,
            limit=REPLY_LIMIT,
            refused=key,
            reply=reply,
            problem=problem,
        )


class LeavesHandler(LeavesPage):
    """The list."""

    access = Access.STAFF
    right = Right.PEOPLE

    async def get(self) -> None:
        """Show it."""
        await self.show_list()


class LeaveDecisionHandler(LeavesPage):
    """One request is decided about, as on the phone; the first decision counts."""

    access = Access.STAFF
    right = Right.LEAVES

    async def post(self, leave_id: str) -> None:
        """`action`: approve or refuse, with a `reply` if there is one; `span` and `day` lead back."""
        action = self.get_body_argument("action", "")
        if action not in ("approve", "refuse"):
            raise NotFoundError
        reply, day = self.get_body_argument("reply", ""), self.day
        teaching = await self.teaching_for(Right.LEAVES)
        try:
            await decide_leave(
                self.ctx, teaching, leave_id, approve=action == "approve", reply=reply
            )
        except InvalidError as error:
            problem = phrases.field_messages(error)["reply"]
            await self.show_list(key=leave_id, reply=reply, problem=problem)
            return
        span = "week" if self.week else "day"
        back = f"&day={day.isoformat()}" if day else ""
        self.go(f"/console/leaves?span={span}{back}&done=leave_decided")


class LeavesFileHandler(LeavesPage):
    """The list as an Excel file."""

    access = Access.STAFF
    right = Right.PEOPLE

    async def get(self) -> None:
        """Hand it over; that it was taken is noted."""
        self.send_file(
            *await export_leaves(
                self.ctx,
                self.acting,
                week=self.week,
                day=self.day,
                states=activity_phrases.LEAVE_STATES,
                kinds=activity_phrases.LEAVE_KINDS,
            )
        )
