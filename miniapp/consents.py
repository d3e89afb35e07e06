"""What one's children's data may be used for: asked for each purpose, taken back as easily as given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import Field

from domain.consent_texts import TEXTS, Purpose
from domain.consents import Decision, Standing
from handlers.base import Access
from miniapp.endpoints import Call, Number, Registry, Schema
from services.consents import consents_of, decide_consent
from services.people import children_of

consents = Registry("consents")


class ConsentText(Schema):
    """One purpose, word for word as it is asked."""

    purpose: Purpose
    version: int
    since: date
    title: str
    paragraphs: list[str]
    yes: str
    no: str


class ConsentRow(Schema):
    """Where one stands. `asked`: an answer to the text as it is now is missing."""

    purpose: Purpose
    decision: Decision | None
    decided_at: datetime | None
    asked: bool


class ChildConsents(Schema):
    """A child, and every purpose that one decides about it."""

    child_id: str
    child_name: str
    rows: list[ConsentRow]


class Consents(Schema):
    """Everything one is asked; `own` concerns no child; `unanswered` children lack the basic yes."""

    texts: list[ConsentText]
    children: list[ChildConsents]
    own: list[ConsentRow]
    unanswered: int


class ConsentIn(Schema):
    """One decision on the version one has read; `child_id` where the purpose concerns a child."""

    purpose: Purpose
    decision: Decision
    version: Number
    child_id: str = Field("", max_length=200)


@consents("GET", "/consents", access=Access.VISITOR)
async def get_consents(call: Call) -> Consents:
    """Where I stand with every purpose."""
    return await _consents(call)


@consents("PUT", "/consents", access=Access.VISITOR)
async def put_consent(call: Call, body: ConsentIn) -> Consents:
    """Decide one purpose; a no to the basic one ends the binding to the child."""
    await decide_consent(
        call.ctx,
        call.person_id,
        body.child_id,
        body.purpose,
        body.decision,
        version=str(body.version),
    )
    return await _consents(call)


async def _consents(call: Call) -> Consents:
    children = await children_of(call.ctx, call.person_id)
    found = await consents_of(call.ctx, call.person_id, children)
    return Consents(
        texts=[
            ConsentText(
                purpose=purpose,
                version=text.version,
                since=text.since,
                title=text.title,
                paragraphs=list(text.paragraphs),
                yes=text.yes,
                no=text.no,
            )
            for purpose, text in TEXTS.items()
        ],
        children=[
            ChildConsents(
                child_id=one.child.student.id,
                child_name=one.child.student.name,
                rows=_rows(one.standings),
            )
            for one in found.children
        ],
        own=_rows(found.own),
        unanswered=found.unanswered,
    )


def _rows(standings: Sequence[Standing]) -> list[ConsentRow]:
    return [
        ConsentRow(
            purpose=standing.purpose,
            decision=standing.event.decision if standing.event else None,
            decided_at=standing.event.at if standing.event else None,
            asked=standing.asked,
        )
        for standing in standings
    ]
