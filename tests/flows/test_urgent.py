"""What is urgent goes through quiet hours: the school alone says so, with a reason that is kept, and not often."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.audit import Act
from domain.errors import ConflictError, InvalidError, TooManyError
from domain.roles import Role
from domain.schools import Keeper
from domain.urgent import AN_HOUR
from services.audit import Wanted, audit_page
from services.deliveries import carry_out_work
from services.messages import send_message
from services.notices import draft_notice, publish_notice
from services.people import access_teaching, learn_union
from services.pushes import push_deliveries
from services.quiet import mute_thread
from services.rings import tend_rings
from services.threads import open_child_thread
from tests.desk import appoint_at
from tests.flows.conftest import quiet_town as quiet_town
from tests.flows.test_quiet import rest
from tests.flows.test_rings import CLASS, TALK, person, pushes
from tests.flows.test_rings import town as talking_town
from tests.miniapp.conftest import Device
from tests.miniapp.conftest import device as device
from tests.talking import text
from tests.town import SCHOOL, Phone, Town, pupil

town = talking_town
WHY = "台风红色预警，明天停课"


@pytest.fixture
async def office(town: Town) -> Phone:
    """The office keeps the classes of this school and is in their groups."""
    kept = replace(SCHOOL, rules=replace(SCHOOL.rules, keeper=Keeper.OFFICE))
    return await appoint_at(town, "office", kept, Role.OFFICE, name="李芳")


async def said(town: Town, key: str, *, thread: str = TALK, reason: str = WHY, n: int = 1) -> str:
    words = text("明天停课，请勿到校。", urgent_reason=reason)
    sent = await send_message(
        town.ctx, await person(town, key), thread, words, key=f"urgent-{n:04d}"
    )
    assert sent.message is not None
    return sent.message.id


async def entries(town: Town) -> list[str]:
    """What the audit log says was urgent; the reason stands with what was said."""
    page = await audit_page(town.ctx, SCHOOL.id, Wanted(act=Act.URGENT_SAID))
    return [entry.subject_id for entry in page.entries]


async def test_it_rings_at_once_for_who_rests_and_for_who_has_muted_it(
    town: Town, office: Phone
) -> None:
    await rest(town, "mother1")
    await mute_thread(town.ctx, await person(town, "mother2"), TALK, muted=True)
    first = await said(town, "office")
    await tend_rings(town.ctx)
    for key in ("mother1", "mother2"):
        (push,) = pushes(town, key)
        assert "紧急：您有 1 条新消息" in str(push)
        assert "台风" not in str(push)
    assert await said(town, "office") == first  # the same key is the same message, and one entry
    assert await entries(town) == [first]
    kept = await town.ctx.stores.messages.find(first)
    assert kept is not None
    assert kept.urgent == WHY


async def test_nobody_else_can_say_so_and_nothing_is_kept_of_the_try(
    town: Town, office: Phone
) -> None:
    child = pupil(CLASS, 1)[0]
    thread = await open_child_thread(town.ctx, await person(town, "teacher"), child.id)
    for key, where in (("teacher", TALK), ("mother1", TALK), ("teacher", thread.id)):
        with pytest.raises(ConflictError):
            await said(town, key, thread=where)
    for reason in ("急", "急" * 101):
        with pytest.raises(InvalidError):
            await said(town, "office", reason=reason)
    assert await town.ctx.stores.messages.tail(TALK, 0) == 0
    assert await entries(town) == []


async def test_a_few_within_an_hour_are_enough(town: Town, office: Phone) -> None:
    for n in range(AN_HOUR):
        await said(town, "office", n=n)
    with pytest.raises(TooManyError):
        await said(town, "office", n=AN_HOUR)
    assert await town.ctx.stores.messages.tail(TALK, 0) == AN_HOUR
    assert len(await entries(town)) == AN_HOUR


async def test_an_urgent_notice_reaches_who_rests_and_says_so(town: Town, office: Phone) -> None:
    await rest(town, "mother1")
    teaching = await access_teaching(town.ctx, await person(town, "office"))
    form = {"title": "明天停课", "body": "台风红色预警。", "urgent_reason": WHY}
    draft = await draft_notice(
        town.ctx, teaching, form, class_ids=[CLASS.id], file_ids=[], links=[]
    )
    for _ in range(2):
        notice = await publish_notice(town.ctx, teaching, draft, idempotency_key="key-1")
    await carry_out_work(town.ctx, notice.id)
    await push_deliveries(town.ctx, notice.id, CLASS.id)
    (push,) = pushes(town, "mother1")
    assert "紧急：明天停课" in str(push)
    assert await entries(town) == [notice.id]
    page = await town.phone("mother1").get(f"/h5/notices/{notice.id}")
    assert WHY in page.text
    # A teacher's form has no such field, and one that is made up changes nothing.
    assert "urgent_reason" not in (await town.phone("teacher").get("/h5/teach/notices/new")).text
    assert "urgent_reason" in (await office.get("/h5/teach/notices/new")).text
    refused = await town.phone("teacher").post(
        "/h5/teach/notices/new",
        {"key": "key-of-a-teacher-1", "when": "now", "class_ids": CLASS.id, **form},
    )
    assert refused.status == 409
    assert len(await entries(town)) == 1


async def test_the_form_of_a_conversation_says_it(town: Town, office: Phone) -> None:
    page = await office.get(f"/h5/messages/{TALK}")
    assert "紧急，休息时间也提醒" in page.text
    mine = await office.post(
        f"/h5/messages/{TALK}", {"key": "form-key-1", "text": "明天停课。", "urgent_reason": WHY}
    )
    assert '<span class="tag warn">紧急</span>' in mine.text
    assert len(await entries(town)) == 1
    assert WHY in mine.text
    assert "休息时间也提醒" not in (await town.phone("teacher").get(f"/h5/messages/{TALK}")).text


async def test_the_office_says_it_from_the_mini_program_and_nobody_else(
    town: Town, office: Phone, device: Device
) -> None:
    minis = {}
    for key in ("office", "teacher", "mother1"):
        await learn_union(town.ctx, town.phone(key).user.openid)
        minis[key] = device(key)
        await minis[key].sign_in()
    path = f"/threads/{TALK}/messages"
    may = {key: (await mini.call("GET", path)).data["may_urge"] for key, mini in minis.items()}
    assert may == {"office": True, "teacher": False, "mother1": False}
    for key in ("teacher", "mother1"):
        refused = await minis[key].call("POST", path, text("停课。", urgent_reason=WHY))
        assert refused.code == "not_urgent"
    assert await town.ctx.stores.messages.tail(TALK, 0) == 0
    short = await minis["office"].call("POST", path, text("停课。", urgent_reason="急"))
    assert short.status == 422
    sent = [
        await minis["office"].call("POST", path, text("停课。", urgent_reason=WHY), key="one-key-1")
        for _ in range(2)
    ]
    message = sent[0].data["message"]
    assert sent[1].data["message"]["id"] == message["id"]
    assert message["urgent"] == WHY
    assert await entries(town) == [message["id"]]
    await rest(town, "mother1")
    await tend_rings(town.ctx)
    assert len(pushes(town, "mother1")) == 1


async def test_an_urgent_notice_is_published_from_the_mini_program(
    town: Town, office: Phone, device: Device
) -> None:
    minis = {}
    for key in ("office", "teacher"):
        await learn_union(town.ctx, town.phone(key).user.openid)
        minis[key] = device(key)
        await minis[key].sign_in()
    forecast = f"/teaching/forecast?classes={CLASS.id}"
    may = {key: (await mini.call("GET", forecast)).data["may_urge"] for key, mini in minis.items()}
    assert may == {"office": True, "teacher": False}
    form = {
        "title": "明天停课",
        "body": "台风红色预警。",
        "class_ids": [CLASS.id],
        "urgent_reason": WHY,
    }
    refused = await minis["teacher"].call("POST", "/notices", form)
    assert refused.code == "not_urgent"
    for _ in range(2):
        sent = await minis["office"].call("POST", "/notices", form, key="one-key-1")
    assert await entries(town) == [sent.data["id"]]
