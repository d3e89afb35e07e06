"""Activities at a desk: a school's, with how many answered; theme activities by district and school, down to each."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from domain.errors import NotFoundError
from domain.roles import Right
from domain.times import school_text
from handlers import activity_phrases
from handlers.base import Access
from handlers.console.periods import PeriodPage
from handlers.downloads import send_sheet
from services.activity_desk import ActivityLine, export_activity, school_activities
from services.activity_themes import (
    THEMES_AIM,
    export_region_themes,
    export_school_themes,
    region_themes,
    school_themes,
)
from services.periods import Period

_POSITION = re.compile(r"[0-9]{13,14}:[^\s]{1,200}")
_NAMED = 3


def whom_text(line: ActivityLine) -> str:
    """全校, 三年级1班、三年级2班, 三年级1班等 5 个班, 全体教职工."""
    if line.activity.staff:
        return "全体教职工"
    if not line.classes:
        return "已毕业的班级"
    if line.whole and len(line.classes) > _NAMED:
        return "所有班级"
    names = "、".join(c.name for c in line.classes[:_NAMED])
    return names if len(line.classes) <= _NAMED else f"{names}等 {len(line.classes)} 个班"


async def show_region(page: PeriodPage, region_id: str) -> None:
    """A region's figures."""
    view = await region_themes(page.ctx, page.acting, region_id, day=page.day)
    page.page("console/themes.html", view=view, aim=THEMES_AIM, query=query_of(view.period))


def query_of(period: Period) -> str:
    """What names the term in an address."""
    return f"?day={period.last_on.isoformat()}" if period.term else ""


class ActivitiesHandler(PeriodPage):
    """One's own place."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self) -> None:
        """A page of the school's, or the region's figures."""
        if self.acting.school is None:
            await show_region(self, "")
            return
        before = self.get_query_argument("before", "")
        if before and not _POSITION.fullmatch(before):
            raise NotFoundError
        found = await school_activities(self.ctx, self.acting, day=self.day, before=before)
        older = {"day": found.period.last_on.isoformat(), "before": found.older}
        self.page(
            "console/activities.html",
            view=found,
            aim=THEMES_AIM,
            query=query_of(found.period),
            kinds=activity_phrases.KINDS,
            whom=whom_text,
            when=school_text,
            older=urlencode(older) if found.older else "",
        )


class ActivityFileHandler(PeriodPage):
    """What came in for one, as an Excel file, as far as who published it lets others see it."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, activity_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        send_sheet(self, *await export_activity(self.ctx, self.acting, activity_id))


class RegionThemesHandler(PeriodPage):
    """The theme activities of a region within one's own."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, region_id: str) -> None:
        """District by district, or its schools."""
        await show_region(self, region_id)


class SchoolThemesHandler(PeriodPage):
    """What a school's figure was counted from."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, school_id: str) -> None:
        """Each of them."""
        view = await school_themes(self.ctx, self.acting, school_id, day=self.day)
        self.page(
            "console/themes_school.html",
            view=view,
            aim=THEMES_AIM,
            query=query_of(view.period),
            when=school_text,
        )


class ThemesFile(PeriodPage):
    """What these files are called."""

    file_title = "主题活动"


class RegionThemesFileHandler(ThemesFile):
    """A region's schools as an Excel file."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, region_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        found = await export_region_themes(self.ctx, self.acting, region_id, day=self.day)
        self.send_file(*found)


class SchoolThemesFileHandler(ThemesFile):
    """A school's theme activities as an Excel file."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, school_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        found = await export_school_themes(self.ctx, self.acting, school_id, day=self.day)
        self.send_file(*found)
