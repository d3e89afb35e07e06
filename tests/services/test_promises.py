"""A process that dies between attaching files and storing what shows them: a day later they are loose again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.activities import Activity, QuestionDraft, QuestionKind
from domain.answers import Given
from domain.files import Shower, promise_to
from domain.groups import class_group
from domain.homework import HandIn
from domain.mistakes import Cause
from domain.tasklists import Step, StepDraft, TaskList
from domain.threads import talk_id
from services.activities import draft_activity, publish_activity
from services.answers import access_asked_for, answer_activity
from services.context import Context
from services.deliveries import carry_out_work
from services.files import Owner, attach, store_upload
from services.homework import edit_homework, publish_homework
from services.leaves import ask_leave
from services.messages import send_message
from services.mistakes import Entry, add_own_mistake
from services.notices import draft_notice, publish_notice
from services.people import Child, Post, Teaching
from services.promises import PATIENCE, settle_promises
from services.reading import confirm_notice
from services.resources import file_resource
from services.submissions import Work, hand_in
from services.tasklists import draft_tasklist, open_tasklist
from services.taskworks import access_tasklist_as_guardian, hand_in_piece
from tests import recordings
from tests.domain.samples import a_binding
from tests.dying import Killed, after_each_write, dying_after
from tests.flows.canaries import signature
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import TUESDAY, draft, publish, teacher
from tests.resourcing import FORM
from tests.town import SCHOOL, Town, pupil, school_class

CLASS = school_class(1)
PDF = b"%PDF-1.7\n1 0 obj\n"
Act = Callable[[str, str], Awaitable[object]]  # with a file and a form's key


@pytest.fixture
async def ctx(quiet_town: Town) -> Context:
    made: Context = replace(quiet_town.ctx, now=lambda: TUESDAY)
    await made.stores.schools.save_school(SCHOOL)
    await made.stores.schools.save_classes([CLASS])
    await made.stores.schools.save_students([pupil(CLASS, 1)[0]])
    return made


@pytest.fixture
async def teaching(ctx: Context) -> Teaching:
    return await teacher(ctx, 1)


async def days_later(ctx: Context, days: float) -> None:
    await settle_promises(replace(ctx, now=lambda: TUESDAY + timedelta(days=days)))


async def uploaded(ctx: Context, owner: Owner) -> str:
    picture = recordings.jpeg_with_position(size=(40, 30))
    return (await store_upload(ctx, owner, "图.jpg", picture)).id


async def is_loose(ctx: Context, file_id: str) -> bool:
    file = await ctx.stores.files.find(file_id)
    assert file is not None
    return bool(file.loose)


async def guardian(ctx: Context) -> Child:
    student, _ = pupil(CLASS, 1)
    binding = a_binding(student.id, "mother", school_id=SCHOOL.id)
    await ctx.stores.bindings.save(binding)
    return Child(binding, student, CLASS)


def acts(ctx: Context, teaching: Teaching, child: Child) -> dict[Shower, Act]:
    """What stores something with a file, each with a file and a key of its own."""

    async def notice(file_id: str, key: str) -> object:
        form = {"title": "春游", "body": "周五", "confirm": "none"}
        made = await draft_notice(
            ctx, teaching, form, class_ids=[CLASS.id], file_ids=[file_id], links=[]
        )
        return await publish_notice(ctx, teaching, made, idempotency_key=key)

    async def homework(file_id: str, key: str) -> object:
        made = replace(await draft(ctx, teaching, minutes=1), file_ids=(file_id,))
        return await publish_homework(ctx, teaching, made, idempotency_key=key)

    async def submission(file_id: str, key: str) -> object:
        held = await ctx.stores.homework.find(key)
        assert held is not None
        work = Work(child, held, None)
        return await hand_in(ctx, work, "mother", text="", file_ids=[file_id], key=key)

    async def mistake(file_id: str, key: str) -> object:
        entry = Entry(
            subject="maths", note="进位", knowledge="", cause=Cause.CARELESS, file_id=file_id
        )
        return await add_own_mistake(ctx, "mother", child.student.id, entry, key=key)

    async def message(file_id: str, key: str) -> object:
        form = {"kind": "picture", "file_ids": [file_id]}
        thread_id = talk_id(class_group(CLASS.id))
        return await send_message(ctx, teaching.person_id, thread_id, form, key=key)

    async def resource(file_id: str, key: str) -> object:
        post = Post(teaching.person_id, teaching.appointments, school=teaching.school)
        return await file_resource(ctx, post, FORM, [file_id], key=key)

    return asked_acts(ctx, teaching, child) | {
        Shower.RESOURCE: resource,
        Shower.MESSAGE: message,
        Shower.NOTICE: notice,
        Shower.HOMEWORK: homework,
        Shower.SUBMISSION: submission,
        Shower.MISTAKE: mistake,
    }


def asked_acts(ctx: Context, teaching: Teaching, child: Child) -> dict[Shower, Act]:
    """The same of activities, leave and task lists."""

    async def activity(file_id: str, key: str) -> object:
        return await ask(ctx, teaching, key, file_ids=[file_id])

    async def answer(file_id: str, key: str) -> object:
        asked = await access_asked_for(ctx, "mother", key, child.student.id)
        given = Given(question_id=asked.activity.questions[0].id, file_ids=(file_id,))
        return await answer_activity(ctx, asked, [given], key="key-of-an-answer")

    async def leave(file_id: str, key: str) -> object:
        day = str((TUESDAY + timedelta(days=int(key.rpartition("-")[2]))).date())
        form = {"kind": "sick", "reason": "发烧", "first": day, "last": day}
        form |= {"first_half": "am", "last_half": "pm"}
        return await ask_leave(ctx, "mother", child.student.id, form, file_ids=[file_id], key=key)

    async def tasklist(file_id: str, key: str) -> object:
        form = {"class_id": CLASS.id, "subject": "maths", "title": "周末", "intro": ""}
        form |= {"first_on": "2026-11-28", "last_on": "2026-11-29"}
        step = StepDraft(text="看图", link="", file_ids=(file_id,))
        made = await draft_tasklist(ctx, teaching, form, [step])
        return await open_tasklist(ctx, teaching, made, key=key)

    async def taskwork(file_id: str, key: str) -> object:
        opened = await access_tasklist_as_guardian(ctx, "mother", key, child.student.id)
        return await hand_in_piece(
            ctx, opened, "mother", 1, words="", file_ids=[file_id], shared=False, key="key-0001"
        )

    return {
        Shower.ACTIVITY: activity,
        Shower.ANSWER: answer,
        Shower.LEAVE: leave,
        Shower.TASKLIST: tasklist,
        Shower.TASKWORK: taskwork,
    }


async def ask(
    ctx: Context, teaching: Teaching, key: str, *, file_ids: Sequence[str] = ()
) -> Activity:
    """An activity that asks for a file."""
    form = {"kind": "form", "per": "child", "title": "作品", "body": "请拍一张。"}
    form |= {"closes_at": (TUESDAY + timedelta(days=20)).isoformat()}
    question = QuestionDraft(kind=QuestionKind.FILE, text="作品", required=True)
    made = await draft_activity(
        ctx, teaching, form, [question], staff=False, class_ids=[CLASS.id], file_ids=file_ids
    )
    return await publish_activity(ctx, teaching, made, idempotency_key=key)


def a_list(key: str) -> TaskList:
    """A list that is out."""
    return TaskList(
        id=key,
        school_id=SCHOOL.id,
        class_id=CLASS.id,
        subject="maths",
        author_id="teacher-1",
        author_name="王老师",
        title="周末",
        intro="",
        steps=(Step(number=1, text="画一画", link="", attachments=()),),
        first_on=TUESDAY.date(),
        last_on=TUESDAY.date() + timedelta(days=1),
        opens_at=TUESDAY - timedelta(hours=1),
        closes_at=TUESDAY + timedelta(days=1),
        created_at=TUESDAY,
        position=key,
    )


async def settled(ctx: Context, teaching: Teaching, shower: Shower, key: str) -> str:
    """What the act needs to be there; the key that the act is done with."""
    if shower is Shower.SUBMISSION:
        made = await publish(ctx, teaching, key=key, hand_in=HandIn.PICTURES, minutes=1)
        return made.homework.id
    if shower is Shower.ANSWER:
        return (await ask(ctx, teaching, key)).id
    if shower is Shower.TASKWORK:
        assert await ctx.stores.tasklists.insert(a_list(key))
    return key


BY_STAFF = (
    *(Shower.NOTICE, Shower.HOMEWORK, Shower.MESSAGE, Shower.ACTIVITY, Shower.TASKLIST),
    Shower.RESOURCE,
)
BY_FAMILY = (Shower.SUBMISSION, Shower.MISTAKE, Shower.ANSWER, Shower.LEAVE, Shower.TASKWORK)


def files_in(document: object) -> set[str]:
    """Ids of files, however deep they stand."""
    if isinstance(document, dict):
        own = {document[n] for n in ("file_id", "signature_id") if document.get(n)}
        return own.union(*(files_in(value) for value in document.values()))
    if isinstance(document, list):
        return set().union(*(files_in(value) for value in document))
    return set()


async def shown(ctx: Context) -> set[str]:
    """Every file that anything shows, looked up behind the program's back."""
    found: set[str] = set()
    for name in Shower:
        async for document in ctx.stores.database[name].find({}):
            found |= files_in(document)
    return found


