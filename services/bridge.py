"""From the official account into a conversation: what a guardian wrote there goes to their child's head teacher.

Only when they say so, and only for a child whose guardian they are at that moment, at a school that wants it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import FileRefusedError, InvalidError, NotFoundError
from domain.messages import MessageKind, Via, message_id, parse_message
from domain.names import teacher_name
from domain.roles import Role
from domain.schools import SchoolClass, Student
from domain.threads import Thread, ThreadMark, mark_id, ref_in
from services.audiences import access_thread
from services.context import Context
from services.files import Owner, store_upload
from services.messages import send_in_time
from services.people import Child, children_of
from services.threads import open_child_thread
from wechat.errors import WeChatError

PIECES = 9  # that wait for one answer
_NAMES = {MessageKind.PICTURE: "图片", MessageKind.VOICE: "语音"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A head teacher to whom a guardian may have something passed on, about one child."""

    student: Student
    school_class: SchoolClass
    teacher: str
    teacher_ref: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One message as it was sent to the account; `key` is the same however often WeChat brings it.

    Of a picture or voice `media_id` is where WeChat keeps it, for three days; `text` is what WeChat heard.
    """

    key: str
    kind: MessageKind
    text: str = ""
    media_id: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """What was passed on: into which conversation, who of the school has it, and how many could not be had."""

    thread_id: str
    teacher: str
    lost: int = 0


async def offers_of(ctx: Context, person_id: str) -> list[Offer]:
    """To whom this guardian can have something passed on now: one head teacher a child, oldest binding first."""
    offers = []
    for child in await children_of(ctx, person_id):
        if not child.binding.may_confirm:
            continue
        school = await ctx.stores.schools.find_school(child.student.school_id)
        if school is not None and school.rules.bridge:
            offers += await _head_of(ctx, child)
    return offers


async def _head_of(ctx: Context, child: Child) -> list[Offer]:
    student, at = child.student, ctx.now()
    held = await ctx.stores.appointments.of_classes(student.school_id, [student.class_id], at)
    heads = [a for a in held if a.role is Role.HEAD_TEACHER and a.class_id == student.class_id]
    return [
        Offer(
            student,
            child.school_class,
            teacher_name(head.name),
            ref_in(student.id, head.person_id),
        )
        for head in sorted(heads, key=lambda a: a.id)[:1]
    ]


def check_words(ctx: Context, text: str) -> None:
    """That a text could be said in a conversation. Raises InvalidError."""
    parse_message({"kind": "text", "text": text}, allowed_hosts=ctx.policy.link_hosts)


async def pass_on(
    ctx: Context, person_id: str, student_id: str, teacher_ref: str, pieces: Sequence[Piece]
) -> Passed:
    """Say these in the thread about a child, in their order, each once under its key.

    What WeChat does not hand out, or what is no picture or voice, is left out and counted (`lost`). Durable piece by
    piece, with the insert into `messages`. Raises NotFoundError when it is not offered any more, and what
    `send_in_time` does.
    """
    offered = {(o.student.id, o.teacher_ref) for o in await offers_of(ctx, person_id)}
    if (student_id, teacher_ref) not in offered:
        raise NotFoundError
    thread = await open_child_thread(ctx, person_id, student_id, teacher_ref)
    # First: an answer that comes at once already goes back to where it was asked.
    mark = ThreadMark(
        id=mark_id(thread.id, person_id),
        school_id=thread.school_id,
        thread_id=thread.id,
        person_id=person_id,
        account_at=ctx.now(),
    )
    await ctx.stores.threads.mark_account(mark)
    lost = 0
    for piece in pieces:
        try:
            await _say(ctx, person_id, thread, piece)
        except (WeChatError, FileRefusedError, InvalidError):
            lost += 1
    audience, _ = await access_thread(ctx, person_id, thread.id)
    teacher = next((p.name for p in audience.places.values() if p.as_staff), "")
    return Passed(thread.id, teacher, lost)


async def _say(ctx: Context, person_id: str, thread: Thread, piece: Piece) -> None:
    key = f"{Via.ACCOUNT}|{piece.key}"
    if await ctx.stores.messages.find(message_id(thread.id, person_id, key)) is not None:
        return  # said already, and its picture need not be fetched again
    form: dict[str, object] = {"kind": piece.kind, "text": piece.text}
    if piece.media_id:
        owner = Owner(thread.school_id, person_id, thread.student_id)
        content = await ctx.wechat.fetch_media(piece.media_id)
        form["file_ids"] = [(await store_upload(ctx, owner, _NAMES[piece.kind], content)).id]
    await send_in_time(ctx, person_id, thread.id, form, key=key, via=Via.ACCOUNT)
