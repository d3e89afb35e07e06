"""The dialog of setting a homework: say what was understood and how the evening stands, then publish at a word."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from bot import phrases
from bot.commands import help_text
from bot.done import done
from bot.turn import Answered, Turn
from domain.budgets import allows_written
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.homework import HandIn, HomeworkState
from domain.homework_words import Heard, OwnClass, parse_homework_words, put_right
from domain.roles import Right
from domain.subjects import subject_name, subjects_of
from services.homework import (
    Outcome,
    access_homework_as_author,
    budgets_before,
    draft_homework,
    edit_homework,
    may_set,
    publish_homework,
)
from services.overruns import ask_for_more
from services.people import Teaching, access_teaching
from services.terms import school_day

DIALOG = "setting"
_YES = ("确定", "确认", "发布", "可以", "好", "好的", "是", "对")
_ASK = "申请"
_SAID = (" \n。.!！,，", "：: ")


async def begin(turn: Turn) -> Answered:
    """`布置 …`, for who sets homework; others get the help that is theirs."""
    try:
        teaching = await _teaching(turn)
    except NotFoundError:
        return await help_text(turn)
    said = _heard(turn, teaching)
    if said == _nothing_heard(turn, teaching):
        return Answered(phrases.SET_HOMEWORK.format(link=turn.url("/h5/teach/homework/new")))
    key = hashlib.sha256(turn.inbound.key.encode()).hexdigest()[:32]
    return await _say_understood(turn, teaching, said, key)


async def take_answer(turn: Turn) -> Answered:
    """`确定`, what is to be different, or, where it did not fit, `申请` with a reason."""
    dialog = turn.dialog or {}
    try:
        teaching = await _teaching(turn)
    except NotFoundError:
        return await help_text(turn)
    said = turn.inbound.text.strip(_SAID[0])
    before, key = _loaded(dialog["heard"]), dialog["key"]
    homework_id = dialog.get("homework_id", "")
    if homework_id and said.startswith(_ASK):
        return await _ask(turn, teaching, homework_id, said.removeprefix(_ASK).strip(_SAID[1]))
    if said not in _YES:
        after = put_right(before, _heard(turn, teaching))
        if after is None:
            return Answered(phrases.SETTING_AGAIN, dialog)
        return await _say_understood(turn, teaching, after, key, homework_id)
    if _missing(before):
        return await _say_understood(turn, teaching, before, key, homework_id)
    return await _publish(turn, teaching, before, key, homework_id)


def cancelled(dialog: Mapping[str, Any]) -> str:
    """What is said to who cancels."""
    return phrases.SETTING_KEPT if dialog.get("homework_id") else phrases.SETTING_CANCELLED


async def _teaching(turn: Turn) -> Teaching:
    return await access_teaching(turn.ctx, await turn.person_id(), Right.HOMEWORK)


def _subjects(teaching: Teaching) -> dict[str, str]:
    """Codes of what they may set, by name."""
    rules = teaching.school.rules
    return {
        name: code
        for code, name in subjects_of(teaching.school.stages, rules.local_subjects)
        if any(may_set(teaching, c.id, c.grade, code) for c in teaching.classes)
    }


def _parsed(turn: Turn, teaching: Teaching, text: str) -> Heard:
    classes = [OwnClass(id=c.id, name=c.name, grade=c.grade) for c in teaching.classes]
    today = school_day(turn.ctx.now())
    return parse_homework_words(text, classes=classes, subjects=_subjects(teaching), today=today)


def _heard(turn: Turn, teaching: Teaching) -> Heard:
    return _parsed(turn, teaching, turn.inbound.text)


def _nothing_heard(turn: Turn, teaching: Teaching) -> Heard:
    return _parsed(turn, teaching, "")


def _missing(heard: Heard) -> list[str]:
    wanted = {
        "class": heard.class_ids,
        "subject": heard.subject,
        "minutes": heard.minutes,
        "text": heard.text,
    }
    return [name for name, value in wanted.items() if not value]


async def _say_understood(
    turn: Turn, teaching: Teaching, heard: Heard, key: str, homework_id: str = ""
) -> Answered:
    """What was understood, what is missing, and what the evening still takes."""
    dialog = {"name": DIALOG, "heard": _stored(heard), "key": key, "homework_id": homework_id}
    names = {c.id: c.name for c in teaching.classes}
    lines = phrases.understood(
        classes=[names[i] for i in heard.class_ids if i in names],
        subject=subject_name(heard.subject, teaching.school.rules.local_subjects),
        minutes=heard.minutes,
        day=heard.day or school_day(turn.ctx.now()),
        written=heard.written is not False,
        hand_in=heard.hand_in,
        text=heard.text,
    )
    if heard.unknown_class:
        return Answered(phrases.CLASS_UNKNOWN.format(name=heard.unknown_class, lines=lines), dialog)
    if missing := _missing(heard):
        return Answered(phrases.missing_words(missing[0], lines), dialog)
    day = heard.day or school_day(turn.ctx.now())
    budgets = await budgets_before(turn.ctx, teaching, heard.class_ids, day)
    evenings = "\n".join(
        phrases.evening_line(b.school_class.name, b.load.total, b.limits.total) for b in budgets
    )
    return Answered(phrases.UNDERSTOOD.format(lines=lines, evenings=evenings), dialog)


async def _publish(
    turn: Turn, teaching: Teaching, heard: Heard, key: str, homework_id: str
) -> Answered:
    form = {
        "subject": heard.subject,
        "text": heard.text,
        "minutes": str(heard.minutes),
        "written": "yes" if heard.written is not False else "",
        "day": (heard.day or school_day(turn.ctx.now())).isoformat(),
        "hand_in": heard.hand_in.value,
    }
    try:
        draft = await draft_homework(
            turn.ctx,
            teaching,
            form,
            class_ids=heard.class_ids,
            student_ids=(),
            file_ids=(),
            links=(),
        )
        if homework_id:
            held = await access_homework_as_author(turn.ctx, teaching, homework_id)
            if held.state is HomeworkState.PUBLISHED:  # this very word, once more
                return _published(turn, Outcome(held))
            outcome = await edit_homework(
                turn.ctx, teaching, homework_id, draft, seen=held.attempts
            )
        else:
            outcome = await publish_homework(turn.ctx, teaching, draft, idempotency_key=key)
    except InvalidError as error:
        grades = [c.grade for c in teaching.classes if c.id in heard.class_ids]
        spoken_only = "written" in error.fields and not all(map(allows_written, grades))
        words = phrases.ONLY_SPOKEN if spoken_only else phrases.SETTING_REFUSED
        return Answered(words, turn.dialog)
    except NotFoundError:  # a class and a subject that do not go together
        return Answered(phrases.NOT_TAUGHT_HERE, turn.dialog)
    except ConflictError:
        return Answered(phrases.BUSY, turn.dialog)
    return (
        _over(turn, teaching, heard, key, outcome) if outcome.clashes else _published(turn, outcome)
    )


def _published(turn: Turn, outcome: Outcome) -> Answered:
    link = turn.url(f"/h5/teach/homework/{outcome.homework.id}")
    told = phrases.HOMEWORK_PUBLISHED_ALREADY.format(link=link)
    return done(turn, phrases.HOMEWORK_PUBLISHED.format(link=link), told, again=_YES)


def _over(turn: Turn, teaching: Teaching, heard: Heard, key: str, outcome: Outcome) -> Answered:
    """It is kept unpublished: what is there, and what can be done."""
    local = teaching.school.rules.local_subjects
    parts = [
        phrases.clash_part(
            clash.school_class.name,
            max(clash.excess.total, clash.excess.written),
            [
                (subject_name(item.subject, local), item.minutes, item.author_name)
                for item in clash.items
            ],
        )
        for clash in outcome.clashes
    ]
    homework = outcome.homework
    dialog = {
        "name": DIALOG,
        "heard": _stored(heard),
        "key": key,
        "homework_id": homework.id,
    }
    words = phrases.OVER if all(c.may_ask for c in outcome.clashes) else phrases.OVER_BY_LAW
    link = turn.url(f"/h5/teach/homework/{homework.id}")
    return Answered(words.format(parts="\n".join(parts), link=link), dialog)


async def _ask(turn: Turn, teaching: Teaching, homework_id: str, why: str) -> Answered:
    try:
        outcome = await ask_for_more(turn.ctx, teaching, homework_id, why)
    except InvalidError:
        return Answered(phrases.ASK_WITH_REASON, turn.dialog)
    except (ConflictError, NotFoundError):
        return Answered(phrases.NOT_TO_BE_ASKED, turn.dialog)
    if not outcome.clashes:
        return _published(turn, outcome)
    return done(turn, phrases.ASKED, phrases.ASKED_ALREADY)


def _stored(heard: Heard) -> dict[str, Any]:
    """For Redis."""
    given = asdict(heard)
    return given | {"day": heard.day.isoformat() if heard.day else None}


def _loaded(stored: Mapping[str, Any]) -> Heard:
    day = date.fromisoformat(stored["day"]) if stored["day"] else None
    kept = dict(stored) | {"class_ids": tuple(stored["class_ids"]), "day": day}
    return replace(Heard(**kept), hand_in=HandIn(stored["hand_in"]))
