"""The duty rota at a desk: a week, putting somebody on, taking them off, and a week as the last one was."""

from __future__ import annotations

from datetime import date, timedelta

from domain.errors import ConflictError, InvalidError
from domain.roles import Right
from handlers.base import Access
from handlers.console.base import ConsoleHandler
from handlers.homework_phrases import weekday
from services.duty import add_shift, drop_shift, duty_week, repeat_week
from services.terms import school_day

_FIELDS = ("day", "start", "end", "person")
_PROBLEMS = {
    ("day", "not_a_time"): "请选一天",
    ("day", "in_the_past"): "这一天已经过去了",
    ("day", "too_far"): "最多排到半年以后",
    ("start", "not_a_time"): "请填开始的时间",
    ("end", "not_a_time"): "请填结束的时间",
    ("end", "before_start"): "结束要比开始晚；过了零点的请分两天填",
    ("person", "missing"): "请选一位教务老师或管理员",
}
_EVENING = {"start": "17:30", "end": "21:00", "person": ""}
_FULL = "这一天已经排满了"


class DutyPage(ConsoleHandler):
    """What these share: which week, and showing it."""

    def shown_day(self, text: str) -> date:
        """The day whose week is shown; what is no day is today."""
        try:
            return date.fromisoformat(text)
        except ValueError:
            return school_day(self.ctx.now())

    def week_of(self, day: date) -> str:
        """The address of a week."""
        return f"/console/duty?day={day.isoformat()}"

    async def show(
        self,
        day: date,
        *,
        form: dict[str, str] | None = None,
        problems: dict[str, str] | None = None,
        banner: str = "",
        status: int = 200,
    ) -> None:
        """The page."""
        today = school_day(self.ctx.now())
        self.page(
            "console/duty.html",
            status=status,
            view=await duty_week(self.ctx, self.acting, day),
            today=today,
            day=day.isoformat(),
            earlier=(day - timedelta(days=7)).isoformat(),
            later=(day + timedelta(days=7)).isoformat(),
            form=form or {**_EVENING, "day": max(day, today).isoformat()},
            problems=problems or {},
            banner=banner,
            weekday=weekday,
        )


class DutyHandler(DutyPage):
    """The week, and putting somebody on duty."""

    access = Access.STAFF
    right = Right.GROUPS

    async def get(self) -> None:
        """Show it."""
        await self.show(self.shown_day(self.get_query_argument("day", "")))

    async def post(self) -> None:
        """One more shift; a refused form comes back as it was typed."""
        form = {name: self.get_body_argument(name, "") for name in _FIELDS}
        day = self.shown_day(form["day"])
        try:
            await add_shift(self.ctx, self.acting, form)
        except InvalidError as error:
            problems = {
                name: _PROBLEMS.get((name, problem.code), "请检查这一项")
                for name, problem in error.fields.items()
            }
            await self.show(day, form=form, problems=problems, status=422)
        except ConflictError:
            await self.show(day, form=form, banner=_FULL, status=409)
        else:
            self.go(self.week_of(day) + "&done=duty_saved")


class DutyOffHandler(DutyPage):
    """Taking somebody off duty."""

    access = Access.STAFF
    right = Right.GROUPS

    async def post(self) -> None:
        """`id`."""
        await drop_shift(self.ctx, self.acting, self.get_body_argument("id", ""))
        self.go(self.week_of(self.shown_day(self.get_body_argument("day", ""))))


class DutyRepeatHandler(DutyPage):
    """A week as the one before."""

    access = Access.STAFF
    right = Right.GROUPS

    async def post(self) -> None:
        """`day`: one of the week to fill."""
        day = self.shown_day(self.get_body_argument("day", ""))
        added = await repeat_week(self.ctx, self.acting, day)
        done = "duty_repeated" if added else "duty_nothing"
        self.go(self.week_of(day) + f"&done={done}")
