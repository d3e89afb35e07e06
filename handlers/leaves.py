"""Leave in WeChat's browser: asked by a guardian, decided about by a head teacher."""

from __future__ import annotations

from domain.errors import ConflictError, InvalidError
from domain.leaves import Half, LeaveKind, span_text, usual_day
from domain.roles import Right
from handlers import activity_phrases, leave_phrases, phrases
from handlers.base import Access, PageHandler, status_of
from handlers.writing import key_with
from services.leaves import (
    ask_leave,
    decide_leave,
    leaves_of_classes,
    leaves_of_guardian,
    withdraw_leave,
)
from services.people import children_of
from services.terms import school_day


class LeavesHandler(PageHandler):
    """Leave of my children: asking, and what became of it."""

    access = Access.VISITOR

    async def get(self) -> None:
        """The newest first."""
        await self._show()

    async def post(self) -> None:
        """Ask for `child`."""
        names = ("kind", "first", "first_half", "last", "last_half", "reason")
        form = {name: self.get_body_argument(name, "") for name in names}
        child = self.get_body_argument("child", "")
        key = key_with(
            self.get_body_argument("key", "") or self.ctx.new_id(), child, *form.values()
        )
        try:
            await ask_leave(self.ctx, self.session.person_id, child, form, file_ids=(), key=key)
        except (ConflictError, InvalidError) as error:
            await self._show(form=form, child=child, refused=error)
            return
        self.go("/h5/leaves?done=leave_asked")

    async def _show(
        self,
        *,
        form: dict[str, str] | None = None,
        child: str = "",
        refused: ConflictError | InvalidError | None = None,
    ) -> None:
        person_id, now = self.session.person_id, self.ctx.now()
        children = await children_of(self.ctx, person_id)
        day = str(usual_day(now))
        usual = {"kind": "sick", "first": day, "last": day, "last_half": "pm"}
        problems = phrases.field_messages(refused)
        if isinstance(
            refused, ConflictError
        ):  # what was typed stays, also where the days are taken
            problems = {"last": phrases.error_message(refused.code)}
        self.page(
            "h5/leaves.html",
            status=(status_of(refused) or 422) if refused else 200,
            leaves=await leaves_of_guardian(self.ctx, person_id),
            children=[c for c in children if c.binding.may_confirm],
            child=child,
            form=form or usual,
            problems=problems,
            kinds={kind: activity_phrases.LEAVE_KINDS[kind] for kind in LeaveKind},
            halves={Half.AM: "上午", Half.PM: "下午"},
            states=activity_phrases.LEAVE_STATES,
            span=span_text,
            today=school_day(now),
            key=self.ctx.new_id(),
        )


class WithdrawLeaveHandler(PageHandler):
    """The child comes after all."""

    access = Access.VISITOR

    async def post(self, leave_id: str) -> None:
        """Take it back."""
        await withdraw_leave(self.ctx, self.session.person_id, leave_id)
        self.go("/h5/leaves?done=leave_withdrawn")


class TeachLeavesHandler(PageHandler):
    """Leave in my classes: one tap decides."""

    access = Access.STAFF
    right = Right.LEAVES

    async def get(self) -> None:
        """What waits first."""
        await self._show()

    async def post(self) -> None:
        """`action`: approve or refuse, with a `reply` if there is one."""
        approve = self.get_body_argument("action", "") == "approve"
        key, reply = self.get_body_argument("leave", ""), self.get_body_argument("reply", "")
        try:
            await decide_leave(self.ctx, self.teaching, key, approve=approve, reply=reply)
        except InvalidError as error:
            told = phrases.field_messages(error)["reply"]
            await self._show(key=key, reply=reply, problem=told, status=422)
            return
        except (
            ConflictError
        ) as error:  # decided or taken back while this page lay open: as it is now
            told = phrases.error_message(error.code)
            told = activity_phrases.LEAVE_CHANGED if error.code == "conflict" else told
            await self._show(key=key, problem=told, status=409)
            return
        self.go("/h5/teach/leaves?done=leave_decided")

    async def _show(
        self, *, key: str = "", reply: str = "", problem: str = "", status: int = 200
    ) -> None:
        self.page(
            "h5/teach_leaves.html",
            status=status,
            leaves=await leaves_of_classes(self.ctx, self.teaching),
            kinds=activity_phrases.LEAVE_KINDS,
            states=activity_phrases.LEAVE_STATES,
            span=span_text,
            says=leave_phrases.leave_says,
            why=leave_phrases.leave_reason,
            own_leave=activity_phrases.ERRORS["own_leave"],
            refused=key,
            reply=reply,
            problem=problem,
        )
