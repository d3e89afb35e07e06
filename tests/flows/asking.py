"""A school that asks its families at random, for `test_right_answers`: driven through the services, a model beside it.

The model knows who is bound to whom at this moment, and in which class each child is. Whether somebody may answer, take
back, or look, it says; the program is asked only what it did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from domain.activities import Activity, QuestionDraft, QuestionKind
from domain.activity_changes import More
from domain.answers import Given, answer_id
from domain.bindings import Binding, BindingState, Custody, binding_id
from domain.errors import ConflictError, NotFoundError
from domain.roles import Appointment, Role, appointment_id
from domain.schools import School, SchoolClass, Student
from services.activities import (
    change_activity,
    draft_activity,
    move_deadline,
    publish_activity,
    withdraw_activity,
)
from services.activity_results import results_of, totals_of
from services.answers import access_asked, access_asked_for, answer_activity, withdraw_answer
from services.context import Context
from services.people import Teaching, access_teaching
from storage.documents import to_document
from tests.town import Town, pupil, school_class

ADULTS, CHILDREN = 4, 4
HEADS = 2  # one of each class; whoever comes after them is the office
_numbers = count(1)


@dataclass
class Asking:
    """One school; `bound` says by (adult, child) whether that adult may answer, `groups` in which class a child is."""

    ctx: Context
    school: School
    classes: list[SchoolClass] = field(default_factory=list)
    students: list[Student] = field(default_factory=list)
    bound: dict[tuple[int, int], bool] = field(default_factory=dict)
    groups: list[int] = field(default_factory=list)
    activities: list[str] = field(default_factory=list)
    authors: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def adult(self, who: int) -> str:
        """The person behind a number."""
        return f"{self.school.id}-adult-{who}"

    def staff(self, who: int) -> str:
        """A head teacher, or the office."""
        return f"{self.school.id}-staff-{who}"

    async def settle(self) -> None:
        """Two classes with a head teacher each, an office, four children."""
        stores = self.ctx.stores
        await stores.schools.save_school(self.school)
        self.classes = [school_class(n, self.school) for n in (1, 2)]
        await stores.schools.save_classes(self.classes)
        for number in range(CHILDREN):
            group = number % 2
            student, _ = pupil(self.classes[group], number + 1)
            self.students.append(student)
            self.groups.append(group)
            await self._save(student)
        for who in range(HEADS + 1):
            role = Role.OFFICE if who == HEADS else Role.HEAD_TEACHER
            where: dict[str, Any] = {} if who == HEADS else {"class_id": self.classes[who].id}
            key = appointment_id(role, self.staff(who), place_id=self.school.id, **where)
            await stores.appointments.save(
                Appointment(
                    id=key,
                    person_id=self.staff(who),
                    role=role,
                    name="王老师",
                    school_id=self.school.id,
                    **where,
                )
            )
        for number in range(CHILDREN):
            await self.bind(number, number, full=True)

    async def _save(self, student: Student) -> None:
        await self.ctx.stores.database["students"].replace_one(
            {"_id": student.id}, to_document(student), upsert=True
        )

    async def teaching(self, who: int) -> Teaching:
        """What somebody of the staff may act on."""
        return await access_teaching(self.ctx, self.staff(who))

    # ------------------------------------------------------------------------- families change

    async def bind(self, who: int, child: int, *, full: bool) -> None:
        """An adult is bound, may answer or may only read."""
        await self._write(who, child, BindingState.ACTIVE, full=full)
        self.bound[who, child] = full

    async def part(self, who: int, child: int) -> None:
        """They are bound no more."""
        if self.bound.pop((who, child), None) is not None:
            await self._write(who, child, BindingState.ENDED, full=True)

    async def _write(self, who: int, child: int, state: BindingState, *, full: bool) -> None:
        student = self.students[child].id
        binding = Binding(
            id=binding_id(student, self.adult(who)),
            school_id=self.school.id,
            student_id=student,
            person_id=self.adult(who),
            relation="妈妈",
            contact_id="",
            state=state,
            bound_at=self.ctx.now(),
            unsettled=False,
            custody=Custody.FULL if full else Custody.READ_ONLY,
        )
        await self.ctx.stores.database["bindings"].replace_one(
            {"_id": binding.id}, to_document(binding), upsert=True
        )

    async def move(self, child: int) -> None:
        """A child goes to the other class."""
        self.groups[child] = 1 - self.groups[child]
        group = self.classes[self.groups[child]]
        self.students[child] = replace(self.students[child], class_id=group.id)
        await self._save(self.students[child])

    # ------------------------------------------------------------------------------- asking

    async def publish(self, who: int, seats: Sequence[int], *, waits: bool, shows: bool) -> None:
        """The office asks both classes, a head teacher their own; by places, or (no seats) by words."""
        now = self.ctx.now()
        mine = self.classes if who == HEADS else [self.classes[who]]
        form = {
            "kind": "form",
            "per": "child",
            "title": "家长会预约",
            "body": "请选一个。",
            "closes_at": (now + timedelta(days=2)).isoformat(),
            "waits": "yes" if waits else "",
            "shows_totals": "yes" if shows else "",
        }
        options = tuple((f"时段{n}", places) for n, places in enumerate(seats or (0, 0)))
        question = QuestionDraft(
            kind=QuestionKind.CHOICE, text="哪个？", required=True, options=options
        )
        teaching = await self.teaching(who)
        draft = await draft_activity(
            self.ctx,
            teaching,
            form,
            [question],
            staff=False,
            class_ids=[c.id for c in mine],
            file_ids=[],
        )
        key = f"key-{next(_numbers)}"
        made = await publish_activity(self.ctx, teaching, draft, idempotency_key=key)
        self.activities.append(made.id)
        self.authors[made.id] = who

    async def found(self, which: int) -> Activity | None:
        """One of those that were published."""
        if not self.activities:
            return None
        return await self.ctx.stores.activities.find(self.activities[which % len(self.activities)])

    async def alter(self, which: int, who: int, act: str) -> None:
        """Its author closes it, opens it again, withdraws it, gives more places; anybody else may not."""
        activity = await self.found(which)
        if activity is None:
            return
        teaching = await self.teaching(who)
        try:
            if act == "close":
                await move_deadline(self.ctx, teaching, activity.id, "")
            elif act == "reopen":
                later = self.ctx.now() + timedelta(days=2)
                await move_deadline(self.ctx, teaching, activity.id, later.isoformat())
            elif act == "withdraw":
                await withdraw_activity(self.ctx, teaching, activity.id)
            else:
                await self._more(activity, teaching)
        except ConflictError:
            return  # it was over, or withdrawn
        except NotFoundError:
            assert who != self.authors[activity.id]
            assert await self.ctx.stores.activities.find(activity.id) == activity
            return
        assert who == self.authors[activity.id]
        self.counts[act] += 1

    async def _more(self, activity: Activity, teaching: Teaching) -> None:
        question = activity.questions[0]
        seats = {o.id: o.seats + 1 for o in question.options if o.seats}
        added = [(f"加的{next(_numbers)}", 1 if seats else 0)]
        form = {
            "title": activity.title,
            "body": activity.body,
            "closes_at": activity.closes_at.isoformat(),
        }
        await change_activity(
            self.ctx,
            teaching,
            activity.id,
            form,
            {question.id: More(seats=seats, options=added)},
            tells=False,
            seen=activity.version,
            key=f"key-{next(_numbers)}",
        )

    # ---------------------------------------------------------------------------- answering

    def is_asked(self, who: int, child: int, activity: Activity) -> bool:
        """Whether this adult sees the activity for this child at this moment."""
        group = self.classes[self.groups[child]].id
        return (who, child) in self.bound and group in activity.class_ids

    async def answer(self, who: int, child: int, which: int, option: int, *, back: bool) -> None:
        """Somebody tries to answer for a child, or to take that back: who may not changes nothing."""
        activity = await self.found(which)
        if activity is None:
            return
        before = await self.kept(activity)
        options = activity.questions[0].options
        given = Given(question_id="q0", option_ids=(options[option % len(options)].id,))
        student = self.students[child].id
        is_asked = self.is_asked(who, child, activity)
        may = is_asked and self.bound[who, child]
        refused = await self._try(activity, who, student, [given], back=back)
        if not refused:
            assert may
            assert activity.is_open(self.ctx.now())
            self.counts["taken back" if back else "answered"] += 1
            return
        self.counts["full" if refused == "full" else "refused"] += 1
        if refused == "full":  # what was written of it has no place, and counts as none
            assert may
            return
        assert await self.kept(activity) == before
        if refused == "not_found":
            has = answer_id(activity.id, student) in {a["_id"] for a in before[0]}
            assert not is_asked or (back and not has)
        elif refused == "may_only_read":
            assert not may
        else:
            assert not activity.is_open(self.ctx.now())

    async def _try(
        self, activity: Activity, who: int, student: str, given: Sequence[Given], *, back: bool
    ) -> str:
        """What the program says to it; empty when it was done."""
        try:
            asked = await access_asked_for(self.ctx, self.adult(who), activity.id, student)
            if back:
                await withdraw_answer(self.ctx, asked)
            else:
                await answer_activity(self.ctx, asked, given, key=f"key-{next(_numbers)}")
        except (NotFoundError, ConflictError) as refusal:
            return refusal.code
        return ""

    async def kept(self, activity: Activity) -> tuple[list[Mapping[str, Any]], Any]:
        """Every answer to it, and its places."""
        database = self.ctx.stores.database
        answers = await database["answers"].find({"activity_id": activity.id}).to_list(None)
        return sorted(answers, key=lambda a: str(a["_id"])), await database["seats"].find_one(
            {"_id": activity.id}
        )

    # ------------------------------------------------------------------------------ looking

    async def look(self, who: int, which: int) -> None:
        """An adult opens it: they see it for their children alone, and numbers only where they are shown."""
        activity = await self.found(which)
        if activity is None:
            return
        mine = {self.students[c].id for c in range(CHILDREN) if self.is_asked(who, c, activity)}
        try:
            found = await access_asked(self.ctx, self.adult(who), activity.id)
        except NotFoundError:
            assert not mine
            return
        assert {a.child.student.id for a in found if a.child} == mine
        for asked in found:
            assert asked.answer is None or asked.answer.student_id in mine
        totals = await totals_of(self.ctx, activity, found[0].seats)
        assert bool(totals) is activity.shows_totals
        self.counts["looked"] += 1

    async def read_results(self, who: int, which: int) -> None:
        """Somebody of the staff asks what came in: it is told to whoever published it."""
        activity = await self.found(which)
        if activity is None:
            return
        teaching = await self.teaching(who)
        try:
            results = await results_of(self.ctx, teaching, activity.id)
        except NotFoundError:
            assert who != self.authors[activity.id]
            self.counts["not shown"] += 1
            return
        assert who == self.authors[activity.id]
        here = {
            self.students[c].id
            for c in range(CHILDREN)
            if self.classes[self.groups[c]].id in activity.class_ids
        }
        assert {line.subject_id for line in results.lines} == here
        self.counts["results"] += 1

    async def check(self) -> None:
        """No place is given twice, nobody has two, and whoever has one has answered."""
        for activity_id in self.activities:
            seats = await self.ctx.stores.seats.find(activity_id)
            if seats is None:
                continue
            subjects = [h.subject_id for h in (*seats.holders, *seats.waiting)]
            assert len(set(subjects)) == len(subjects)
            taken = Counter(h.option_id for h in seats.holders)
            assert all(taken[p.option_id] <= p.seats for p in seats.places)
            assert set(taken) <= {p.option_id for p in seats.places}
            answers = await self.ctx.stores.answers.many(
                answer_id(activity_id, s) for s in subjects
            )
            assert len(answers) == len(subjects)


async def settle(town: Town) -> Asking:
    """A school of its own in the town; nothing runs by itself."""
    mark = next(_numbers)
    school = School(id=f"asking-{mark:04d}", name="青禾小学")

    async def nothing(
        name: str, payload: Mapping[str, Any], *, key: str, at: datetime | None = None
    ) -> None:
        """In place of the queue."""

    asking = Asking(replace(town.ctx, enqueue=nothing), school)
    await asking.settle()
    return asking
