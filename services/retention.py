"""Clearing away what is old, at night and a little at a time; every step may be repeated.

Consent decisions stay, nameless or not, and the audit log is never touched.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from domain.deliveries import Delivery
from domain.notices import Notice
from domain.receipts import figures_of
from domain.retention import before_this_year, is_night
from services.circle_erasure import clear_old_topics
from services.context import Context
from services.erasure_steps import forget_deliveries, signed_for_others
from services.resource_erasure import clear_withdrawn
from services.talk_erasure import clear_old_messages
from services.taskwork_erasure import drop_tasklist
from services.terms import school_day
from services.use_counting import days_kept_from
from storage.ageing import BEGINNING, LOST_WITHIN, id_at

log = logging.getLogger("yanshu.services")

_NOTICES = 20
_RECORDS = 200
_ATTEMPTS_WALK, _DELIVERIES_WALK = "retention:attempts", "retention:deliveries"
_A_DAY = timedelta(days=1)


async def retain(ctx: Context) -> None:
    """Every minute; does something at night only."""
    if is_night(ctx.now()):
        await clear_old(ctx)


async def clear_old(ctx: Context) -> Counter[str]:
    """One batch of each kind that is past its time. Returns how many records went, by kind."""
    kinds: dict[str, Callable[[Context], Awaitable[int]]] = {
        "attempts": _clear_attempts,
        "deliveries": _clear_deliveries,
        "notices": _clear_notices,
        "homework": _clear_homework,
        "evenings": _clear_evenings,
        "link_days": _clear_link_days,
        "resource_lessons": _clear_lessons,
        "timings": _clear_timings,
        "messages": clear_old_messages,
        "topics": clear_old_topics,
        "uploads": _clear_uploads,
        "submissions": _clear_submissions,
        "mistakes": _clear_mistakes,
        "reviews": _clear_reviews,
        "activities": _clear_activities,
        "leaves": _clear_leaves,
        "tasklists": _clear_tasklists,
        "resources": clear_withdrawn,
        "claims": _clear_claims,
        "bindings": _clear_bindings,
        "bytes": _clear_lost_bytes,
    }
    gone = Counter({name: await clear(ctx) for name, clear in kinds.items()})
    if gone.total():
        log.info("cleared away: %s", ", ".join(f"{n} {name}" for name, n in gone.items() if n))
    return gone


async def _clear_attempts(ctx: Context) -> int:
    before = ctx.now() - ctx.policy.keep.attempts
    notices, gone = await _walk(ctx, _ATTEMPTS_WALK, before), 0
    for notice in notices:
        gone += await ctx.stores.forgetting.drop_ledger(notice.id)
    await _advance(ctx, _ATTEMPTS_WALK, notices)
    return gone


async def _clear_deliveries(ctx: Context) -> int:
    """The notice keeps its figures, written before the first delivery goes."""
    before = before_this_year(ctx.now(), ctx.policy.keep.deliveries)
    notices, gone = await _walk(ctx, _DELIVERIES_WALK, before), 0
    for notice in notices:
        deliveries = await ctx.stores.deliveries.of_notice(notice.school_id, notice.id)
        await ctx.stores.ageing.set_figures(notice.id, figures_of(deliveries))
        gone += await _drop_deliveries(ctx, notice, deliveries)
    await _advance(ctx, _DELIVERIES_WALK, notices)
    return gone


async def _walk(ctx: Context, walk: str, before: datetime) -> list[Notice]:
    """The next notices of a walk through all that are old enough, beginning with the last of those before."""
    since = await ctx.stores.ageing.bookmark(walk)
    return await ctx.stores.ageing.notices(since, before, _NOTICES)


async def _advance(ctx: Context, walk: str, notices: list[Notice]) -> None:
    """These are done. More of one moment than fit into a batch must not hold it up for ever."""
    if notices:
        last = notices[-1].publish_at
        stuck = len(notices) == _NOTICES and notices[0].publish_at == last
        await ctx.stores.ageing.set_bookmark(walk, last + timedelta(milliseconds=int(stuck)))


async def _drop_deliveries(ctx: Context, notice: Notice, deliveries: list[Delivery]) -> int:
    signatures = sorted({d.signature_id for d in deliveries if d.signature_id})
    await ctx.stores.forgetting.drop_files(signatures)
    await ctx.stores.forgetting.drop_ledger(notice.id)
    return await ctx.stores.forgetting.drop_deliveries_of_notice(notice.id)


async def _clear_notices(ctx: Context) -> int:
    """The notice itself goes last: until then a repetition finds the rest."""
    before = before_this_year(ctx.now(), ctx.policy.keep.notices)
    notices = await ctx.stores.ageing.notices(BEGINNING, before, _NOTICES)
    for notice in notices:
        deliveries = await ctx.stores.deliveries.of_notice(notice.school_id, notice.id)
        await _drop_deliveries(ctx, notice, deliveries)
        files = {a.file_id for version in notice.versions for a in version.attachments}
        await ctx.stores.forgetting.drop_files(sorted(files))
        await ctx.stores.forgetting.drop("notices", [notice.id])
    return len(notices)


async def _clear_homework(ctx: Context) -> int:
    """As long as notices, and what was asked for it with it; of one that was never published the files too."""
    before = before_this_year(ctx.now(), ctx.policy.keep.notices)
    old = await ctx.stores.ageing.homework(before, _NOTICES)
    tasks = [t for h in old for t in (*h.versions, *([h.proposed] if h.proposed else []))]
    await ctx.stores.forgetting.drop_files(
        sorted({a.file_id for t in tasks for a in t.attachments})
    )
    for homework in old:
        await ctx.stores.ageing.drop_overruns(homework.school_id, homework.id)
    return await ctx.stores.forgetting.drop("homework", [h.id for h in old])


async def _clear_evenings(ctx: Context) -> int:
    before = school_day(before_this_year(ctx.now(), ctx.policy.keep.notices))
    ids = await ctx.stores.ageing.evenings(before, _RECORDS)
    gone = await ctx.stores.forgetting.drop("evenings", ids)
    for name in (
        *("class_weeks", "school_weeks"),
        *("report_lines", "class_reports", "school_reports"),
        *("class_uses", "school_uses", "shelf_uses"),
    ):
        gone += await ctx.stores.ageing.drop_weeks(name, before)
    return gone


async def _clear_link_days(ctx: Context) -> int:
    """The weeks that were added up from them stay."""
    return await ctx.stores.link_uses.drop_days(days_kept_from(ctx).isoformat())


async def _clear_lessons(ctx: Context) -> int:
    """What teachers said of lessons goes when the lines of links do."""
    return await ctx.stores.resource_lessons.drop_days(days_kept_from(ctx))


async def _clear_timings(ctx: Context) -> int:
    before = before_this_year(ctx.now(), ctx.policy.keep.deliveries)
    ids = await ctx.stores.ageing.timings(before, _RECORDS)
    return await ctx.stores.forgetting.drop("timings", ids)


async def _clear_submissions(ctx: Context) -> int:
    """What was handed in goes with its files; a mistakes book has pictures of its own."""
    before = before_this_year(ctx.now(), ctx.policy.keep.submissions)
    old = await ctx.stores.submissions.old(before, _NOTICES)
    await ctx.stores.forgetting.drop_files(sorted({i for s in old for i in s.files()}))
    return await ctx.stores.forgetting.drop("submissions", [s.id for s in old])


async def _clear_mistakes(ctx: Context) -> int:
    before = before_this_year(ctx.now(), ctx.policy.keep.mistakes)
    old = await ctx.stores.mistakes.old(before, _RECORDS)
    await ctx.stores.forgetting.drop_files([m.file_id for m in old if m.file_id])
    return await ctx.stores.forgetting.drop("mistakes", [m.id for m in old])


async def _clear_activities(ctx: Context) -> int:
    """As notices; answers, their files and places with it."""
    before = before_this_year(ctx.now(), ctx.policy.keep.notices)
    old = await ctx.stores.activities.old(before, _NOTICES)
    forget = ctx.stores.forgetting
    for activity in old:
        answers = await ctx.stores.answers.of_activity(activity.school_id, activity.id)
        files = {i for a in answers for i in a.files()} | {a.file_id for a in activity.attachments}
        await forget.drop_files(sorted(files))
        await forget.drop("answers", [a.id for a in answers])
        await forget.drop("seats", [activity.id])
    return await forget.drop("activities", [a.id for a in old])


async def _clear_leaves(ctx: Context) -> int:
    """As what was handed in, from the last day of the leave."""
    before = school_day(before_this_year(ctx.now(), ctx.policy.keep.submissions))
    old = await ctx.stores.leaves.old(before, _RECORDS)
    await ctx.stores.forgetting.drop_files([f.file_id for one in old for f in one.files])
    return await ctx.stores.forgetting.drop("leaves", [one.id for one in old])


async def _clear_tasklists(ctx: Context) -> int:
    """As long as what is handed in for homework, and everything of a list at once."""
    before = before_this_year(ctx.now(), ctx.policy.keep.submissions)
    old = await ctx.stores.tasklists.old(before, _NOTICES)
    for tasks in old:
        await drop_tasklist(ctx, tasks)
    return len(old)


async def _clear_uploads(ctx: Context) -> int:
    before = ctx.now() - ctx.policy.keep.uploads
    gone = 0
    for file in await ctx.stores.ageing.loose_uploads(before, _RECORDS):
        if await ctx.stores.ageing.take_loose(file.id):
            await ctx.stores.forgetting.drop_files([file.id])
            gone += 1
    return gone


async def _clear_reviews(ctx: Context) -> int:
    old = await ctx.stores.reviews.old(ctx.now() - ctx.policy.keep.reviews, _RECORDS)
    return await ctx.stores.forgetting.drop("reviews", old)


async def _clear_claims(ctx: Context) -> int:
    before = ctx.now() - ctx.policy.keep.claims
    ids = await ctx.stores.ageing.settled_claims(before, _RECORDS)
    return await ctx.stores.forgetting.drop("claims", ids)


async def _clear_bindings(ctx: Context) -> int:
    """With an ended binding goes what the adult was sent about the child; nameless deliveries stay."""
    before = ctx.now() - ctx.policy.keep.bindings
    gone = 0
    for binding in await ctx.stores.ageing.ended_bindings(before, _NOTICES):
        forget = ctx.stores.forgetting
        others = await signed_for_others(ctx, binding.person_id, binding.student_id)
        async for batch in forget.deliveries_of(binding.person_id, binding.student_id):
            await forget_deliveries(ctx, batch, binding.id, keep=others)
        await forget.drop_lines_of([binding.id])
        gone += await ctx.stores.ageing.drop_ended_binding(binding.id)
    return gone


async def _clear_lost_bytes(ctx: Context) -> int:
    until = ctx.now() - _A_DAY  # an upload that is under way has bytes and no record too
    lost = await ctx.stores.ageing.lost_bytes(id_at(until - LOST_WITHIN), id_at(until))
    await ctx.stores.forgetting.drop_files(lost)
    return len(lost)
