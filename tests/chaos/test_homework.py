"""Forty teachers publish at once to two web processes, and one of these is killed in the middle of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.roles import Appointment, Role
from domain.times import SCHOOL_ZONE
from services.bearers import start_bearer
from services.boards import board_of
from services.deliveries import sweep
from services.homework_telling import FINISH, finish_homework
from tests.chaos.pair import Pair, open_pair
from tests.services.test_homework_deaths import check_agreement
from tests.town import SCHOOL, school_class

pytestmark = pytest.mark.chaos

CLASS = school_class(1)
TEACHERS = 40
MINUTES = 10
FITS = 6  # of ten minutes each, in grade 3


class Two(Pair):
    """Forty teachers at two processes."""

    async def publish(self, number: int, base: str, *, form: str = "first") -> str:
        """One teacher's request; what came of it, `gone` when the server was. Another `form` is another homework."""
        day = self.here.ctx.now().astimezone(SCHOOL_ZONE).date().isoformat()
        body: dict[str, Any] = {
            "subject": "maths",
            "class_ids": [CLASS.id],
            "text": f"第 {number} 位老师的作业",
            "minutes": MINUTES,
            "written": True,
            "day": day,
        }
        key = f"key-of-teacher-{number:02d}-{form}"
        found = await self.post(number, f"{base}/api/v1/teaching/homework", body, key=key)
        return str(found["data"]["state"]) if "data" in found else str(found["error"]["code"])

    async def heal(self) -> None:
        """What the sweep finds once a dead process is taken for dead, done as a worker does it."""
        lease = self.ctx.policy.lease + timedelta(seconds=1)
        later = replace(self.ctx, now=lambda: self.ctx.now() + lease)
        found: list[str] = []

        async def enqueue(name: str, payload: Any, **_: Any) -> None:
            if name == FINISH:
                found.append(payload["homework_id"])

        await sweep(replace(later, enqueue=enqueue))
        for homework_id in found:
            await finish_homework(later, homework_id)

    async def check(self, published: int) -> None:
        """Budget, database and board say the same."""
        await check_agreement(self.ctx)
        (board,) = [
            one
            for one in (await board_of(self.ctx, SCHOOL.id)).classes
            if one.school_class.id == CLASS.id
        ]
        kept = await self.ctx.stores.database["homework"].count_documents({"state": "published"})
        assert kept == len(board.lines) == published
        assert board.load.total == published * MINUTES <= 60


@pytest.fixture
async def two(
    mongodb_uri: str, redis_url: str, database_name: str, tmp_path: Path
) -> AsyncIterator[Two]:
    async with open_pair(Two, mongodb_uri, redis_url, database_name, tmp_path) as opened:
        stores = opened.ctx.stores
        await stores.ensure_indexes()
        await stores.schools.save_school(SCHOOL)
        await stores.schools.save_classes([CLASS])
        for number in range(TEACHERS):
            person = f"teacher-{number}"
            await stores.appointments.save(
                Appointment(
                    id=f"{CLASS.id}:subject_teacher-maths:{person}",
                    person_id=person,
                    role=Role.SUBJECT_TEACHER,
                    name=f"老师{number}",
                    school_id=SCHOOL.id,
                    class_id=CLASS.id,
                    subject="maths",
                )
            )
            bearer = await start_bearer(opened.ctx, person, f"openid-{number}")
            opened.tokens.append(bearer.access)
        yield opened


async def test_over_two_processes_the_budget_holds_exactly(two: Two) -> None:
    bases = [await two.serve("one"), await two.serve("other")]
    answers = await asyncio.gather(*(two.publish(n, bases[n % 2]) for n in range(TEACHERS)))
    assert answers.count("published") == FITS
    assert answers.count("unpublished") == TEACHERS - FITS
    await two.check(FITS)


@pytest.mark.parametrize("last", [2, 9, 21])
async def test_one_dies_in_between_and_nothing_is_lost_nor_overrun(two: Two, last: int) -> None:
    bases = [await two.serve("mortal", last=last), await two.serve("other")]
    answers = await asyncio.gather(*(two.publish(n, bases[n % 2]) for n in range(TEACHERS)))
    assert "gone" in answers
    await two.heal()
    kept = await two.ctx.stores.database["homework"].count_documents({"state": "published"})
    assert answers.count("published") <= kept <= FITS
    await two.check(kept)
    # Whatever the dead one had reserved is free again: of what others write now, exactly the rest fits.
    others = [n for n in range(TEACHERS) if answers[n] != "published"]
    late = [await two.publish(number, bases[1], form="second") for number in others]
    assert late.count("published") == FITS - kept
    await two.check(FITS)
