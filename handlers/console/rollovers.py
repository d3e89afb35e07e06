"""The new school year at a desk: the school before and after, the choices, a number to type, and the way back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from domain.errors import ConflictError, InvalidError
from domain.roles import Right
from domain.rollover_plans import (
    MOST_FOUNDED,
    borders_of,
    first_grades,
    leaving_grades,
    parse_choices,
    years_to_choose,
)
from domain.rollovers import (
    Plan,
    Rollover,
    Trouble,
    Way,
    deadline,
    is_pressing,
    opens_on,
    steps_of,
)
from domain.stages import stages_in_name
from handlers.base import Access
from handlers.console import rollover_words
from handlers.console.base import ConsoleHandler
from handlers.console.rollover_drawing import draw
from services.rollovers import (
    Outlook,
    access_plan,
    access_undoable,
    begin_rollover,
    describe_school,
    look_ahead,
    plan_key,
    save_plan,
    under_way,
    undo_rollover,
)

_LONGEST = 200
_MOST_VALUES = 60
_FIELDS = ("stages", "system", "year", "stays")
_PAGE = "/console/rollover"


class RolloverPage(ConsoleHandler):
    """What these pages share."""

    access = Access.STAFF
    right = Right.ROLL_OVER

    def form(self) -> dict[str, list[str]]:
        """The fields of these forms as they were sent."""
        return {
            name: [value[:_LONGEST] for value in self.get_body_arguments(name)[:_MOST_VALUES]]
            for name in self.request.body_arguments
            if name in _FIELDS or name.startswith(("intake_", "leave_"))
        }

    def show(self, outlook: Outlook, *, status: int = 200, **values: Any) -> None:
        """The page, as the school stands: what is missing, what would happen, how far it is, what was done."""
        plan, rollover = outlook.plan, outlook.open
        troubles = {o.trouble for o in plan.problems}
        leaving = leaving_grades(outlook.school, outlook.choices)
        self.page(
            "console/rollover.html",
            status=status,
            say=rollover_words,
            outlook=outlook,
            plan=plan,
            view=_view(outlook),
            troubles=troubles,
            drawing=None if plan.problems else draw(plan, outlook.school, leaving),
            counts=_counts(plan),
            rows=_rows(plan),
            steps=len(steps_of(rollover)) if rollover else 0,
            deadline=deadline(plan.year) if plan.year else None,
            pressing=bool(plan.year) and is_pressing(plan.year, outlook.today),
            opens_on=opens_on(plan.year) if plan.year else None,
            **{"problems": {}, "typed": {}, "banner": "", **_asked(outlook), **values},
        )


class RolloverHandler(RolloverPage):
    """The page itself."""

    async def get(self) -> None:
        """How it stands."""
        self.show(await look_ahead(self.ctx, self.acting))

    async def post(self) -> None:
        """Draw it with these choices, or write the plan down and go on to the second look."""
        form = self.form()
        outlook = await look_ahead(self.ctx, self.acting)
        try:
            choices = parse_choices(form, outlook.school)
        except InvalidError as error:
            wrong = rollover_words.problems(error)
            self.show(outlook, problems=wrong, typed=_typed(form), status=422)
            return
        if self.get_body_argument("action", "") == "draw":
            self.show(await look_ahead(self.ctx, self.acting, choices))
            return
        await save_plan(self.ctx, self.acting, choices)
        self.go(f"{_PAGE}/confirm")


class RolloverSchoolHandler(RolloverPage):
    """What kind of school it is, where nobody has said it."""

    async def post(self) -> None:
        """Note it."""
        form = self.form()
        try:
            await describe_school(self.ctx, self.acting, form)
        except InvalidError as error:
            outlook = await look_ahead(self.ctx, self.acting)
            said = {"stages": form.get("stages", []), "system": "".join(form.get("system", []))}
            self.show(
                outlook,
                problems=rollover_words.problems(error),
                kind=said | {"year": "".join(form.get("year", []))},
                status=422,
            )
            return
        self.go(_PAGE)


class RolloverConfirmHandler(RolloverPage):
    """The second look: what will happen, in words, and a number to type."""

    async def get(self) -> None:
        """Show it."""
        await self._show_plan(await access_plan(self.ctx, self.acting))

    async def post(self) -> None:
        """Begin."""
        rollover = await access_plan(self.ctx, self.acting)
        typed = self.get_body_argument("number", "")[:_LONGEST]
        plan_id = self.get_body_argument("plan", "")[:_LONGEST]
        try:
            await begin_rollover(self.ctx, self.acting, plan_id=plan_id, typed=typed)
        except InvalidError as error:
            wrong = rollover_words.problems(error)
            await self._show_plan(rollover, problems=wrong, typed=typed, status=422)
            return
        self.go(_PAGE)

    async def _show_plan(self, rollover: Rollover, *, status: int = 200, **values: Any) -> None:
        outlook = await look_ahead(self.ctx, self.acting, rollover.choices)
        if outlook.plan != rollover.plan:
            raise ConflictError("rollover_changed")
        self.page(
            "console/rollover_confirm.html",
            status=status,
            say=rollover_words,
            plan=rollover.plan,
            counts=_counts(rollover.plan),
            guardians=outlook.guardians,
            key=plan_key(rollover),
            **{"problems": {}, "typed": "", **values},
        )


class RolloverProgressHandler(RolloverPage):
    """Asked by the page while it runs."""

    async def get(self) -> None:
        """How far it is."""
        rollover = await under_way(self.ctx, self.acting)
        if rollover is None:
            self.data({"busy": False})
            return
        steps = len(steps_of(rollover))
        self.data({"busy": True, "step": min(rollover.step, steps), "steps": steps})


class RolloverUndoHandler(RolloverPage):
    """The way back, behind a page of its own."""

    async def get(self) -> None:
        """What undoing will do."""
        rollover = await access_undoable(self.ctx, self.acting)
        self.page(
            "console/rollover_undo.html",
            say=rollover_words,
            rollover=rollover,
            plan=rollover.plan,
            counts=_counts(rollover.plan),
        )

    async def post(self) -> None:
        """Take it back."""
        await undo_rollover(self.ctx, self.acting)
        self.go(_PAGE)


def _view(outlook: Outlook) -> str:
    if outlook.open is not None:
        return "busy" if outlook.open.busy else "done"
    troubles = {o.trouble for o in outlook.plan.problems}
    if Trouble.NO_CLASSES in troubles:
        return "blocked"
    if troubles & {Trouble.NO_STAGES, Trouble.NO_YEAR}:
        return "setup"
    if Trouble.DONE in troubles:
        return "ready"
    return "blocked" if troubles else "preview"


def _asked(outlook: Outlook) -> dict[str, Any]:
    """The choices as the form shows them, and what the page asks of a school it knows nothing of."""
    school, plan = outlook.school, outlook.plan
    founded: Mapping[int, int] = defaultdict(
        int, {g: sum(c.grade == g for c in plan.founded) for g in first_grades(school)}
    )
    guessed = school.stages or tuple(stages_in_name(school.name))
    return {
        "firsts": [(grade, founded[grade]) for grade in first_grades(school)],
        "borders": borders_of(school, outlook.choices),
        "most": MOST_FOUNDED,
        "years": years_to_choose(outlook.today),
        "kind": {
            "stages": [stage.value for stage in guessed],
            "system": school.system.value,
            "year": "",
        },
    }


def _typed(form: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: "".join(values) for name, values in form.items() if name.startswith("intake_")}


def _counts(plan: Plan) -> dict[str, int]:
    return {
        "up": len(plan.going(Way.UP)),
        "up_pupils": sum(m.pupils for m in plan.going(Way.UP)),
        "gone": len(plan.going(Way.GRADUATES)),
        "gone_pupils": plan.graduating_pupils,
        "arrived": len(plan.going(Way.ARRIVED)),
        "founded": len(plan.founded),
        "leaders": len(plan.leaders),
    }


def _rows(plan: Plan) -> list[tuple[str, str, int, Way]]:
    """Each class that is not over: its name now, its name then, its children, its way."""
    return [
        (m.before.name, m.after.name, m.pupils, m.way) for m in plan.moves if m.way is not Way.ENDED
    ]
