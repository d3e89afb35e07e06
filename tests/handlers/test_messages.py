"""Conversations on pages: at a desk and in WeChat's browser, as forms and as a script asks; who may see which."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest

from domain.bindings import Binding, BindingState, Ending, EndReason, binding_id
from domain.groups import class_group
from domain.messages import Message
from domain.safety import Outcome
from domain.threads import ref_in, talk_id
from services.message_reviews import settle_message
from services.messages import send_message
from services.people import recognise
from services.threads import open_child_thread, open_question, threads_of
from tests.desk import Browser, sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import OTHER_SCHOOL, SCHOOL, a_class, settle_city, settle_staff
from tests.town import Reply, Town, pupil

GROUP = class_group(a_class(1).id)
TALK = talk_id(GROUP)
JSON = {"Accept": "application/json"}


async def person_of(town: Town, key: str) -> str:
    return await recognise(town.ctx, town.phone(key).user.openid)


async def a_guardian(town: Town, key: str, number: int = 1, school: Any = SCHOOL) -> str:
    """The mother of child `number` of a school's first class; the child's id."""
    student, _ = pupil(a_class(1, school), number)
    await town.ctx.stores.schools.save_students([student])
    person = await person_of(town, key)
    await town.ctx.stores.bindings.save(
        Binding(
            id=binding_id(student.id, person),
            school_id=school.id,
            student_id=student.id,
            person_id=person,
            relation="妈妈",
            contact_id=None,
            state=BindingState.ACTIVE,
            bound_at=town.ctx.now(),
        )
    )
    return student.id


@pytest.fixture
async def city(quiet_town: Town) -> Town:
    await settle_city(quiet_town)
    await settle_staff(quiet_town)
    await quiet_town.ctx.stores.schools.save_classes([a_class(1, OTHER_SCHOOL)])
    await a_guardian(quiet_town, "gao")
    await a_guardian(quiet_town, "he", 2)
    return quiet_town


@pytest.fixture
async def desk(city: Town) -> AsyncIterator[Browser]:
    """The head teacher of the first class at a desk."""
    browser = Browser(city)
    await sign_in_at_desk(browser, city.phone("wang"))
    yield browser
    await browser.client.close()


def at(thread_id: str, more: str = "", root: str = "/console/messages") -> str:
    return f"{root}/{quote(thread_id, safe='')}{more}"


def h5(thread_id: str, more: str = "") -> str:
    return at(thread_id, more, "/h5/messages")


def key_in(page: Reply) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


async def stored(town: Town, thread_id: str) -> list[Message]:
    found: list[Message] = await town.ctx.stores.messages.stretch(thread_id, 0, 100)
    return found


async def said(town: Town, thread_id: str) -> list[str]:
    return [m.text for m in await stored(town, thread_id)]


async def news(town: Town, key: str, thread_id: str, after: int = 0) -> dict[str, Any]:
    phone = town.phone(key)
    await phone.csrf()  # signed in
    page = await phone.get(h5(thread_id, f"/news?after={after}"), **JSON)
    assert page.status == 200, page.text
    found: dict[str, Any] = json.loads(page.text)["data"]
    return found


async def test_who_is_called_by_name_sees_it_in_the_list_until_they_have_read(
    city: Town, desk: Browser
) -> None:
    zhou = await person_of(city, "zhou")
    called = [ref_in(TALK, await person_of(city, key)) for key in ("wang", "gao")]
    form = {"kind": "text", "text": "请看一下。", "mentions": called}
    await send_message(city.ctx, zhou, TALK, form, key="call-of-zhou")
    phone, other = city.phone("gao"), city.phone("he")
    assert "有人@你" in (await phone.get("/h5/messages")).text
    assert "有人@你" in (await desk.open("/console/messages")).text
    assert "有人@你" not in (await other.get("/h5/messages")).text
    await phone.get(h5(TALK))
    await desk.open(at(TALK))
    assert "有人@你" not in (await phone.get("/h5/messages")).text
    assert "有人@你" not in (await desk.open("/console/messages")).text


async def test_a_form_says_it_once_and_the_other_side_reads_it(city: Town, desk: Browser) -> None:
    page = await desk.open(at(TALK))
    assert page.status == 200
    assert "还没有人说话" in page.text
    form = {"text": "明天带 <b>水杯</b>", "key": key_in(page)}
    for _ in range(2):
        page = await desk.send(at(TALK), form)
        assert page.status == 200
        assert "明天带 &lt;b&gt;水杯&lt;/b&gt;" in page.text
    assert await said(city, TALK) == ["明天带 <b>水杯</b>"]
    listed = await city.phone("gao").get("/h5/messages")
    assert 'aria-label="1 条未读"' in listed.text
    read = await city.phone("gao").get(h5(TALK))
    assert "明天带 &lt;b&gt;水杯" in read.text
    assert "<b>王老师</b>" in read.text
    assert "条未读" not in (await city.phone("gao").get("/h5/messages")).text


async def test_what_is_refused_comes_back_as_it_was_typed(city: Town, desk: Browser) -> None:
    await desk.send(at(TALK), {"text": "好" * 2001, "key": "a-key-of-a-form"})
    empty = await desk.send(at(TALK), {"text": "  ", "key": "a-key-of-a-form"})
    assert empty.status == 422
    assert "data-problem" in empty.text
    assert await said(city, TALK) == []
    long = await desk.send(at(TALK), {"text": "好" * 2001, "key": "a-key-of-a-form"})
    assert long.status == 422
    assert "好" * 2001 in long.text


async def test_without_the_sessions_own_token_nothing_is_said(city: Town, desk: Browser) -> None:
    await desk.open(at(TALK))
    for path in (at(TALK), at(TALK, "/read"), at(TALK, "/1/recall")):
        status, _ = await desk.post(path, text="明天见", seq="1", csrf="guessed")
        assert status == 403, path
    assert await said(city, TALK) == []


async def test_a_private_thread_from_the_desk_to_the_phone_and_back(
    city: Town, desk: Browser
) -> None:
    wang, gao = await person_of(city, "wang"), await person_of(city, "gao")
    child = (await city.ctx.stores.bindings.active_of_person(gao))[0].student_id
    thread = await open_child_thread(city.ctx, wang, child)
    await desk.send(at(thread.id), {"text": "今天发烧了吗？", "key": "key-of-wang-1"})
    page = await city.phone("gao").get(h5(thread.id))
    assert "今天发烧了吗？" in page.text
    answer = await city.phone("gao").post(
        h5(thread.id), {"text": "退烧了，谢谢老师", "key": key_in(page)}
    )
    assert answer.status == 200
    assert "退烧了" in answer.text
    shown = await desk.open(at(thread.id))
    assert shown.text.index("今天发烧了吗？") < shown.text.index("退烧了")
    # Another family, and a colleague who does not have it, do not find it.
    assert (await city.phone("he").get(h5(thread.id))).status == 404
    colleague = Browser(city)
    await sign_in_at_desk(colleague, city.phone("zhou"))
    for more in ("", "/news?after=0"):
        assert (await colleague.open(at(thread.id, more))).status == 404
    assert (
        await colleague.send(at(thread.id), {"text": "我也在", "key": "key-zhou-1"})
    ).status == 404
    await colleague.client.close()
    assert await said(city, thread.id) == ["今天发烧了吗？", "退烧了，谢谢老师"]


async def test_what_is_checked_is_read_by_its_author_alone(city: Town) -> None:
    wang = await person_of(city, "wang")
    kept = await send_message(
        city.ctx, wang, TALK, {"kind": "text", "text": "秘密的话"}, key="key-of-wang-1"
    )
    assert kept.message is not None
    await settle_message(city.ctx, kept.message.id, Outcome.CHECKING)
    for shown in ((await city.phone("gao").get(h5(TALK))).text, str(await news(city, "gao", TALK))):
        assert "秘密的话" not in shown
        assert "这条消息正在检查" in shown
    own = await city.phone("wang").get(h5(TALK))
    assert "秘密的话" in own.text
    assert "正在检查，别人还看不到" in own.text
    await settle_message(city.ctx, kept.message.id, Outcome.PASS)
    assert "秘密的话" in str(await news(city, "gao", TALK))


async def test_news_comes_in_order_without_a_gap_and_tells_what_changed(
    city: Town, desk: Browser
) -> None:
    for n in range(3):
        await desk.send(at(TALK), {"text": f"第{n}句", "key": f"key-of-wang-{n}"})
    found = await news(city, "gao", TALK, after=1)
    assert [i["seq"] for i in found["items"]] == [2, 3]
    assert found["last"] == 3
    assert not found["more"]
    assert found["changed"] == []
    since = quote(found["at"], safe="")
    assert (await desk.send(at(TALK, "/2/recall"))).status == 200
    page = await city.phone("gao").get(h5(TALK, f"/news?after=3&since={since}"), **JSON)
    changed = json.loads(page.text)["data"]["changed"]
    # What changed shortly before is told once more: clocks of processes differ.
    of_two = next(i for i in changed if i["seq"] == 2)
    assert "撤回了一条消息" in of_two["html"]
    assert "第1句" not in of_two["html"]
    for wrong in ("/news?after=x&since=yesterday", "/news?after=-1", "/news"):
        page = await city.phone("gao").get(h5(TALK, wrong), **JSON)
        assert [i["seq"] for i in json.loads(page.text)["data"]["items"]] == [1, 2, 3]


async def test_what_is_kept_no_longer_is_not_asked_for_again(city: Town, desk: Browser) -> None:
    for n in range(3):
        await desk.send(at(TALK), {"text": f"第{n}句", "key": f"key-of-wang-{n}"})
    await city.ctx.stores.forgetting.drop("messages", [m.id for m in await stored(city, TALK)])
    found = await news(city, "gao", TALK)
    assert (found["items"], found["last"], found["more"]) == ([], 3, False)
    assert 'data-tail="3"' in (await city.phone("gao").get(h5(TALK))).text


async def test_taking_back_is_offered_as_long_as_it_is_possible(city: Town, desk: Browser) -> None:
    mine = h5((await open_question(city.ctx, await person_of(city, "gao"), GROUP)).id)
    await city.phone("gao").post(mine, {"text": "在吗", "key": "key-of-gao-1"})
    page = (await city.phone("gao").get(mine)).text
    seconds = re.search(r'data-seconds="(\d+)"', page)
    assert seconds
    assert 0 < int(seconds[1]) <= 120
    await desk.send(at(TALK), {"text": "在", "key": "key-of-wang-1"})
    page = (await desk.open(at(TALK))).text  # who leads the group may for as long as they like
    assert "/1/recall" in page
    assert "data-seconds" not in page


async def test_who_reads_alone_asks_the_teachers_where_others_do_not_see_it(city: Town) -> None:
    page = await city.phone("gao").get(h5(TALK))
    assert "三年级1班 班级群" in page.text
    assert "data-say" not in page.text
    assert "您的提问只有老师看到" in page.text
    refused = await city.phone("gao").post(h5(TALK), {"text": "在吗", "key": "key-of-gao-1"})
    assert refused.status == 409
    assert await said(city, TALK) == []
    asked = await city.phone("gao").post(h5(TALK, "/question"))
    assert asked.status == 200
    assert "问三年级1班的老师" in unescape(asked.text)
    question = await open_question(city.ctx, await person_of(city, "gao"), GROUP)
    await city.phone("gao").post(h5(question.id), {"text": "春游几点走？", "key": "key-of-gao-2"})
    assert (await city.phone("he").get(h5(question.id))).status == 404
    assert "春游几点走？" in (await city.phone("wang").get(h5(question.id))).text


async def test_a_desk_shows_what_one_has_as_staff_of_that_school_alone(
    city: Town, desk: Browser
) -> None:
    await a_guardian(city, "wang", 7, OTHER_SCHOOL)
    elsewhere = talk_id(class_group(a_class(1, OTHER_SCHOOL).id))
    mine = {line.thread.id for line in await threads_of(city.ctx, await person_of(city, "wang"))}
    assert {TALK, elsewhere} <= mine
    shown = (await desk.open("/console/messages")).text
    assert TALK in shown
    assert elsewhere not in shown
    for more in ("", "/news?after=0"):
        assert (await desk.open(at(elsewhere, more))).status == 404
    assert (await desk.send(at(elsewhere), {"text": "好", "key": "key-of-wang-9"})).status == 404
    assert await said(city, elsewhere) == []


async def test_whose_binding_ends_reads_and_says_nothing_more(city: Town, desk: Browser) -> None:
    await desk.send(at(TALK), {"text": "只给家长看", "key": "key-of-wang-1"})
    phone, gao = city.phone("gao"), await person_of(city, "gao")
    assert "只给家长看" in (await phone.get(h5(TALK))).text
    bound = (await city.ctx.stores.bindings.active_of_person(gao))[0]
    ending = Ending(at=city.ctx.now(), by="office", reason=EndReason.MOVED)
    assert await city.ctx.stores.bindings.end(bound.id, ending)
    for more in ("", "/news?after=0"):
        assert (await phone.get(h5(TALK, more))).status == 404
    for more in ("/read", "/1/recall", "/question"):
        assert (await phone.post(h5(TALK, more), {"seq": "1"})).status == 404


async def test_a_page_that_one_comes_back_to_files_something_else_and_the_same_once(
    city: Town,
) -> None:
    child, phone = await a_guardian(city, "gao"), city.phone("gao")
    page = key_in(await phone.get("/h5/messages/new"))
    form = {"key": page, "child": child, "title": "路灯坏了", "text": "校门口看不清。"}
    other = {**form, "title": "饭菜凉了", "text": "三楼的午饭是凉的。"}
    for sent in (form, form, other):
        assert (await phone.post("/h5/messages/new", sent)).status == 200
    filed = await city.ctx.stores.database["threads"].find({"kind": "feedback"}).to_list(None)
    assert sorted(one["title"] for one in filed) == ["路灯坏了", "饭菜凉了"]
    for one in filed:
        assert len(await said(city, one["_id"])) == 1
