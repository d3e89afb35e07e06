"""What is erased of an adult or a child, collection by collection, and in which order.

First what could still act (bindings, sessions, the identity), then what they left, last what leads to
the rest. Each step yields how many records it took, by collection. A step may be repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping

from domain.bindings import Binding, BindingState, Ending, EndReason
from domain.consents import ConsentEvent
from domain.deliveries import Delivery
from domain.erasures import Erasure, Origin, nameless_consent, nameless_delivery
from domain.family_files import FamilyFile
from domain.files import PRIVATE_KINDS
from domain.imports import ImportState
from services.context import Context
from services.people import appointments_of

Counts = Mapping[str, int]

# What happens to each collection; one that is not here fails the test of erasure until somebody decides.
COLLECTIONS: Mapping[str, str] = {
    "identities": "an adult's go, unless they have a role at a school",
    "sessions": "an adult's go",
    "bearers": "an adult's go",
    "subscriptions": "an adult's go",
    "replies": "an adult's go; the others by themselves after two days",
    "unions": "an adult's go, unless they have a role at a school",
    "bindings": "go",
    "lines": "go with the binding or the child",
    "claims": "go",
    "deliveries": "a nameless one stays in the place of each",
    "attempts": "go with the delivery",
    "rounds": "a delivery is taken out of the run that sends it",
    "files": "signatures, family files and what was handed in for a child go; what a school wrote stays",
    "blobs.files": "go with the file",
    "blobs.chunks": "go with the file",
    "thumbnails": "go with the file",
    "uploads": "go",
    "pieces": "go with the upload",
    "family_files": "go",
    "consents": "a nameless event stays in the place of each",
    "students": "a child's goes",
    "contacts": "a child's go; an adult's line is the school's list, not theirs",
    "imports": "file, report and pages go with a child; that there was one stays",
    "import_pages": "go with a child",
    "erasures": "goes when it is done",
    "erasure_reports": "name nobody",
    "accounts": "an adult's go, unless they have a role at a school",
    "appointments": "stay: who did what for a school",
    "offers": "stay: who did what for a school",
    "invitations": "a child's go; a class's name no family",
    "invitation_visits": "an adult's go",
    "notices": "stay: what a school wrote to all; that a child's work came back goes; an id in a group is replaced",
    "submissions": "a child's go",
    "mistakes": "a child's go",
    "homework": "stays: what a school set; a child's id in a group is replaced",
    "evenings": "stay: minutes of a class; a child's id in a group is replaced",
    "class_weeks": "figures alone",
    "school_weeks": "figures alone",
    "week_marks": "name nobody",
    "overruns": "stay: between a teacher and a head teacher",
    "timings": "go",
    "audit": "stays: ids, and what is masked",
    "audit_heads": "name nobody",
    "inbox": "names nobody",
    "alerts": "name nobody",
    "finishes": "name nobody",
    "pauses": "name nobody",
    "desks": "gone by themselves after three minutes",
    "schools": "name no family",
    "classes": "name no family",
    "rollovers": "stay: what became of each class; of staff the names go when one is closed",
    "regions": "name no family",
    "registrations": "figures alone",
    "registration_marks": "a child's goes",
    "registration_nights": "a date",
    "terms": "name no family",
    "calendars": "name no family",
    "bookmarks": "name nobody",
}


async def adult_steps(ctx: Context, erasure: Erasure) -> AsyncIterator[Counts]:
    """Everything of an adult; of one with a role at a school, everything but who they are to WeChat."""
    person_id, forget = erasure.subject_id, ctx.stores.forgetting
    bindings = await forget.bindings_of_person(person_id)
    await _end(ctx, bindings)
    closed = erasure.origin is Origin.CANCELLED  # whoever it was cannot come back with this openid
    if closed or not await appointments_of(ctx, person_id):
        yield {"sessions": await ctx.stores.sessions.end_all(person_id)}
        yield {"bearers": await ctx.stores.bearers.end_all(person_id)}
        yield {"unions": await forget.drop_of_person("unions", person_id)}
        yield {"accounts": await forget.drop_of_person("accounts", person_id)}
        yield {"identities": await forget.drop_of_person("identities", person_id)}
        # A message that is being answered this moment takes who it is from here.
        await ctx.stores.traces.forget(erasure.words)
    yield {"subscriptions": await forget.drop_of_person("subscriptions", person_id)}
    yield {"replies": await forget.drop_of_person("replies", person_id)}
    yield {"claims": await forget.drop_of_person("claims", person_id)}
    yield {"timings": await forget.drop_of_person("timings", person_id)}
    yield {"invitation_visits": await forget.drop_of_person("invitation_visits", person_id)}
    async for batch in forget.deliveries_of(person_id):
        yield await forget_deliveries(ctx, batch, erasure.salt)
    yield await _forget_consents(ctx, await ctx.stores.consents.of_person(person_id), erasure.salt)
    yield await _forget_family_files(ctx, await ctx.stores.family_files.of_person(person_id))
    yield await _forget_uploads(ctx, person_id)
    yield await _forget_own_files(ctx, person_id)
    for binding in bindings:
        yield await forget.unname(binding.school_id, binding.student_id, person_id)
    yield await _forget_bindings(ctx, bindings)


async def child_steps(ctx: Context, erasure: Erasure) -> AsyncIterator[Counts]:
    """Everything of a child. The pupil's own record goes last: until then a repetition finds the rest."""
    student_id, school_id, forget = erasure.subject_id, erasure.school_id, ctx.stores.forgetting
    bindings = await forget.bindings_of_student(school_id, student_id)
    await _end(ctx, bindings)
    yield {"claims": await forget.drop_claims_about(school_id, student_id)}
    for person_id in sorted({*erasure.people, *(b.person_id for b in bindings)}):
        siblings = await signed_for_others(ctx, person_id, student_id)
        async for batch in forget.deliveries_of(person_id, student_id):
            yield await forget_deliveries(ctx, batch, erasure.salt, keep=siblings)
    events = await forget.consents_of_student(school_id, student_id)
    yield await _forget_consents(ctx, events, erasure.salt)
    yield await _forget_family_files(
        ctx, await ctx.stores.family_files.of_student(school_id, student_id)
    )
    for person_id in sorted({*erasure.people, *(b.person_id for b in bindings)}):
        yield await _forget_uploads(ctx, person_id, student_id)
    yield await _forget_work(ctx, school_id, student_id)
    files = await forget.files_of_student(school_id, student_id)
    yield {"files": await forget.drop_files(files)}
    yield await _forget_lists(ctx, school_id)
    yield {"invitations": await forget.drop_invitations(school_id, student_id)}
    yield {"contacts": await forget.drop_contacts(school_id, student_id)}
    yield {"timings": await forget.drop_timings(school_id, student_id)}
    yield {"homework": await forget.leave_groups(school_id, student_id)}
    yield await _forget_bindings(ctx, bindings)
    yield {"students": await forget.drop("students", [student_id])}
    await ctx.stores.registrations.forget_student(school_id, student_id)


