"""What the account answers to words and menu buttons outside of a dialog."""

from __future__ import annotations

from bot import phrases
from bot.turn import SILENCE, Answered, Turn
from domain.errors import NotFoundError
from domain.notices import ConfirmMode
from domain.subjects import subject_name
from services.evenings import evenings_of_guardian
from services.finishes import record_finishes
from services.people import appointments_of, children_of
from services.reading import notices_of_guardian
from services.shelf_views import family_view, staff_view

_NEWEST = 5
_MOST_BOOKS = 10


async def newest_notices(turn: Turn) -> Answered:
    """`最新通知`: theirs, newest first; a line each, because WeChat allows one article card only."""
    person_id = await turn.person_id()
    page = await notices_of_guardian(turn.ctx, person_id, limit=_NEWEST, withdrawn=False)
    shown = page.entries
    if not shown:
        if await children_of(turn.ctx, person_id):
            return Answered(phrases.NO_NOTICES)
        return await _without_child(turn, phrases.NOTICES_OF_STAFF, "/h5/teach")
    lines = [
        phrases.notice_line(
            entry.notice.current.title,
            entry.child.school_class.name,
            turn.url(f"/h5/notices/{entry.notice.id}"),
            read=entry.delivery.read_at is not None,
            waits=entry.notice.confirm
            if entry.delivery.confirmed_at is None and entry.child.binding.may_confirm
            else ConfirmMode.NONE,
        )
        for entry in shown
    ]
    text = phrases.NEWEST.format(
        count=len(lines), lines="\n".join(lines), all=turn.url("/h5/notices")
    )
    return Answered(text)


async def tonights_homework(turn: Turn) -> Answered:
    """`作业`: what is set for this evening, child by child, with the minutes in all."""
    person_id = await turn.person_id()
    found = await evenings_of_guardian(turn.ctx, person_id)
    if not found:
        return await _without_child(turn, phrases.HOMEWORK_OF_STAFF, "/h5/teach/homework")
    parts = []
    for evening in found:
        local = evening.school.rules.local_subjects
        lines = [
            (subject_name(h.subject, local), h.task.minutes, turn.url(f"/h5/notices/{h.id}"))
            for h in evening.items
        ]
        child = evening.child
        parts.append(
            phrases.evening_part(
                child.student.name, child.school_class.name, evening.day, evening.minutes, lines
            )
        )
    parts.append(phrases.ALL_EVENINGS.format(link=turn.url("/h5/homework")))
    return Answered("\n\n".join(parts))


async def resources(turn: Turn) -> Answered:
    """`资源`: what is one tap away, and the class's own books; of the first child, or of a teacher's first class."""
    person_id = await turn.person_id()
    try:
        view, _, _ = await family_view(turn.ctx, person_id)
    except NotFoundError:
        try:
            view = await staff_view(turn.ctx, person_id, "")
        except NotFoundError:
            return Answered(phrases.NO_CHILD)
    local = view.school.rules.local_subjects
    books = [
        (subject_name(shown.book.subject, local), turn.url(shown.pages[0][1]))
        for shown in view.books[:_MOST_BOOKS]
    ]
    entries = [(entry.title, turn.url(entry.path)) for entry in view.one_tap[:_NEWEST]]
    where = view.school_class.name if view.school_class else view.school.name
    return Answered(phrases.resource_lines(where, entries, books, turn.url("/h5/links")))


async def activities_and_leave(turn: Turn) -> Answered:
    """`请假`, `活动`: the way in."""
    if not await children_of(turn.ctx, await turn.person_id()):
        return await _without_child(turn, phrases.LEAVES_OF_STAFF, "/h5/teach/leaves")
    links = {"leaves": turn.url("/h5/leaves"), "activities": turn.url("/h5/activities")}
    return Answered(phrases.ACTIVITIES_AND_LEAVE.format(**links))


async def _without_child(turn: Turn, of_staff: str, path: str) -> Answered:
    """Who has no child here may teach: the same word means their own side of it."""
    if await appointments_of(turn.ctx, await turn.person_id()):
        return Answered(of_staff.format(link=turn.url(path)))
    return Answered(phrases.NO_CHILD)


async def my_children(turn: Turn) -> Answered:
    """`我的孩子`."""
    children = await children_of(turn.ctx, await turn.person_id())
    if not children:
        return Answered(phrases.NO_CHILD)
    lines = phrases.child_lines(
        [(c.student.name, c.school_class.name, c.binding.trial) for c in children]
    )
    return Answered(phrases.CHILDREN.format(lines=lines, link=turn.url("/h5/children")))


async def write_notice(turn: Turn) -> Answered:
    """`写通知`, for head teachers; others get the help that is theirs."""
    if not await appointments_of(turn.ctx, await turn.person_id()):
        return await help_text(turn)
    return Answered(phrases.WRITE_NOTICE.format(link=turn.url("/h5/teach/notices/new")))


async def help_text(turn: Turn) -> Answered:
    """Anything else: what can be done here, by who they are."""
    person_id = await turn.person_id()
    if await appointments_of(turn.ctx, person_id):
        return Answered(phrases.HELP_TEACHER)
    if await children_of(turn.ctx, person_id):
        return Answered(phrases.HELP_GUARDIAN)
    return Answered(phrases.HELP_STRANGER)


async def message_finished(turn: Turn) -> Answered:
    """WeChat reports what became of a template message."""
    fields = turn.inbound.fields
    await record_finishes(turn.ctx, [(str(fields.get("MsgID", "")), str(fields.get("Status", "")))])
    return SILENCE


async def nothing(_: Turn) -> Answered:
    """Events that want no answer."""
    return SILENCE
