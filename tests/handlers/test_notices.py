"""Writing, correcting, reminding, withdrawing: what is wrong is named, what was typed stays, nothing half happens."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from domain.notices import BODY_LIMIT, NoticeState, Work
from domain.times import SCHOOL_ZONE
from handlers import phrases
from services.files import Owner, store_upload
from tests.handlers.conftest import PDF, Village, notice_form
from tests.town import OTHER_SCHOOL, Reply, school_class
from tests.waiting import wait_until

NEW = "/h5/teach/notices/new"


def _id_in(reply: Reply) -> str:
    return reply.url.partition("/notices/")[2].partition("?")[0]


async def _notice(village: Village, notice_id: str) -> Any:
    return await village.town.ctx.stores.notices.find(notice_id)


def _soon(village: Village, **delta: float) -> str:
    at = village.town.ctx.now() + timedelta(**delta)
    return str(at.astimezone(SCHOOL_ZONE).strftime("%Y-%m-%dT%H:%M"))


async def test_a_notice_is_published_and_leads_to_its_receipts(village: Village) -> None:
    upload = await village.teacher.upload("报名表.pdf", PDF)
    form = notice_form(
        file_ids=[upload.data["id"]], links=["https://www.example.edu.cn/sports", "", ""]
    )
    page = await village.teacher.post(NEW, form)
    assert page.status == 200
    assert "已发布" in page.text
    notice = await _notice(village, _id_in(page))
    assert notice.state is NoticeState.PUBLISHED
    assert notice.current.body == "周五早上八点，\n操场集合。"
    assert [a.name for a in notice.current.attachments] == ["报名表.pdf"]
    assert notice.current.links == ("https://www.example.edu.cn/sports",)


async def test_the_served_form_carries_a_new_key_each_time_and_one_class_is_chosen(
    village: Village,
) -> None:
    pages = [(await village.teacher.get(NEW)).text for _ in range(2)]
    keys = [re.findall(r'name="key" value="([^"]+)"', page) for page in pages]
    assert len(keys[0]) == len(keys[1]) == 1
    assert keys[0] != keys[1]
    assert f'value="{school_class(1).id}" checked' in pages[0]


async def test_a_double_tap_is_one_notice(village: Village) -> None:
    first = await village.teacher.post(NEW, notice_form())
    second = await village.teacher.post(NEW, notice_form(body="anders"))
    assert _id_in(first) == _id_in(second)
    assert await village.count("notices") == 1


BAD = [
    ({"title": ""}, "title", "请写标题"),
    ({"title": None}, "title", "请写标题"),
    ({"title": "　 "}, "title", "请写标题"),
    ({"title": "字" * 21}, "title", "标题最多 20 个字"),
    ({"title": "一\n二"}, "title", "标题里有不能显示的字符"),
    ({"body": ""}, "body", "请写正文"),
    ({"body": "字" * (BODY_LIMIT + 1)}, "body", "正文最多 5000 个字"),
    ({"class_ids": None}, "class_ids", "请至少选一个班级"),
    ({"class_ids": ["c"] * 21}, "class_ids", "班级最多 20 个"),
    ({"confirm": "shout"}, "confirm", "请重新选择确认方式"),
    ({"links": "http://www.example.edu.cn/"}, "links", "链接要以 https:// 开头"),
    ({"links": "https://evil.example/"}, "links", "链接要以 https:// 开头"),
    ({"links": "javascript:alert(1)"}, "links", "链接要以 https:// 开头"),
    ({"links": "https://www.example.edu.cn@evil.example/"}, "links", "链接要以 https:// 开头"),
    ({"links": ["https://example.edu.cn/"] * 4}, "links", "链接最多 3 个"),
    ({"file_ids": "invented"}, "file_ids", "附件找不到了"),
    ({"file_ids": ["f"] * 10}, "file_ids", "附件最多 9 个"),
    ({"deadline_at": "soon"}, "deadline_at", "截止时间不是有效的时间"),
    ({"deadline_at": "2020-01-01T08:00"}, "deadline_at", "截止时间已经过去了"),
    ({"when": "later"}, "publish_at", "请填写发送时间"),
    ({"when": "later", "publish_at": "2020-01-01T08:00"}, "publish_at", "发送时间已经过去了"),
    ({"when": "later", "publish_at": "2999-01-01T08:00"}, "publish_at", "发送时间太远了"),
]


@pytest.mark.parametrize(("change", "field", "words"), BAD)
async def test_a_wrong_field_is_named_the_rest_is_kept_and_nothing_is_stored(
    village: Village, change: dict[str, Any], field: str, words: str
) -> None:
    page = await village.teacher.post(NEW, notice_form(**{"deadline_at": None, **change}))
    assert page.status == 422
    problem = re.search(rf'id="problem-{field}"[^>]*>([^<]*)<', page.text)
    assert problem
    assert words in problem[1]
    text = html.unescape(page.text)
    for name, value in notice_form(**change):
        if name in ("title", "body", "key", "deadline_at", "publish_at") and value.strip():
            assert value in text, name
    assert 'value="tap" checked' in page.text or "confirm" in change
    assert await village.count("notices") == 0


async def test_every_wrong_field_is_named_at_once(village: Village) -> None:
    form = notice_form(title="", body="", class_ids=None, when="later")
    page = await village.teacher.post(NEW, form)
    named = set(re.findall(r'id="problem-(\w+)"', page.text))
    assert named == {"title", "body", "class_ids", "publish_at"}


async def test_what_was_typed_comes_back_harmless(village: Village) -> None:
    nasty = '"><script>alert(1)</script>'
    page = await village.teacher.post(NEW, notice_form(title="", body=nasty, links=nasty))
    assert page.status == 422
    assert "<script>alert" not in page.text
    assert nasty in html.unescape(page.text)


async def test_a_class_that_is_not_theirs_is_refused_as_if_it_were_not_there(
    village: Village,
) -> None:
    mine, theirs = school_class(1).id, school_class(1, OTHER_SCHOOL).id
    foreign = await village.teacher.post(NEW, notice_form(class_ids=[mine, theirs]))
    absent = await village.teacher.post(NEW, notice_form(class_ids=[mine, "nothing"]))
    assert foreign.status == absent.status == 404
    assert foreign.text == absent.text
    assert await village.count("notices") == 0


async def test_a_file_that_is_not_theirs_is_refused_as_if_it_were_not_there(
    village: Village,
) -> None:
    teaching = await village.teaching(village.rival)
    foreign = await store_upload(village.town.ctx, Owner.of(teaching), "a.pdf", PDF)
    page = await village.teacher.post(NEW, notice_form(file_ids=[foreign.id]))
    assert page.status == 422
    assert "附件找不到了" in page.text
    assert "a.pdf" not in page.text
    assert await village.count("notices") == 0


@pytest.mark.parametrize("csrf", [None, "", "guessed", "的"])
async def test_without_the_forms_token_nothing_is_published(
    village: Village, csrf: str | None
) -> None:
    await village.teacher.get("/h5/")
    form = notice_form() if csrf is None else [*notice_form(), ("csrf", csrf)]
    async with village.teacher.client.post(village.teacher.url(NEW), data=form) as answer:
        assert answer.status == 403
    assert await village.count("notices") == 0


@pytest.mark.parametrize("key", [None, "", "short", "k" * 65, "a key with blanks"])
async def test_a_form_without_a_usable_key_is_refused(village: Village, key: str | None) -> None:
    page = await village.teacher.post(NEW, notice_form(key=key))
    assert page.status == 400
    assert await village.count("notices") == 0


async def test_who_is_no_head_teacher_finds_no_such_pages(village: Village) -> None:
    for path in ("/h5/teach/", NEW, "/h5/teach/claims", "/h5/teach/invite", "/h5/teach/counts"):
        assert (await village.mother.get(path)).status == 404
    assert (await village.mother.post(NEW, notice_form())).status == 404
    assert await village.count("notices") == 0


async def test_a_notice_for_later_waits_and_says_when(village: Village) -> None:
    at = _soon(village, days=2)
    page = await village.teacher.post(NEW, notice_form(when="later", publish_at=at))
    assert page.status == 200
    assert "自动发送" in page.text
    notice = await _notice(village, _id_in(page))
    assert notice.state is NoticeState.SCHEDULED
    assert await village.count("deliveries") == 0


async def test_a_time_that_is_not_chosen_does_not_count(village: Village) -> None:
    page = await village.teacher.post(NEW, notice_form(when="now", publish_at="2020-01-01T08:00"))
    assert page.status == 200
    assert (await _notice(village, _id_in(page))).state is NoticeState.PUBLISHED


# -- correcting


async def test_a_correction_is_a_new_version_with_audience_and_confirmation_kept(
    village: Village,
) -> None:
    notice = await village.publish(confirm="tap")
    path = f"/h5/teach/notices/{notice.id}/edit"
    page = await village.teacher.get(path)
    assert "周五早上八点" in page.text
    form = {"version": "1", "title": "运动会改期", "body": "改到周六。", "confirm": "none"}
    page = await village.teacher.post(path, form)
    assert page.status == 200
    assert "已更正" in page.text
    changed = await _notice(village, notice.id)
    assert [v.title for v in changed.versions] == ["秋季运动会", "运动会改期"]
    assert (changed.confirm, changed.class_ids) == (notice.confirm, notice.class_ids)


async def test_two_corrections_of_the_same_version_lose_no_words(village: Village) -> None:
    notice = await village.publish()
    path = f"/h5/teach/notices/{notice.id}/edit"
    await village.teacher.post(path, {"version": "1", "title": "第一个", "body": "一"})
    page = await village.teacher.post(path, {"version": "1", "title": "第二个", "body": "二二二"})
    assert page.status == 409
    assert "第二个" in page.text
    assert "二二二" in page.text
    assert 'name="version" value="2"' in page.text
    assert len((await _notice(village, notice.id)).versions) == 2


async def test_a_wrong_correction_changes_nothing_and_keeps_what_was_typed(
    village: Village,
) -> None:
    notice = await village.publish()
    path = f"/h5/teach/notices/{notice.id}/edit"
    page = await village.teacher.post(path, {"version": "1", "title": "字" * 21, "body": "新的话"})
    assert page.status == 422
    assert "标题最多 20 个字" in page.text
    assert "新的话" in page.text
    page = await village.teacher.post(path, {"version": "eins", "title": "好", "body": "好"})
    assert page.status == 400
    assert len((await _notice(village, notice.id)).versions) == 1


# -- reminding and withdrawing


async def _settled(village: Village, notice_id: str) -> None:
    async def done() -> bool:
        deliveries = village.town.ctx.stores.database["deliveries"]
        return bool(await deliveries.count_documents({"notice_id": notice_id, "push": None}))

    await wait_until(done, description="everything is sent")


async def _reminded(village: Village, notice_id: str) -> None:
    async def done() -> bool:
        return (await _notice(village, notice_id)).reminder_due_at is None

    await wait_until(done, description="the reminder is carried out")


async def test_while_the_first_reminder_waits_there_is_no_second(village: Village) -> None:
    notice = await village.publish()
    await _settled(village, notice.id)
    due_at = village.town.ctx.now() + timedelta(hours=8)  # asked for in the quiet hours
    work = Work(purpose="remind-1", due_at=due_at)
    assert await village.town.ctx.stores.notices.mark_reminded(notice.id, 1, work)
    waiting = await _notice(village, notice.id)
    path = f"/h5/teach/notices/{notice.id}"
    when = phrases.moment(due_at, village.town.ctx.now())
    page = (await village.teacher.get(path)).text
    assert f"{when} 提醒</span>" in page
    assert f"{path}/remind" not in page
    page = (await village.teacher.get(f"{path}/remind")).text
    assert f"会在 {when} 送出" in page
    assert 'name="number"' not in page
    assert (await village.teacher.post(f"{path}/remind", {"number": "2"})).status == 409
    assert (await village.teacher.post(f"{path}/remind", {"number": "1"})).status == 200
    assert await _notice(village, notice.id) == waiting


async def test_a_reminder_says_how_many_and_twice_is_the_most(village: Village) -> None:
    notice = await village.publish()
    await _settled(village, notice.id)
    path = f"/h5/teach/notices/{notice.id}/remind"
    for number in (1, 2):
        page = await village.teacher.get(path)
        assert "提醒 1 位家长" in page.text
        for _ in range(2):  # a double tap
            page = await village.teacher.post(path, {"number": str(number)})
            assert page.status == 200
        assert (await _notice(village, notice.id)).reminders == number
        await _reminded(village, notice.id)
    assert "已经提醒过两次" in (await village.teacher.get(path)).text
    for wrong in ("3", "0", "-1"):
        page = await village.teacher.post(path, {"number": wrong})
        assert page.status == 409
    assert (await village.teacher.post(path, {"number": "x"})).status == 400
    assert (await _notice(village, notice.id)).reminders == 2


async def test_when_all_have_read_there_is_nobody_to_remind(village: Village) -> None:
    notice = await village.publish()
    await _settled(village, notice.id)
    await village.mother.get(f"/h5/notices/{notice.id}")
    page = await village.teacher.get(f"/h5/teach/notices/{notice.id}/remind")
    assert "不用提醒了" in page.text
    assert 'name="number"' not in page.text


async def test_withdrawing_asks_first_and_twice_is_once(village: Village) -> None:
    notice = await village.publish()
    path = f"/h5/teach/notices/{notice.id}/withdraw"
    assert "确定撤回" in (await village.teacher.get(path)).text
    assert (await _notice(village, notice.id)).state is NoticeState.PUBLISHED
    for _ in range(2):
        page = await village.teacher.post(path)
        assert page.status == 200
    withdrawn = await _notice(village, notice.id)
    assert withdrawn.state is NoticeState.WITHDRAWN
    edit = await village.teacher.get(f"/h5/teach/notices/{notice.id}/edit")
    assert edit.status == 409


@pytest.mark.parametrize("act", ["edit", "remind", "withdraw"])
async def test_others_change_nothing_and_see_no_difference_to_what_is_absent(
    village: Village, act: str
) -> None:
    notice = await village.publish()
    form = {"version": "1", "number": "1", "title": "fremd", "body": "fremd"}
    for phone in (village.rival, village.mother):
        foreign = await phone.post(f"/h5/teach/notices/{notice.id}/{act}", form)
        absent = await phone.post(f"/h5/teach/notices/nothing/{act}", form)
        assert foreign.status == absent.status == 404
        assert foreign.text == absent.text
        assert (await phone.get(f"/h5/teach/notices/{notice.id}/{act}")).status == 404
    same = await _notice(village, notice.id)
    assert (same.state, same.reminders, len(same.versions)) == (NoticeState.PUBLISHED, 0, 1)


# -- before sending, and the list


async def test_the_forecast_draws_who_is_reached_and_names_the_others(village: Village) -> None:
    page = await village.teacher.get(f"/h5/teach/forecast?class_ids={school_class(1).id}")
    block = page.data["html"]
    assert "3 个孩子" in block
    assert "<b>1</b> 家" in block
    assert "还没有家长绑定" in block
    assert "<svg" in block
    assert "style=" not in block
    empty = await village.teacher.get("/h5/teach/forecast")
    assert "选好班级" in empty.data["html"]


async def test_there_is_no_forecast_for_a_class_of_others(village: Village) -> None:
    foreign = await village.teacher.get(
        f"/h5/teach/forecast?class_ids={school_class(1, OTHER_SCHOOL).id}"
    )
    absent = await village.teacher.get("/h5/teach/forecast?class_ids=nothing")
    assert foreign.status == absent.status == 404
    assert foreign.text == absent.text


async def test_the_list_shows_ones_own_notices_and_its_figures_ones_own(village: Village) -> None:
    mine = await village.publish(title="我的")
    theirs = await village.publish(by=village.rival, title="别人的")
    await _settled(village, mine.id)
    await village.mother.get(f"/h5/notices/{mine.id}")
    page = (await village.teacher.get("/h5/teach/")).text
    assert "我的" in page
    assert "别人的" not in page
    counts = (await village.teacher.get(f"/h5/teach/counts?id={mine.id}&id={theirs.id}&id=x")).data
    assert counts == {mine.id: {"children": 3, "reached": 1, "guardians": 1, "read": 1}}


async def test_the_list_goes_on_where_it_ended(village: Village) -> None:
    for number in range(1, 23):
        await village.publish(key=f"key-{number:04d}", title=f"第{number}条")
    first = (await village.teacher.get("/h5/teach/")).text
    more = re.search(r'href="/as/teacher(/h5/teach/\?cursor=[^"]+)"', first)
    assert more
    second = (await village.teacher.get(more[1])).text
    seen = re.findall(r"第\d+条", first) + re.findall(r"第\d+条", second)
    assert len(seen) == len(set(seen)) == 22