async def forget_deliveries(
    ctx: Context, deliveries: list[Delivery], salt: str, *, keep: frozenset[str] = frozenset()
) -> Counts:
    """Nameless ones take their place; signatures, the ledger and the runs that send them forget them.

    `keep` are signatures that other deliveries carry too.
    """
    forget, counts = ctx.stores.forgetting, Counter[str]()
    signatures = {d.signature_id for d in deliveries if d.signature_id} - keep
    counts["files"] += await forget.drop_files(sorted(signatures))
    for delivery in deliveries:
        await forget.leave_round(delivery.group, [delivery.id])
        counts["attempts"] += await forget.drop_ledger(delivery.id)
    await forget.put_deliveries([nameless_delivery(d, salt) for d in deliveries])
    counts["deliveries"] += await forget.drop("deliveries", [d.id for d in deliveries])
    return counts


async def signed_for_others(ctx: Context, person_id: str, student_id: str) -> frozenset[str]:
    """One signature may confirm a notice for several children of an adult: those of the others stay."""
    batches = ctx.stores.forgetting.deliveries_of(person_id)
    return frozenset(
        [
            d.signature_id
            async for batch in batches
            for d in batch
            if d.signature_id and d.student_id != student_id
        ]
    )


async def _forget_family_files(ctx: Context, files: Iterable[FamilyFile]) -> Counts:
    held = list(files)
    return {
        "files": await ctx.stores.forgetting.drop_files([i for f in held for i in f.blob_ids]),
        "family_files": await ctx.stores.forgetting.drop("family_files", [f.id for f in held]),
    }


