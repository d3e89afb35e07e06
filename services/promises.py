"""Files that were attached to something which was about to be stored: whether it ever was.

A file counts as attached before what shows it is stored, so that nobody clears it away in between. A process that
dies there leaves a file that nothing shows. Its record says what it was promised to; a day later that is looked for.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from domain.files import Shower, StoredFile, parse_promise, promise_to
from services.context import Context

log = logging.getLogger("yanshu.services")

# No process is at one request for longer, and who sends the same form again within it finds the files attached.
PATIENCE = timedelta(days=1)
_BATCH = 200
Shown = Mapping[str, Collection[str]]  # ids of files by the id of what shows them


async def settle_promises(ctx: Context) -> None:
    """What something shows stays attached; what nothing shows is loose again, and goes as other uploads do.

    Of a homework that was only tried the files are looked at once more later: the next try may have others.
    """
    before = ctx.now() - PATIENCE
    files = await ctx.stores.files.promised(before, _BATCH)
    if not files:
        return
    for_good, for_now = await _shown(ctx, files)
    kept = [f for f in files if _is_in(f, for_good)]
    tried = [f for f in files if f not in kept and _is_in(f, for_now)]
    left = [f.id for f in files if f not in kept and f not in tried]
    await ctx.stores.files.mark_shown([f.id for f in kept], before)
    await ctx.stores.files.put_off([f.id for f in tried], before, ctx.now())
    await ctx.stores.files.mark_loose(left, before)
    if left:
        log.info("%d files were attached to what was never stored", len(left))


def _is_in(file: StoredFile, shown: Shown) -> bool:
    return any(file.id in shown.get(promise, ()) for promise in file.promised_to)


async def _shown(ctx: Context, files: Sequence[StoredFile]) -> tuple[Shown, Shown]:
    """What is shown by what these were promised to: for good, and for now."""
    ids: dict[Shower, set[str]] = defaultdict(set)
    for promise in {p for f in files for p in f.promised_to}:
        shower, thing_id = parse_promise(promise)
        ids[shower].add(thing_id)
    stores = ctx.stores
    notices, homework, submissions, mistakes, messages = await asyncio.gather(
        stores.notices.many(ids[Shower.NOTICE]),
        stores.homework.many(ids[Shower.HOMEWORK]),
        stores.submissions.many(ids[Shower.SUBMISSION]),
        stores.mistakes.many(ids[Shower.MISTAKE]),
        stores.messages.many(ids[Shower.MESSAGE]),
    )
    for_good: dict[str, set[str]] = {
        promise_to(Shower.NOTICE, n.id): {a.file_id for v in n.versions for a in v.attachments}
        for n in notices.values()
    }
    for_good |= {
        promise_to(Shower.HOMEWORK, h.id): {a.file_id for t in h.versions for a in t.attachments}
        for h in homework.values()
    }
    for_good |= {promise_to(Shower.SUBMISSION, s.id): set(s.files()) for s in submissions.values()}
    for_good |= {
        promise_to(Shower.MISTAKE, m.id): {m.file_id} if m.file_id else set()
        for m in mistakes.values()
    }
    for_good |= await _asked(ctx, ids)
    for_good |= {
        promise_to(Shower.MESSAGE, m.id): {a.file_id for a in m.files} for m in messages.values()
    }
    for_good |= await _offered(ctx, ids)
    for_good |= {
        promise_to(Shower.DELIVERY, d.id): {d.signature_id} if d.signature_id else set()
        for d in await ctx.stores.deliveries.many(ids.get(Shower.DELIVERY, ()))
    }
    for_now = {
        promise_to(Shower.HOMEWORK, h.id): {a.file_id for a in h.proposed.attachments}
        for h in homework.values()
        if h.proposed
    }
    return for_good, for_now


async def _asked(ctx: Context, ids: Mapping[Shower, set[str]]) -> dict[str, set[str]]:
    """What activities, answers to them and requests for leave show."""
    activities, answers, leaves = await asyncio.gather(
        ctx.stores.activities.many(ids.get(Shower.ACTIVITY, ())),
        ctx.stores.answers.many(ids.get(Shower.ANSWER, ())),
        ctx.stores.leaves.many(ids.get(Shower.LEAVE, ())),
    )
    return {
        **{
            promise_to(Shower.ACTIVITY, a.id): {f.file_id for f in a.attachments}
            for a in activities.values()
        },
        **{promise_to(Shower.ANSWER, a.id): set(a.files()) for a in answers.values()},
        **{
            promise_to(Shower.LEAVE, one.id): {f.file_id for f in one.files}
            for one in leaves.values()
        },
    }


async def _offered(ctx: Context, ids: Mapping[Shower, set[str]]) -> dict[str, set[str]]:
    """What task lists of the virtual class show and what was handed in for them, the files of resources and circles."""
    lists, works, resources, topics = await asyncio.gather(
        ctx.stores.tasklists.many(ids.get(Shower.TASKLIST, ())),
        ctx.stores.taskworks.many(ids.get(Shower.TASKWORK, ())),
        ctx.stores.resources.many(ids.get(Shower.RESOURCE, ())),
        ctx.stores.circles.many(ids.get(Shower.TOPIC, ())),
    )
    return {
        **{promise_to(Shower.TASKLIST, t.id): set(t.files()) for t in lists.values()},
        **{promise_to(Shower.TASKWORK, w.id): set(w.files()) for w in works.values()},
        **{promise_to(Shower.RESOURCE, r.id): r.files() for r in resources.values()},
        **{promise_to(Shower.TOPIC, t.id): set(t.files()) for t in topics.values()},
    }
