"""Pictures in circles: whose they are, which children may be in them, and who may look at one now.

A child is in a picture only while its family agrees (consent `class_photos`): asked when it is posted and again at
every look, so that taking it back takes the picture from everybody at that moment, also at its own address.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from domain.circles import Draft, Picture, Topic
from domain.consent_texts import Purpose
from domain.errors import InvalidError, NotFoundError, Problem
from domain.files import ENDINGS, FileKind, Shower, StoredFile, promise_to
from domain.groups import GroupKind, Seat
from domain.schools import Student
from services.class_work import who_agrees
from services.context import Context
from services.files import attach

_NAME = "图片"  # whatever it was called: that may be a child's whole name


@dataclass(frozen=True, slots=True)
class Taggable:
    """A child whom this person may say to be in a picture; `agrees`: its family lets the class see it."""

    student: Student
    agrees: bool


async def agreed_in(ctx: Context, topics: Iterable[Topic]) -> set[str]:
    """The children in these topics' pictures whose families agree at this moment; all topics are of one school."""
    tagged = {(t.school_id, s) for t in topics for s in t.student_ids}
    if not tagged:
        return set()
    school_id = next(iter(tagged))[0]
    return await who_agrees(ctx, school_id, [s for _, s in tagged], Purpose.CLASS_PHOTOS)


async def taggable_children(ctx: Context, seat: Seat) -> list[Taggable]:
    """The class's pupils for its teachers, their own children for guardians; none where children may not be shown."""
    if seat.group.kind is not GroupKind.CLASS:
        return []
    group = seat.group
    if seat.as_staff:
        pupils = await ctx.stores.schools.students_of(group.school_id, group.class_ids)
    else:
        pupils = [w.student for w in seat.children]
    agreed = await who_agrees(ctx, group.school_id, [p.id for p in pupils], Purpose.CLASS_PHOTOS)
    return [Taggable(pupil, pupil.id in agreed) for pupil in pupils]


async def check_tags(ctx: Context, seat: Seat, student_ids: Collection[str]) -> None:
    """Raises InvalidError (`pictures`) for a child they may not name (`child_unknown`), or whose family does not agree
    (`no_consent`)."""
    if not student_ids:
        return
    known = {t.student.id: t.agrees for t in await taggable_children(ctx, seat)}
    if not set(student_ids) <= set(known):
        raise InvalidError({"pictures": Problem("child_unknown")})
    if not all(known[s] for s in student_ids):
        raise InvalidError({"pictures": Problem("no_consent")})


async def pictures_for(ctx: Context, seat: Seat, draft: Draft, held: str) -> tuple[Picture, ...]:
    """Their own uploads that nothing else shows, as pictures of the topic `held`. Raises InvalidError."""
    stored = await ctx.stores.files.many(draft.file_ids)
    promise = promise_to(Shower.TOPIC, held)
    files = [stored[f] for f in draft.file_ids if f in stored and _is_own(seat, stored[f])]
    if len(files) < len(draft.pictures) or not all(
        f.loose or f.promised_to == (promise,) for f in files
    ):
        raise InvalidError({"pictures": Problem("picture_gone")})
    if any(f.kind is not FileKind.PICTURE for f in files):
        raise InvalidError({"pictures": Problem("pictures_only")})
    attached = await attach(ctx, files, promise)
    students = dict(draft.pictures)
    return tuple(
        Picture(file=replace(a, name=_NAME), student_ids=students[a.file_id]) for a in attached
    )


def _is_own(seat: Seat, file: StoredFile) -> bool:
    """Uploaded by them as staff of this school, or for a child of theirs in this circle."""
    if (file.owner_id, file.school_id) != (seat.person_id, seat.group.school_id):
        return False
    if not file.student_id:
        return seat.as_staff
    return file.student_id in {w.student.id for w in seat.children}


async def find_picture(ctx: Context, topic: Topic, file_id: str) -> StoredFile:
    """A picture of a topic, while all of the children in it may be shown. Raises NotFoundError."""
    tagged = [p.student_ids for p in topic.pictures if p.file.file_id == file_id]
    agreed = await agreed_in(ctx, [topic]) if tagged else set()
    if not tagged or not set(tagged[0]) <= agreed:
        raise NotFoundError
    file = await ctx.stores.files.find(file_id)
    if file is None:
        raise NotFoundError
    return replace(file, name=f"{_NAME}{ENDINGS[file.content_type]}")