async def _forget_consents(ctx: Context, events: Iterable[ConsentEvent], salt: str) -> Counts:
    events = list(events)
    await ctx.stores.forgetting.put_consents([nameless_consent(e, salt) for e in events])
    return {"consents": await ctx.stores.forgetting.drop("consents", [e.id for e in events])}


async def _forget_lists(ctx: Context, school_id: str) -> Counts:
    """A list that was handed in has every child of the school: file, report and pages go, not that it was.

    One that a worker is at is left to the second pass.
    """
    counts = Counter[str]()
    for handed_in in await ctx.stores.imports.of_school(school_id):
        if handed_in.is_open or handed_in.files_gone:
            continue
        await ctx.stores.imports.mark(
            handed_in.id, ImportState.DROPPED, ctx.now(), expected=ImportState.READY
        )
        files = [i for i in (handed_in.file_id, handed_in.report_file_id) if i]
        counts["files"] += await ctx.stores.forgetting.drop_files(files)
        await ctx.stores.imports.drop_pages(school_id, handed_in.id)
        await ctx.stores.imports.mark_files_gone(handed_in.id)
        counts["imports"] += 1
    return counts


async def _forget_own_files(ctx: Context, person_id: str) -> Counts:
    """Signatures that no delivery knows of, family files, and what they uploaded for a child and never handed in.

    What was handed in stays with the child, without who did it; what they uploaded as staff is the school's.
    """
    held = await ctx.stores.files.many(await ctx.stores.forgetting.files_of(person_id))
    own = [
        file.id
        for file in held.values()
        if file.kind in PRIVATE_KINDS or (file.student_id and file.loose)
    ]
    handed_in = [file.id for file in held.values() if file.student_id and not file.loose]
    return {
        "files": await ctx.stores.forgetting.drop_files(own),
        "unnamed": await ctx.stores.forgetting.unname_files(handed_in),
    }


async def _forget_work(ctx: Context, school_id: str, student_id: str) -> Counts:
    """What was handed in, what teachers said to it (their voice too), and the mistakes book; files first."""
    submissions = await ctx.stores.submissions.of_student(school_id, student_id)
    book = await ctx.stores.mistakes.of_student(school_id, student_id)
    files = {file_id for s in submissions for file_id in s.files()}
    files |= {m.file_id for m in book if m.file_id}
    forget = ctx.stores.forgetting
    told = [mark.id for s in submissions for mark in s.marks if mark.returned]
    return {
        "files": await forget.drop_files(sorted(files)),
        "notices": await forget.drop("notices", told),
        "submissions": await forget.drop("submissions", [s.id for s in submissions]),
        "mistakes": await forget.drop("mistakes", [m.id for m in book]),
    }


async def _forget_uploads(ctx: Context, person_id: str, student_id: str = "") -> Counts:
    """What of theirs is on its way; of a child, what is for it."""
    uploads = await ctx.stores.uploads.of_person(person_id)
    wanted = [u for u in uploads if not student_id or u.student_id == student_id]
    return {"uploads": sum([await ctx.stores.uploads.drop(u.id) for u in wanted])}


async def _end(ctx: Context, bindings: Iterable[Binding]) -> None:
    """From here on nothing is shown or sent through them. Nobody is told: it is what was asked for."""
    for binding in bindings:
        if binding.state is BindingState.ACTIVE:
            ending = Ending(at=ctx.now(), by=binding.person_id, reason=EndReason.OWN)
            await ctx.stores.bindings.end(binding.id, ending)


async def _forget_bindings(ctx: Context, bindings: Iterable[Binding]) -> Counts:
    ids = [b.id for b in bindings]
    return {
        "lines": await ctx.stores.forgetting.drop_lines_of(ids),
        "bindings": await ctx.stores.forgetting.drop("bindings", ids),
    }
