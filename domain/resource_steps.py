"""What may become of a resource: every step from filing to withdrawing, as pure rules.

Each returns the resource as it is afterwards, or raises and changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.errors import ConflictError, InvalidError, Problem
from domain.resources import (
    REVIEW_TIME,
    By,
    Content,
    Did,
    Resource,
    Rung,
    Shelf,
    Step,
    Tier,
    Version,
    Waiting,
)
from domain.safety import Outcome

VERSION_LIMIT = 20  # of one resource; what is worked over more often is another one
REASON_LIMIT = 200


def file_new(
    *,
    resource_id: str,
    school_id: str,
    author: By,
    content: Content,
    at: datetime,
    words: str = "",
    outcome: Outcome = Outcome.PASS,
) -> Resource:
    """A new one, which waits at its school."""
    return Resource(
        id=resource_id,
        school_id=school_id,
        author=author,
        versions=(Version(number=1, content=content, at=at, words=words, outcome=outcome),),
        created_at=at,
        waiting=_wait(Rung(Tier.SCHOOL, school_id), at),
        steps=(Step(did=Did.FILED, at=at, by=author, version=1),),
    )


def rework(
    resource: Resource,
    content: Content,
    *,
    at: datetime,
    words: str = "",
    outcome: Outcome = Outcome.PASS,
    made_of: str = "",
) -> Resource:
    """Its author hands in another version, which begins at the school. Libraries keep the one they have seen.

    Raises ConflictError (`withdrawn`, `too_many_versions`).
    """
    ensure_lives(resource)
    if len(resource.versions) >= VERSION_LIMIT:
        raise ConflictError("too_many_versions")
    number = len(resource.versions) + 1
    return replace(
        resource,
        versions=(
            *resource.versions,
            Version(
                number=number,
                content=content,
                at=at,
                words=words,
                outcome=outcome,
                made_of=made_of,
            ),
        ),
        waiting=_wait(Rung(Tier.SCHOOL, resource.school_id), at),
        steps=(*resource.steps, Step(did=Did.REWORKED, at=at, by=resource.author, version=number)),
    )


def allow(
    resource: Resource, rung: Rung, *, by: By, at: datetime, above: Rung | None = None
) -> Resource:
    """The level has looked and takes it into its library; with `above` it is promoted there at once.

    Raises ConflictError: `not_waiting` at this level, `own` for the author, `held` while its words are.
    """
    _ensure_waits(resource, rung, by)
    if resource.newest.outcome is not Outcome.PASS:
        raise ConflictError("held")
    number = resource.newest.number
    others = [s for s in resource.shelves if s.rung != rung]
    shelf = Shelf(rung=rung, version=number, at=at)
    allowed = replace(
        resource,
        shelves=tuple(sorted((*others, shelf), key=lambda s: list(Tier).index(s.rung.tier))),
        waiting=None,
        steps=(
            *resource.steps,
            Step(did=Did.ALLOWED, at=at, by=by, version=number, rung=rung),
        ),
    )
    return promote(allowed, rung, above, by=by, at=at) if above else allowed


def send_back(resource: Resource, rung: Rung, *, by: By, at: datetime, reason: str) -> Resource:
    """The level asks its author to work it over. What stands in libraries stays there.

    Raises ConflictError as `allow` does (but for `held`), InvalidError without a reason.
    """
    _ensure_waits(resource, rung, by)
    reason = parse_reason(reason)
    step = Step(
        did=Did.RETURNED, at=at, by=by, version=resource.newest.number, rung=rung, reason=reason
    )
    return replace(resource, waiting=None, steps=(*resource.steps, step))


def stands_decided(
    resource: Resource, rung: Rung, by: By, did: Did, *, reason: str = "", upwards: bool = False
) -> bool:
    """Whether this person has decided just so about its newest version, and it waits here no more: said twice, or
    again by somebody who did not hear the answer."""
    if resource.waiting is not None and resource.waiting.rung == rung:
        return False
    number, mine = resource.newest.number, by.person_id
    steps = [s for s in resource.steps if s.rung == rung and s.version == number]
    theirs = [(s.did, s.reason) for s in steps if s.by.person_id == mine]
    wanted = [(did, reason.strip())] + [(Did.PROMOTED, "")] * upwards
    return len(theirs) == len(steps) and theirs[-len(wanted) :] == wanted


def promote(resource: Resource, rung: Rung, above: Rung, *, by: By, at: datetime) -> Resource:
    """A level in whose library its newest version stands proposes it to the one above.

    Raises ConflictError: `not_shelved` there in this version, `waiting` already, `own`, `already_above`.
    """
    ensure_lives(resource)
    _ensure_not_own(resource, by)
    if resource.waiting is not None:
        raise ConflictError("waiting")
    shelf = resource.shelf_at(rung.place_id)
    number = resource.newest.number
    if shelf is None or shelf.version != number:
        raise ConflictError("not_shelved")
    higher = resource.shelf_at(above.place_id)
    if higher is not None and higher.version == number:
        raise ConflictError("already_above")
    step = Step(did=Did.PROMOTED, at=at, by=by, version=number, rung=rung)
    return replace(resource, waiting=_wait(above, at), steps=(*resource.steps, step))


def may_promote(resource: Resource, rung: Rung, above: Rung) -> bool:
    """Whether a level can propose it: its newest version stands here, waits nowhere, and the one above has not got it.

    One that was worked over can go the same way again, also where an older version stands above already.
    """
    number = resource.newest.number
    here, higher = resource.shelf_at(rung.place_id), resource.shelf_at(above.place_id)
    if resource.waiting is not None or here is None or here.version != number:
        return False
    return higher is None or higher.version != number


def take_down(resource: Resource, rung: Rung, *, by: By, at: datetime, reason: str) -> Resource:
    """A level takes it out of its library, and so out of those above; nothing of it waits above any more.

    Raises ConflictError (`not_shelved`), InvalidError without a reason.
    """
    ensure_lives(resource)
    held = next((s for s in resource.shelves if s.rung == rung), None)
    if held is None:
        raise ConflictError("not_shelved")
    reason = parse_reason(reason)
    order = list(Tier)
    mine = order.index(rung.tier)
    waiting = resource.waiting
    if waiting is not None and order.index(waiting.rung.tier) > mine:
        waiting = None
    step = Step(did=Did.TAKEN_DOWN, at=at, by=by, version=held.version, rung=rung, reason=reason)
    return replace(
        resource,
        shelves=tuple(s for s in resource.shelves if order.index(s.rung.tier) < mine),
        waiting=waiting,
        steps=(*resource.steps, step),
    )


def withdraw(resource: Resource, *, at: datetime) -> Resource:
    """Its author takes it back from everywhere, for good. Raises ConflictError (`withdrawn`)."""
    ensure_lives(resource)
    number = resource.newest.number
    step = Step(did=Did.WITHDRAWN, at=at, by=resource.author, version=number)
    return replace(
        resource, shelves=(), waiting=None, withdrawn_at=at, steps=(*resource.steps, step)
    )


def with_outcome(resource: Resource, number: int, outcome: Outcome) -> Resource:
    """The check of words has decided about a version."""
    versions = tuple(
        replace(v, outcome=outcome) if v.number == number else v for v in resource.versions
    )
    return replace(resource, versions=versions)


def without_person(resource: Resource, person_id: str, nobody: By) -> Resource:
    """The same with `nobody` wherever this person stood, as its author or in its history."""

    def named(by: By) -> By:
        return nobody if by.person_id == person_id else by

    steps = tuple(replace(step, by=named(step.by)) for step in resource.steps)
    return replace(resource, author=named(resource.author), steps=steps)


def parse_reason(text: str) -> str:
    """Raises InvalidError for none, or one that is too long."""
    reason = text.strip()
    if not reason:
        raise InvalidError({"reason": Problem("missing")})
    if len(reason) > REASON_LIMIT:
        raise InvalidError({"reason": Problem("too_long", REASON_LIMIT)})
    return reason


def _wait(rung: Rung, at: datetime) -> Waiting:
    return Waiting(rung=rung, since=at, due_at=at + REVIEW_TIME[rung.tier])


def ensure_lives(resource: Resource) -> None:
    """Raises ConflictError (`withdrawn`)."""
    if resource.withdrawn_at is not None:
        raise ConflictError("withdrawn")


def _ensure_not_own(resource: Resource, by: By) -> None:
    if by.person_id == resource.author.person_id:
        raise ConflictError("own")


def _ensure_waits(resource: Resource, rung: Rung, by: By) -> None:
    ensure_lives(resource)
    if resource.waiting is None or resource.waiting.rung != rung:
        raise ConflictError("not_waiting")
    _ensure_not_own(resource, by)