@pytest.mark.parametrize("shower", BY_STAFF + BY_FAMILY)
async def test_dead_after_any_write_a_file_is_attached_only_if_something_shows_it(
    ctx: Context, teaching: Teaching, monkeypatch: pytest.MonkeyPatch, shower: Shower
) -> None:
    child = await guardian(ctx)
    mother = Owner(SCHOOL.id, "mother", child.student.id)
    owner = Owner.of(teaching) if shower in BY_STAFF else mother
    act, deaths, left = acts(ctx, teaching, child)[shower], 0, 0
    for last in range(1, 30):
        key = await settled(ctx, teaching, shower, f"key-of-{last}")
        file_id = await uploaded(ctx, owner)
        try:
            with after_each_write(monkeypatch, dying_after(last)):
                await act(file_id, key)
            died = False
        except Killed:
            died = True
        deaths += died
        await days_later(ctx, 1.1)
        held = [d["_id"] async for d in ctx.stores.database["files"].find({"loose": False})]
        there = await shown(ctx)
        assert set(held) == there, (last, died)
        left += died and file_id not in there
        if not died:
            break
    assert deaths >= 2  # among them one between attaching and storing
    assert left


async def test_a_signature_is_kept_only_by_what_it_signs(
    ctx: Context, teaching: Teaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    await guardian(ctx)
    form = {"title": "春游", "body": "周五", "confirm": "sign"}
    made = await draft_notice(ctx, teaching, form, class_ids=[CLASS.id], file_ids=[], links=[])
    notice = await publish_notice(ctx, teaching, made, idempotency_key="key-0001")
    await carry_out_work(ctx, notice.id)

    async def sign() -> bool:
        return await confirm_notice(
            ctx, "mother", notice.id, version=1, signature=signature("mother")
        )

    for last in range(1, 20):  # until its record is there, and what it signs does not know of it
        with pytest.raises(Killed), after_each_write(monkeypatch, dying_after(last)):
            await sign()
        if await ctx.stores.database["files"].count_documents({}):
            break
    assert await sign()
    await days_later(ctx, 1.1)
    held = {d["_id"] async for d in ctx.stores.database["files"].find({"loose": False})}
    lost = {d["_id"] async for d in ctx.stores.database["files"].find({"loose": True})}
    assert held == await shown(ctx)
    assert (len(held), len(lost)) == (1, 1)


async def test_within_a_day_nothing_is_taken_back_and_who_asks_again_has_it(
    ctx: Context, teaching: Teaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id = await uploaded(ctx, Owner.of(teaching))
    act = acts(ctx, teaching, await guardian(ctx))[Shower.NOTICE]
    with pytest.raises(Killed), after_each_write(monkeypatch, dying_after(1)):
        await act(file_id, "key-0001")
    await days_later(ctx, 0.9)
    assert not await is_loose(ctx, file_id)
    await days_later(ctx, 1.1)
    assert await is_loose(ctx, file_id)
    await act(file_id, "key-0001")
    await days_later(ctx, 3)
    assert not await is_loose(ctx, file_id)


async def test_a_file_of_two_stays_while_one_of_them_shows_it(
    ctx: Context, teaching: Teaching
) -> None:
    """A homework that repeats another shows the same files; the second is never stored."""
    file_id = await uploaded(ctx, Owner.of(teaching))
    await acts(ctx, teaching, await guardian(ctx))[Shower.HOMEWORK](file_id, "key-0001")
    for settled_first in (False, True):
        if settled_first:
            await days_later(ctx, 1.1)
        (file,) = (await ctx.stores.files.many([file_id])).values()
        await attach(ctx, [file], promise_to(Shower.HOMEWORK, "never-stored"))
        await days_later(ctx, 2.5)
        assert not await is_loose(ctx, file_id)


async def test_what_a_homework_only_tried_is_looked_at_until_it_is_published(
    ctx: Context, teaching: Teaching
) -> None:
    await publish(ctx, await teacher(ctx, 2), minutes=50)
    first, second = [await uploaded(ctx, Owner.of(teaching)) for _ in range(2)]
    made = replace(await draft(ctx, teaching, minutes=40), file_ids=(first,))
    tried = await publish_homework(ctx, teaching, made, idempotency_key="key-0001")
    assert tried.clashes
    await days_later(ctx, 1.1)
    assert not await is_loose(ctx, first)
    shorter = replace(await draft(ctx, teaching, minutes=10), file_ids=(second,))
    outcome = await edit_homework(
        ctx, teaching, tried.homework.id, shorter, seen=tried.homework.attempts
    )
    assert outcome.clashes == ()
    await days_later(ctx, 2.5)
    assert await is_loose(ctx, first)
    assert not await is_loose(ctx, second)


async def test_attached_anew_while_the_sweep_looks_it_stays(
    ctx: Context, teaching: Teaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking and writing the form is sent once more: what was seen counts no longer."""
    file_id = await uploaded(ctx, Owner.of(teaching))
    (file,) = (await ctx.stores.files.many([file_id])).values()
    await attach(ctx, [file], promise_to(Shower.NOTICE, "never-stored"))
    late = replace(ctx, now=lambda: TUESDAY + PATIENCE + timedelta(hours=1))
    store = type(ctx.stores.files)
    mark_loose = store.mark_loose

    async def meanwhile(self: object, *arguments: object) -> None:
        await attach(late, [file], promise_to(Shower.NOTICE, "in-time"))
        await mark_loose(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "mark_loose", meanwhile)
    await settle_promises(late)
    assert not await is_loose(ctx, file_id)
