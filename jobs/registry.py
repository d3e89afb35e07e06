"""Every job by its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from jobs import bindings, files, homework, notices, people, privacy, rollovers, rosters
from jobs.queue import Job
from services.bindings import CATCH_UP
from services.claims import TELL
from services.deliveries import PUSH, sweep
from services.erasure import ERASE
from services.families import TELL_END
from services.family_files import BUILD
from services.homework_telling import FINISH
from services.imports import APPLY, TRY, tend_imports
from services.lapses import write_down_lapses
from services.monitor_counting import count_weeks
from services.notices import CARRY_OUT
from services.overruns import CARRY_OUT_OVERRUN
from services.people import LEARN
from services.registration import keep_counting
from services.retention import retain
from services.returns import tell_returns
from services.rollovers import ROLL_OVER
from services.thumbnails import DRAW
from services.uploads import tend_uploads
from services.weeks import tell_weeks

JOBS: Mapping[str, Job] = {
    CARRY_OUT: notices.carry_out,
    PUSH: notices.push,
    FINISH: homework.finish,
    CARRY_OUT_OVERRUN: homework.carry_out,
    CATCH_UP: bindings.catch_up,
    TELL: bindings.tell,
    TELL_END: bindings.tell_end,
    LEARN: people.learn_union,
    ERASE: privacy.erase,
    BUILD: privacy.build,
    TRY: rosters.try_roster,
    APPLY: rosters.apply_roster,
    ROLL_OVER: rollovers.run,
    DRAW: files.draw,
}
REGULAR_JOBS: Mapping[str, tuple[Job, timedelta]] = {
    "sweep": (sweep, timedelta(seconds=10)),
    "lapses": (write_down_lapses, timedelta(seconds=30)),
    "privacy": (privacy.tend, timedelta(minutes=1)),
    "imports": (tend_imports, timedelta(seconds=15)),
    "retention": (retain, timedelta(minutes=1)),
    "returns": (tell_returns, timedelta(minutes=1)),
    "weeks": (tell_weeks, timedelta(minutes=1)),
    "uploads": (tend_uploads, timedelta(minutes=1)),
    "registration": (keep_counting, timedelta(seconds=5)),
    "homework": (count_weeks, timedelta(seconds=5)),
}
