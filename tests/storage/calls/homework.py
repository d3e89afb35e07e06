"""Homework, evenings, handing in, the mistakes book, the monitor, reports."""

from collections.abc import Awaitable, Callable
from typing import Any

from domain.mistakes import Review
from storage.evenings import EveningStore
from storage.homework import HomeworkStore
from storage.mistakes import MistakeStore
from storage.monitors import MonitorStore
from storage.overruns import OverrunStore
from storage.practice import PracticeStore
from storage.reports import ReportStore
from storage.submissions import SubmissionStore
from storage.timings import TimingStore
from tests.domain.samples import NOW, an_evening
from tests.domain.work_samples import (
    a_mark,
    a_mistake,
    a_school_report,
    a_submission,
    a_version,
    an_outline,
)

STORES: dict[str, type] = {
    "evenings": EveningStore,
    "homework": HomeworkStore,
    "mistakes": MistakeStore,
    "practice": PracticeStore,
    "monitors": MonitorStore,
    "overruns": OverrunStore,
    "reports": ReportStore,
    "submissions": SubmissionStore,
    "timings": TimingStore,
}


CALLS: dict[str, Callable[[Any], Awaitable[object]]] = {
    "evenings.many": lambda s: s.many(["c:2026-11-24"]),
    "evenings.of_day": lambda s: s.of_day("school-a", NOW.date()),
    "evenings.mark_changed": lambda s: s.mark_changed(an_evening(version=1)),
    "evenings.of_days": lambda s: s.of_days("school-a", NOW.date(), NOW.date()),
    "homework.find": lambda s: s.find("h"),
    "homework.many": lambda s: s.many(["h"]),
    "homework.page_of_author": lambda s: s.page_of_author(
        "school-a", "t", before="9", at=NOW, limit=20
    ),
    "homework.unfinished": lambda s: s.unfinished(NOW),
    "mistakes.find": lambda s: s.find("m"),
    "mistakes.many": lambda s: s.many(["m"]),
    "mistakes.page": lambda s: s.page("school-a", "s", "maths", before="9", at=NOW, limit=20),
    "mistakes.due": lambda s: s.due("school-a", "s", NOW.date(), 20),
    "mistakes.mark_reviewed": lambda s: s.mark_reviewed(
        a_mistake(), Review(id="r", day=NOW.date(), right=True), None
    ),
    "mistakes.set_words": lambda s: s.set_words("m", note="", knowledge="", cause="unknown"),
    "mistakes.drop": lambda s: s.drop("m"),
    "mistakes.of_student": lambda s: s.of_student("school-a", "s"),
    "mistakes.old": lambda s: s.old(NOW, 20),
    "practice.find": lambda s: s.find("p"),
    "practice.of_class": lambda s: s.of_class("school-a", "c"),
    "practice.drop": lambda s: s.drop("p"),
    "monitors.mark": lambda s: s.mark("school-a", NOW.date(), "stamp"),
    "monitors.marks": lambda s: s.marks(10),
    "monitors.class_weeks": lambda s: s.class_weeks("school-a", NOW.date(), NOW.date()),
    "monitors.school_weeks": lambda s: s.school_weeks(["school-a"], [NOW.date()]),
    "overruns.find": lambda s: s.find("o"),
    "overruns.waiting_in_school": lambda s: s.waiting_in_school("school-a"),
    "overruns.of_homework": lambda s: s.of_homework("school-a", "h"),
    "overruns.untold": lambda s: s.untold(NOW),
    "reports.mark": lambda s: s.mark("h", "stamp"),
    "reports.mark_week": lambda s: s.mark_week("school-a", NOW.date(), "stamp"),
    "reports.marks": lambda s: s.marks(10),
    "reports.keep_lines": lambda s: s.keep_lines([], ["h:c"]),
    "reports.lines_of_class": lambda s: s.lines_of_class("school-a", "c", NOW.date(), NOW.date()),
    "reports.keep_class": lambda s: s.keep_class("c:2026-11-23", None),
    "reports.class_reports": lambda s: s.class_reports("school-a", NOW.date(), NOW.date()),
    "reports.keep_school": lambda s: s.keep_school(a_school_report()),
    "reports.school_reports": lambda s: s.school_reports(["school-a"], [NOW.date()]),
    "submissions.find": lambda s: s.find("h:s"),
    "submissions.many": lambda s: s.many(["h:s"]),
    "submissions.mark_handed_in": lambda s: s.mark_handed_in(a_submission(), a_version()),
    "submissions.mark_marked": lambda s: s.mark_marked(a_submission(), a_mark()),
    "submissions.mark_all_seen": lambda s: s.mark_all_seen(["h:s"], a_mark()),
    "submissions.untold": lambda s: s.untold(NOW, 20),
    "submissions.mark_told": lambda s: s.mark_told(a_submission()),
    "submissions.set_praised": lambda s: s.set_praised("h:s", NOW),
    "submissions.uncounted": lambda s: s.uncounted(20),
    "submissions.outlines_of": lambda s: s.outlines_of("h"),
    "submissions.outlines": lambda s: s.outlines(["h:s"]),
    "submissions.mark_counted": lambda s: s.mark_counted([an_outline()]),
    "submissions.of_student": lambda s: s.of_student("school-a", "s"),
    "submissions.old": lambda s: s.old(NOW, 20),
    "timings.many": lambda s: s.many(["h:s"]),
    "timings.remove": lambda s: s.remove("h:s"),
    "timings.of_author": lambda s: s.of_author("school-a", "t", NOW, 20),
    "timings.of_student": lambda s: s.of_student("school-a", "s"),
}
