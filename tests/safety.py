"""Words of people, as the tests of safety need them: a room of its own that keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

from domain.errors import NotFoundError
from domain.roles import Appointment, Right, Role
from domain.safety import Author, Kind, Outcome, Spot, Subject, Verdict, Writing
from domain.schools import SchoolClass
from services.context import Context
from services.people import Teaching, access_teaching
from services.safety import judge
from services.safety_subjects import SUBJECTS, SubjectRoom

BAD = "谁要加微信领取资料"  # held by the list that comes with the program
WORSE = "包赢，快来下注"  # refused


@dataclass
class Wall:
    """A place where people write, as a noun of the program would keep it."""

    school_class: SchoolClass
    shown: dict[str, Outcome] = field(default_factory=dict)
    written: dict[str, Writing] = field(default_factory=dict)
    settled: list[tuple[str, Outcome]] = field(default_factory=list)

    def writing(self, number: int, text: str = BAD, *, by: str = "guardian-1") -> Writing:
        """Something somebody writes, by number."""
        return Writing(
            subject=Subject(Kind.MESSAGE, f"m-{number}"),
            author=Author(by, f"{by}的家长"),
            spot=Spot(self.school_class.school_id, self.school_class.id, "thread:1"),
            text=text,
        )

    async def write(self, ctx: Context, writing: Writing) -> Verdict:
        """As every noun does it: judged, then kept with what was found."""
        verdict = (await judge(ctx, writing)).accepted()
        self.written[writing.subject.id] = writing
        self.shown[writing.subject.id] = verdict.outcome
        return verdict

    async def settle(self, ctx: Context, subject_id: str, outcome: Outcome) -> None:
        """A decision arrives."""
        self.settled.append((subject_id, outcome))
        if subject_id in self.shown:
            self.shown[subject_id] = outcome

    async def show(self, ctx: Context, person_id: str, subject_id: str) -> Writing:
        """As anybody but a stranger sees it."""
        if subject_id not in self.written or person_id.startswith("stranger"):
            raise NotFoundError
        return self.written[subject_id]


@contextmanager
def on_a_wall(school_class: SchoolClass) -> Iterator[Wall]:
    """Messages are kept on a wall."""
    wall = Wall(school_class)
    with patch.dict(SUBJECTS, {Kind.MESSAGE: SubjectRoom(wall.settle, wall.show)}):
        yield wall


async def staff(ctx: Context, key: str, role: Role, school_id: str, class_id: str = "") -> Teaching:
    """Somebody of the school who may decide."""
    await ctx.stores.appointments.save(
        Appointment(
            id=f"{class_id or school_id}:{role}:{key}",
            person_id=key,
            role=role,
            name=f"{key}老师",
            school_id=school_id,
            class_id=class_id,
        )
    )
    return await access_teaching(ctx, key, Right.MODERATE)
