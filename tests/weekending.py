"""A school on holiday, whatever day it is, and its virtual class, as the tests of it need them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from domain.terms import Calendar, Term
from domain.times import SCHOOL_ZONE
from services.context import Context
from tests.miniapp.client import Answer, MiniClient
from tests.miniapp.village import Village
from tests.town import SCHOOL, school_class

CLASS = school_class(1)
FIRST, SECOND, THIRD = (f"{CLASS.id}-{n:04d}" for n in (1, 2, 3))


async def go_on_holiday(ctx: Context) -> None:
    """From now on there is no school: the only term that is written down is long over."""
    place = f"school:{SCHOOL.id}"
    term = Term(
        id="long-ago",
        place_id=place,
        school_year=2020,
        number=1,
        begins_on=date(2020, 9, 1),
        ends_on=date(2021, 1, 20),
    )
    assert await ctx.stores.terms.mark_changed(Calendar(id=place, terms=(term,)))


def today(ctx: Context) -> date:
    """The day of school time."""
    return ctx.now().astimezone(SCHOOL_ZONE).date()


def a_form(ctx: Context, **changes: Any) -> dict[str, Any]:
    """A list for today and the next days."""
    return {
        "class_id": CLASS.id,
        "subject": "",
        "title": "寒假阅读清单",
        "intro": "挑喜欢的读，读多少都好。",
        "first_on": str(today(ctx)),
        "last_on": str(today(ctx) + timedelta(days=3)),
        "steps": [
            {"words": "选一本想读的书"},
            {"words": "读给家里人听一小段"},
            {"words": "画一画你喜欢的人物"},
        ],
        **changes,
    }


async def open_list(village: Village, teacher: MiniClient, **changes: Any) -> str:
    """A list that is out, by id."""
    made = await teacher.call("POST", "/teaching/tasklists", a_form(village.town.ctx, **changes))
    return str(made.data["id"])


async def agree(mini: MiniClient, child: str, decision: str = "yes") -> None:
    """Decide whether the class may see what this child made."""
    body = {"purpose": "class_work", "child_id": child, "decision": decision, "version": 1}
    answer = await mini.call("PUT", "/consents", body)
    assert answer.status in (200, 201), answer.body


async def group(teacher: MiniClient, list_id: str, *children: str, **changes: Any) -> Answer:
    """Put these children together in one group."""
    desk = (await teacher.call("GET", f"/teaching/tasklists/{list_id}")).data
    wanted = {"id": "", "name": "星星组", "joinable": False, "child_ids": list(children), **changes}
    body = {"version": desk["groups"]["version"], "groups": [wanted]}
    return await teacher.call("PUT", f"/teaching/tasklists/{list_id}/groups", body)
