"""Every job by its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from jobs import (
    activities,
    bindings,
    bridge,
    files,
    homework,
    notices,
    people,
    privacy,
    reviews,
    rollovers,
    rosters,
    tasklists,
)
from jobs.queue import Job
from services.activity_telling import FINISH_ACTIVITY
from services.bindings import CATCH_UP
from services.bridge_answers import CARRY
from services.circle_counting import count_circles
from services.claims import TELL
from services.deliveries import PUSH, sweep
from services.erasure import ERASE
from services.families import TELL_END
from services.family_files import BUILD
from services.homework_telling import FINISH
from services.imports import APPLY, TRY, tend_imports
from services.lapses import write_down_lapses
from services.leaves import TELL_LEAVE
from services.link_checks import check_links
from services.monitor_counting import count_weeks
from services.notices import CARRY_OUT
from services.overruns import CARRY_OUT_OVERRUN
from services.people import LEARN
from services.registration import keep_counting
from services.report_counting import count_reports
from services.resource_reminders import remind_reviewers
from services.retention import retain
from services.returns import tell_returns
from services.rings import tend_rings
from services.rollovers import ROLL_OVER
from services.safety_jobs import CHECK, SETTLE
from services.seats import tell_moved_of_all
from services.tasklist_telling import TELL_LIST, tell_tasklists
from services.thumbnails import DRAW
from services.uploads import tend_uploads
from services.use_counting import count_use
from services.weeks import tell_weeks

JOBS: Mapping[str, Job] = {
    CARRY_OUT: notices.carry_out,
    PUSH: notices.push,
    FINISH: homework.finish,
    FINISH_ACTIVITY: activities.finish,
    TELL_LEAVE: activities.tell_leave,
    CARRY_OUT_OVERRUN: homework.carry_out,
    TELL_LIST: tasklists.tell,
    CATCH_UP: bindings.catch_up,
    TELL: bindings.tell,
    TELL_END: bindings.tell_end,
    CARRY: bridge.carry,
    LEARN: people.learn_union,
    ERASE: privacy.erase,
    BUILD: privacy.build,
    TRY: rosters.try_roster,
    APPLY: rosters.apply_roster,
    SETTLE: reviews.settle,
    CHECK: reviews.check,
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
    "seats": (tell_moved_of_all, timedelta(minutes=1)),
    "tasklists": (tell_tasklists, timedelta(minutes=1)),
    "weeks": (tell_weeks, timedelta(minutes=1)),
    "rings": (tend_rings, timedelta(seconds=10)),
    "reviews": (reviews.tend, timedelta(seconds=30)),
    "links": (check_links, timedelta(minutes=1)),
    "resources": (remind_reviewers, timedelta(minutes=1)),
    "uploads": (tend_uploads, timedelta(minutes=1)),
    "registration": (keep_counting, timedelta(seconds=5)),
    "homework": (count_weeks, timedelta(seconds=5)),
    "reports": (count_reports, timedelta(seconds=5)),
    "use": (count_use, timedelta(seconds=5)),
    "circles": (count_circles, timedelta(minutes=1)),
}
