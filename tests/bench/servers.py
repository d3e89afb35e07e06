"""Processes and people for benches: engines, servers on free ports, a school with any number of guardians."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from app import now
from domain.bindings import BindingState
from domain.roles import Appointment, Role
from domain.schools import Roster
from services.context import Context
from tests.town import SCHOOL, pupil, school_class

TEACHER = "bench-teacher"
_CLASS_SIZE = 500


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: Sequence[str], environment: dict[str, str]) -> Iterator[None]:
    """A server process, ready."""
    child = subprocess.Popen(
        [sys.executable, *command], env=os.environ | environment, stdout=subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        if not child.stdout.readline().startswith(b"ready"):
            raise RuntimeError(f"{command} did not start")
        yield
    finally:
        child.terminate()
        child.wait()


async def settle_school(ctx: Context, app_id: str, openids: Sequence[str]) -> list[str]:
    """A school with one child, one bound and following guardian for each openid; returns its class ids."""
    database, at = ctx.stores.database, now()
    await ctx.stores.ensure_indexes()
    groups = [school_class(n + 1) for n in range((len(openids) + _CLASS_SIZE - 1) // _CLASS_SIZE)]
    pupils = [pupil(groups[n // _CLASS_SIZE], n % _CLASS_SIZE + 1) for n in range(len(openids))]
    await ctx.stores.schools.save_roster(
        Roster(
            school=SCHOOL,
            classes=tuple(groups),
            students=tuple(student for student, _ in pupils),
            contacts=tuple(contact for _, contact in pupils),
            appointments=tuple(
                Appointment(
                    id=f"{group.id}:head_teacher",
                    school_id=SCHOOL.id,
                    class_id=group.id,
                    person_id=TEACHER,
                    role=Role.HEAD_TEACHER,
                    name="王老师",
                )
                for group in groups
            ),
        )
    )
    for start in range(0, len(openids), 1000):
        some = range(start, min(start + 1000, len(openids)))
        await database["identities"].insert_many(
            [
                {
                    "_id": f"{app_id}:{openids[n]}",
                    "app_id": app_id,
                    "openid": openids[n],
                    "person_id": f"person-{n:06d}",
                    "created_at": at,
                    "following": True,
                    "window_left": 0,
                }
                for n in some
            ]
        )
        await database["bindings"].insert_many(
            [
                {
                    "_id": f"{pupils[n][0].id}:person-{n:06d}",
                    "school_id": SCHOOL.id,
                    "student_id": pupils[n][0].id,
                    "person_id": f"person-{n:06d}",
                    "relation": "妈妈",
                    "contact_id": pupils[n][1].id,
                    "state": BindingState.ACTIVE,
                    "bound_at": at,
                    "unsettled": False,
                }
                for n in some
            ]
        )
    return [group.id for group in groups]
