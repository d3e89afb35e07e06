"""Consent of guardians: asked for each child and purpose, given and taken back with one tap."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.bindings import Binding
from domain.consent_texts import BASIC, TEXTS, Purpose
from domain.consents import ConsentEvent, Decision, Standing, standing_of
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from services.context import Context
from services.families import end_own_binding
from services.people import Child, children_of

log = logging.getLogger("yanshu.services")


@dataclass(frozen=True, slots=True)
class ChildConsents:
    """One child with every purpose that concerns a child, the basic one first."""

    child: Child
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Consents:
    """Everything an adult is asked. `own` are the purposes that concern no child."""

    children: tuple[ChildConsents, ...]
    own: tuple[Standing, ...]
    events: tuple[ConsentEvent, ...]

    @property
    def unanswered(self) -> int:
        """For how many children the basic yes is missing: the only question that is brought up by itself."""
        return sum(not s.given for c in self.children for s in c.standings if s.purpose is BASIC)


async def consents_of(ctx: Context, person_id: str, children: Sequence[Child]) -> Consents:
    """Where this adult stands with each purpose, for these children of theirs."""
    own = [c for c in children if not c.binding.trial]
    events = await ctx.stores.consents.of_person(person_id) if own else []
    per_child = [p for p, text in TEXTS.items() if text.per_child]
    return Consents(
        tuple(
            ChildConsents(
                child,
                tuple(
                    standing_of(events, p, child.student.id)
                    for p in per_child
                    if _may_decide(child.binding, p, ctx.now())
                ),
            )
            for child in own
        ),
        tuple(standing_of(events, p, "") for p, text in TEXTS.items() if not text.per_child),
        tuple(events),
    )


def _may_decide(binding: Binding, purpose: Purpose, at: datetime) -> bool:
    """Whether notices come to oneself, everybody says for themself; about the child, who has custody of it."""
    return not binding.trial and (purpose is BASIC or binding.may_decide(at))


async def decide_consent(
    ctx: Context, person_id: str, student_id: str, purpose: str, decision: str, *, version: str
) -> None:
    """Note a decision, effective at once; the one that stands already is not noted twice.

    A no to the basic purpose ends the binding to this child: nothing is sent without it. `version` is
    the text they had before their eyes. Raises InvalidError (field `consent`) for what is no purpose or
    decision; NotFoundError for a child they are not bound to, or may not decide about; ConflictError when
    the text has changed meanwhile.
    """
    if purpose not in set(Purpose) or decision not in set(Decision):
        raise InvalidError({"consent": Problem("unknown")})
    wanted, answer = Purpose(purpose), Decision(decision)
    text = TEXTS[wanted]
    held_children = await children_of(ctx, person_id)
    children = [c for c in held_children if _may_decide(c.binding, wanted, ctx.now())]
    child = next((c for c in children if c.student.id == student_id), None)
    if not children or (text.per_child and child is None):
        raise NotFoundError
    if version != str(text.version):
        raise ConflictError("text_changed")
    about = student_id if text.per_child else ""
    held = standing_of(await ctx.stores.consents.of_person(person_id), wanted, about)
    if held.event is None or held.asked or held.event.decision is not answer:
        await _note(ctx, person_id, child or children[0], wanted, answer)
    if wanted is BASIC and answer is Decision.NO:
        await end_own_binding(ctx, person_id, student_id)


async def _note(
    ctx: Context, person_id: str, child: Child, purpose: Purpose, decision: Decision
) -> None:
    text = TEXTS[purpose]
    event = ConsentEvent(
        id=ctx.new_id(),
        school_id=child.student.school_id,
        person_id=person_id,
        student_id=child.student.id if text.per_child else "",
        purpose=purpose,
        version=text.version,
        decision=decision,
        at=ctx.now(),
    )
    await ctx.stores.consents.add(event)
    log.info("consent %s: %s, version %d: %s", event.id, purpose, text.version, decision)
