"""What answers about local resources have in common, and how they are made of what services return."""

from __future__ import annotations

from collections.abc import Mapping

from domain.files import FileKind
from domain.resource_uses import Ratings
from domain.resources import Content, Resource, Stand, Tier, Version
from domain.safety import Outcome
from domain.subjects import LocalSubjects
from miniapp.endpoints import Schema
from miniapp.homework_shapes import Subject, subject_row
from services.people import Post


class RatingOut(Schema):
    """How many have opened and rated it; `average` only where enough have said something."""

    used: int
    rated: int
    average: float | None


class ResourceRow(Schema):
    """One in a list; `kind` is one of the eight of `domain.resources`."""

    id: str
    kind: str
    title: str
    grade: int
    subject: Subject
    book: str
    chapter: str
    school: str
    author: str
    rating: RatingOut


class ResourceStanding(Schema):
    """How far one's own has come: `tier` is the level that it waits for or that has it in its library; `reason` of the
    level `by` which sent it back or took it down, until its author does something; `words` is what the check of its
    words says. `revision` is sent along with what its author does next: they did it over what they saw."""

    stand: Stand
    tier: Tier | None
    by: str
    reason: str
    words: Outcome
    revision: int


class ResourceFile(Schema):
    """A file of it; how many seconds a recording plays."""

    file_id: str
    kind: FileKind
    name: str
    size_bytes: int
    seconds: int


def local_subjects(post: Post) -> LocalSubjects:
    """The subjects that the post's school has added."""
    return post.school.rules.local_subjects if post.school else ()


def resource_row(
    post: Post, resource: Resource, version: Version, school: str, ratings: Ratings | None
) -> ResourceRow:
    """A resource as one version shows it; `school` is the name of the one that it comes from."""
    content, counted = version.content, ratings or Ratings()
    return ResourceRow(
        id=resource.id,
        kind=content.kind.value,
        title=content.title,
        grade=content.grade,
        subject=subject_row(content.subject, local_subjects(post)),
        book=" ".join(filter(None, (content.edition, content.volume))),
        chapter=content.chapter,
        school=school,
        author=resource.author.name,
        rating=RatingOut(used=counted.used, rated=counted.rated, average=counted.average),
    )


def standing(resource: Resource, names: Mapping[str, str]) -> ResourceStanding:
    """Where one's own stands; `names` are those of places, by id."""
    rung = None
    if resource.waiting is not None:
        rung = resource.waiting.rung
    elif resource.stand is Stand.SHELVED:
        rung = resource.shelves[-1].rung
    step = resource.last_reason
    return ResourceStanding(
        stand=resource.stand,
        tier=rung.tier if rung else None,
        by=names.get(step.rung.place_id, "") if step and step.rung else "",
        reason=step.reason if step else "",
        words=resource.newest.outcome,
        revision=resource.revision,
    )


def file_rows(content: Content) -> list[ResourceFile]:
    """The files of a version."""
    return [
        ResourceFile(
            file_id=part.file_id,
            kind=part.kind,
            name=part.name,
            size_bytes=part.size_bytes,
            seconds=part.seconds,
        )
        for part in content.parts
    ]
