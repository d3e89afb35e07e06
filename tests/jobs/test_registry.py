"""Every job is known by the name that services enqueue it under, and takes what they hand it."""

import inspect
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from jobs.registry import JOBS, REGULAR_JOBS
from services.activity_telling import FINISH_ACTIVITY
from services.bindings import CATCH_UP
from services.bridge_answers import CARRY
from services.claims import TELL
from services.deliveries import PUSH
from services.erasure import ERASE
from services.families import TELL_END
from services.family_files import BUILD
from services.homework_telling import FINISH
from services.imports import APPLY, TRY
from services.leaves import TELL_LEAVE
from services.notices import CARRY_OUT
from services.overruns import CARRY_OUT_OVERRUN
from services.people import LEARN
from services.rollovers import ROLL_OVER
from services.safety_jobs import CHECK, SETTLE
from services.tasklist_telling import TELL_LIST
from services.thumbnails import DRAW

PAYLOADS = {
    LEARN: {"person_id"},
    DRAW: {"file_id"},
    CARRY_OUT: {"notice_id"},
    PUSH: {"notice_id", "class_id"},
    FINISH: {"homework_id"},
    FINISH_ACTIVITY: {"activity_id"},
    TELL_LEAVE: {"leave_id"},
    TELL_LIST: {"list_id"},
    CARRY_OUT_OVERRUN: {"overrun_id"},
    CATCH_UP: {"binding_id"},
    TELL: {"claim_id"},
    TELL_END: {"binding_id"},
    ERASE: set(),
    CARRY: {"thread_id"},
    BUILD: {"file_id"},
    TRY: {"import_id"},
    APPLY: {"import_id"},
    SETTLE: {"review_id"},
    CHECK: {"review_id"},
    ROLL_OVER: {"rollover_id"},
}


def test_every_name_has_its_job() -> None:
    assert set(JOBS) == set(PAYLOADS)
    assert not set(JOBS) & set(REGULAR_JOBS)


@pytest.mark.parametrize("name", JOBS)
def test_a_job_takes_ids_and_nothing_else(name: str) -> None:
    first, *others = inspect.signature(JOBS[name]).parameters.values()
    assert first.name == "ctx"
    assert {parameter.name for parameter in others} == PAYLOADS[name]
    assert all(parameter.annotation == "str" for parameter in others)


@pytest.mark.parametrize("name", REGULAR_JOBS)
def test_a_regular_job_needs_nothing_but_the_context(name: str) -> None:
    job: Callable[..., Awaitable[None]]
    job, every = REGULAR_JOBS[name]
    assert list(inspect.signature(job).parameters) == ["ctx"]
    assert timedelta(seconds=1) <= every <= timedelta(minutes=1)
