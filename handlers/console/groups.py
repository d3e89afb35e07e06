"""Groups at a desk: how they may talk and how each does, the research groups, and the parents' committee."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from urllib.parse import quote

from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.groups import GroupKind, Mode, parse_until
from domain.roles import Right
from domain.subjects import subject_name, subjects_of
from handlers.base import Access
from handlers.console import group_words, words
from handlers.console.base import ConsoleHandler
from services.group_desk import GroupDesk, group_desk
from services.group_rules import (
    change_rules,
    end_enrolment,
    enrol_guardian,
    enrol_teacher,
    set_research,
    set_talk,
)

_LONGEST = 500
_MOST = 60

Form = dict[str, Any]


class GroupsPage(ConsoleHandler):
    """What the forms of the page share: it is one page, and a refused form comes back in its place there."""

    access = Access.STAFF
    right = Right.GROUPS

    def word(self, name: str) -> str:
        """A field of the form."""
        return self.get_body_argument(name, "")[:_LONGEST]

    def ticked(self, name: str) -> list[str]:
        """All that was ticked of a field."""
        return [one[:_LONGEST] for one in self.get_body_arguments(name)[:_MOST]]

    def seen(self) -> int:
        """The version of the school's rules that was looked at; -1 for none."""
        text = self.word("seen")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    def required(self, name: str) -> str:
        """A field that has to be chosen. Raises InvalidError."""
        text = self.word(name)
        if not text:
            raise InvalidError({name: Problem("missing")})
        return text

    async def settle(self, act: Awaitable[Any], section: str, form: Form, done: str) -> None:
        """Do it and go on to the page, or show the page with the form as it was sent."""
        class_id = str(form.get("class", ""))
        try:
            await act
        except InvalidError as error:
            await self.show(class_id, section, form, problems=group_words.problems(error))
        except ConflictError as error:
            banner = group_words.conflict(error.code)
            await self.show(class_id, section, form, banner=banner, status=409)
        else:
            where = f"class={quote(class_id, safe='')}&" if class_id else ""
            self.go(f"/console/groups?{where}done={done}")

    async def show(
        self,
        class_id: str,
        section: str = "",
        form: Form | None = None,
        *,
        problems: dict[str, str] | None = None,
        banner: str = "",
        status: int = 200,
    ) -> None:
        """The page; `form` is what was sent in `section`."""
        desk = await group_desk(self.ctx, self.acting, class_id)
        school = self.acting.school
        local = school.rules.local_subjects if school else ()
        self.page(
            "console/groups.html",
            status=422 if problems else status,
            desk=desk,
            forms_of=_forms(desk) | ({section: form} if form is not None else {}),
            section=section,
            wrong=problems or {},
            banner=banner or (words.FORM_REFUSED if problems else ""),
            subjects=subjects_of(school.stages, local) if school else (),
            subject=lambda code: subject_name(code, local),
            modes=list(Mode),
            told=group_words,
        )


def _forms(desk: GroupDesk) -> dict[str, Form]:
    """What every form of the page holds before anybody has typed."""
    rules = desk.rules
    found: dict[str, Form] = {
        "rules": {
            "allowed": [f"{k}:{m}" for k in GroupKind for m in rules.allowed_in(k)],
            "grade_guardians": rules.grade_guardians,
            "research_choice": rules.research_choice,
        },
        "talk": {"group": "", "mode": ""},
        "committee": {"guardian": "", "leads": False, "until": ""},
    }
    for one in desk.research:
        found[f"research:{one.group.id}"] = {
            "name": one.group.name,
            "subjects": list(one.group.subjects),
        }
        found[f"teachers:{one.group.id}"] = {"person": "", "leads": False}
    return found


class GroupsHandler(GroupsPage):
    """The page."""

    async def get(self) -> None:
        """Show it; `class` is the one whose guardians are offered for the committee."""
        await self.show(self.get_query_argument("class", "")[:_LONGEST])


class RulesHandler(GroupsPage):
    """What holds for whole kinds of groups."""

    async def post(self) -> None:
        """Save it."""
        form: Form = {
            "allowed": self.ticked("allowed"),
            "grade_guardians": self.word("grade_guardians") == "yes",
            "research_choice": self.word("research_choice") == "yes",
        }
        await self.settle(self._save(form), "rules", form, "group_rules_saved")

    async def _save(self, form: Form) -> None:
        allowed: dict[str, list[str]] = {kind.value: [] for kind in GroupKind}
        for pair in form["allowed"]:
            kind, _, mode = pair.partition(":")
            allowed.setdefault(kind, []).append(mode)
        await change_rules(
            self.ctx,
            self.acting,
            allowed=allowed,
            grade_guardians=form["grade_guardians"],
            research_choice=form["research_choice"],
            seen=self.seen(),
        )


class TalkHandler(GroupsPage):
    """How one group talks."""

    async def post(self) -> None:
        """Save it; `usual` is how its kind does."""
        form: Form = {"group": self.word("group"), "mode": self.word("mode")}
        await self.settle(self._save(), "talk", form, "group_saved")

    async def _save(self) -> None:
        group_id, mode = self.required("group"), self.required("mode")
        chosen = "" if mode == "usual" else mode
        await set_talk(self.ctx, self.acting, group_id, chosen, seen=self.seen())


class ResearchHandler(GroupsPage):
    """What a research group is called, and which subjects make somebody a member."""

    async def post(self) -> None:
        """Save it."""
        form: Form = {"name": self.word("name"), "subjects": self.ticked("subjects")}
        await self.settle(self._save(form), f"research:{self.word('group')}", form, "group_saved")

    async def _save(self, form: Form) -> None:
        await set_research(self.ctx, self.acting, self.word("group"), seen=self.seen(), **form)


class TeacherHandler(GroupsPage):
    """Putting somebody of the staff into a research group."""

    async def post(self) -> None:
        """Do it; somebody who is there already leads it from now on, or no more."""
        form: Form = {"person": self.word("person"), "leads": self.word("leads") == "yes"}
        await self.settle(self._save(form), f"teachers:{self.word('group')}", form, "group_joined")

    async def _save(self, form: Form) -> None:
        person, group_id = self.required("person"), self.word("group")
        await enrol_teacher(self.ctx, self.acting, group_id, person, leads=form["leads"])


class CommitteeHandler(GroupsPage):
    """Appointing a guardian to the parents' committee."""

    async def post(self) -> None:
        """Do it; `guardian` is a child and a person who is bound to it."""
        form: Form = {
            "class": self.word("class"),
            "guardian": self.word("guardian"),
            "leads": self.word("leads") == "yes",
            "until": self.word("until"),
        }
        await self.settle(self._save(form), "committee", form, "group_joined")

    async def _save(self, form: Form) -> None:
        until = parse_until(form["until"], self.ctx.now())
        desk = await group_desk(self.ctx, self.acting, form["class"])
        chosen = self.required("guardian")
        bindings = [ward.binding for ward in desk.wards if ward.binding.id == chosen]
        if not bindings:
            raise NotFoundError
        await enrol_guardian(
            self.ctx,
            self.acting,
            bindings[0].student_id,
            bindings[0].person_id,
            leads=form["leads"],
            until=until,
        )


class EndHandler(GroupsPage):
    """Somebody is no more where the office had put them."""

    async def post(self) -> None:
        """End it; sent twice is once."""
        await end_enrolment(self.ctx, self.acting, self.word("enrolment"))
        self.go("/console/groups?done=group_left")
