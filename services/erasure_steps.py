"""What is erased of an adult or a child, collection by collection, and in which order.

First what could still act (bindings, sessions, the identity), then what they left, last what leads to
the rest. Each step yields how many records it took, by collection. A step may be repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

from domain.answers import Answer
from domain.bindings import Binding, BindingState, Ending, EndReason
from domain.consents import ConsentEvent
from domain.deliveries import Delivery
from domain.erasures import Erasure, Origin, nameless_consent, nameless_delivery
from domain.family_files import FamilyFile
from domain.files import PRIVATE_KINDS, Shower, promise_to
from domain.imports import ImportState
from domain.leaves import LeaveState, leave_notice_id
from services.circle_erasure import forget_adult_circles, forget_child_circles
from services.context import Context
from services.people import appointments_of
from services.resource_erasure import forget_ratings, unname_resources
from services.seats import give_seat_back
from services.talk_erasure import forget_adult_talk, forget_child_talk
from services.taskwork_erasure import forget_taskworks
from storage.forgetting import ERASED

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
    "activities": "stay: what a school asked of all",
    "answers": "go",
    "seats": "a place is given back",
    "leaves": "a child's go; that an adult asked is said no more",
    "practices": "name nobody",
    "resources": "stay: what a school has; of who has no role there any more the name goes",
    "resource_uses": "an adult's go",
    "resource_lessons": "an adult's go",
    "links": "name nobody",
    "doors": "name nobody",
    "link_days": "figures alone",
    "class_uses": "figures alone",
    "school_uses": "figures alone",
    "shelf_uses": "figures alone",
    "use_marks": "name nobody",
    "tasklists": "stay: what a school offered",
    "taskworks": "a child's go",
    "study_groups": "a child is taken out",
    "task_comments": "what was written for a child, and to its pieces, goes",
    "task_questions": "a child's go",
    "homework": "stays: what a school set; a child's id in a group is replaced",
    "evenings": "stay: minutes of a class; a child's id in a group is replaced",
    "class_weeks": "figures alone",
    "school_weeks": "figures alone",
    "week_marks": "name nobody",
    "report_lines": "figures alone",
    "class_reports": "figures alone",
    "school_reports": "figures alone",
    "report_marks": "name nobody",
    "overruns": "stay: between a teacher and a head teacher",
    "timings": "go",
    "group_rules": "name nobody",
    "threads": "an adult's own go, and what was talked about a child; a group's talk stays",
    "thread_marks": "an adult's go",
    "messages": "of an adult's an empty place stays; with their own threads they go",
    "rings": "an adult's go",
    "quiet_hours": "an adult's go",
    "duty": "an adult's go, unless they have a role at a school",
    "message_marks": "an adult's go; how many there were stays",
    "topics": "an adult's go; pictures of a child go; how many were there stays",
    "topic_comments": "an adult's go",
    "topic_reads": "an adult's go; how many there were stays",
    "topic_audiences": "an adult and a child are taken out",
    "circle_sums": "figures alone",
    "stamps": "name nobody",
    "enrolments": "an adult's go, unless they have a role at a school; a child's go",
    "reviews": "an adult's go",
    "silences": "an adult's go",
    "looks": "name nobody",
    "word_lists": "name no family",
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
        yield {"enrolments": await forget.drop_of_person("enrolments", person_id)}
        yield {"duty": await forget.drop_of_person("duty", person_id)}
        yield await unname_resources(ctx, person_id)
        # A message that is being answered this moment takes who it is from here.
        await ctx.stores.traces.forget(erasure.words)
    async for counts in forget_adult_talk(ctx, person_id):
        yield counts
    async for counts in forget_adult_circles(ctx, person_id):
        yield counts
    yield {"subscriptions": await forget.drop_of_person("subscriptions", person_id)}
    yield {"replies": await forget.drop_of_person("replies", person_id)}
    yield {"claims": await forget.drop_of_person("claims", person_id)}
    yield {"timings": await forget.drop_of_person("timings", person_id)}
    yield await forget_ratings(ctx, person_id)
    yield {"silences": await forget.drop_of_person("silences", person_id)}
    held = await ctx.stores.reviews.of_author(person_id)
    yield {"reviews": await forget.drop("reviews", held)}
    yield {"reports": await ctx.stores.reviews.forget_reporter(person_id)}
    yield {"invitation_visits": await forget.drop_of_person("invitation_visits", person_id)}
    yield await forget_answers(ctx, await ctx.stores.answers.of_person(person_id))
    yield {"unnamed": await ctx.stores.leaves.unname(person_id, ERASED)}
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
    yield await forget_answers(ctx, await ctx.stores.answers.of_student(school_id, student_id))
    yield await _forget_leaves(ctx, school_id, student_id)
    people = sorted({*erasure.people, *(b.person_id for b in bindings)})
    async for counts in forget_child_talk(ctx, school_id, student_id, people):
        yield counts
    async for counts in forget_child_circles(ctx, school_id, student_id, people):
        yield counts
    yield await forget_taskworks(ctx, school_id, student_id)
    files = await forget.files_of_student(school_id, student_id)
    yield {"files": await forget.drop_files(files)}
    yield await _forget_lists(ctx, school_id)
    yield {"invitations": await forget.drop_invitations(school_id, student_id)}
    yield {"contacts": await forget.drop_contacts(school_id, student_id)}
    yield {"timings": await forget.drop_timings(school_id, student_id)}
    yield {"enrolments": await forget.drop_enrolments(school_id, student_id)}
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
    kept = sorted({d.signature_id for d in deliveries if d.signature_id} & keep)
    await forget.leave_promises(kept, [promise_to(Shower.DELIVERY, d.id) for d in deliveries])
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


async def forget_answers(ctx: Context, answers: Sequence[Answer]) -> Counts:
    """A place goes to who waits for it; files and what was told of it before the answer that leads to them."""
    activities = await ctx.stores.activities.many(a.activity_id for a in answers)
    for answer in answers:
        if answer.activity_id in activities:
            await give_seat_back(ctx, activities[answer.activity_id], [answer.subject_id])
    forget = ctx.stores.forgetting
    return {
        "files": await forget.drop_files(sorted({i for a in answers for i in a.files()})),
        "notices": await forget.drop("notices", [n for a in answers for n in a.notices]),
        "answers": await forget.drop("answers", [a.id for a in answers]),
    }


async def _forget_leaves(ctx: Context, school_id: str, student_id: str) -> Counts:
    leaves = await ctx.stores.leaves.of_student(school_id, student_id)
    decided = (LeaveState.APPROVED, LeaveState.REFUSED)
    told = [leave_notice_id(one.id, state) for one in leaves for state in decided]
    forget = ctx.stores.forgetting
    return {
        "files": await forget.drop_files([f.file_id for one in leaves for f in one.files]),
        "notices": await forget.drop("notices", told),
        "leaves": await forget.drop("leaves", [one.id for one in leaves]),
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
