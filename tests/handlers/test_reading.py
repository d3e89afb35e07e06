"""A guardian's pages: reading counts once, confirming counts once, and strangers find nothing."""

import re
from datetime import timedelta

import pytest

from services.notices import draft_notice, edit_notice, withdraw_notice
from services.receipts import receipts_of
from tests.domain.samples import an_ending
from tests.handlers.conftest import Village, drawn
from tests.town import child_name
from tests.waiting import wait_until


async def _arrived(village: Village, notice_id: str) -> None:
    async def there() -> bool:
        database = village.town.ctx.stores.database
        query = {"notice_id": notice_id, "push": None}
        return bool(await database["deliveries"].count_documents(query))

    await wait_until(there, description="the notice is delivered")


async def _delivery(village: Village) -> dict[str, object]:
    found = await village.town.ctx.stores.database["deliveries"].find_one({})
    assert isinstance(found, dict)
    return found


async def test_opening_a_notice_is_reading_it_and_the_first_time_counts(village: Village) -> None:
    notice = await village.publish()
    await _arrived(village, notice.id)
    page = await village.mother.get(f"/h5/notices/{notice.id}")
    assert page.status == 200
    assert "秋季运动会" in page.text
    assert child_name(3) in page.text
    first = (await _delivery(village))["read_at"]
    assert first is not None
    await village.mother.get(f"/h5/notices/{notice.id}")
    assert (await _delivery(village))["read_at"] == first


async def test_a_stranger_and_a_notice_that_is_not_there_get_the_same_page(
    village: Village,
) -> None:
    notice = await village.publish()
    await _arrived(village, notice.id)
    for phone in (village.stranger, village.rival):
        foreign = await phone.get(f"/h5/notices/{notice.id}")
        absent = await phone.get("/h5/notices/nothing")
        assert foreign.status == absent.status == 404
        assert foreign.text == absent.text
        assert "秋季运动会" not in foreign.text
    assert (await _delivery(village))["read_at"] is None


async def test_who_wrote_it_is_led_to_the_receipts(village: Village) -> None:
    notice = await village.publish()
    page = await village.teacher.get(f"/h5/notices/{notice.id}")
    assert page.url.endswith(f"/h5/teach/notices/{notice.id}")


async def test_text_is_escaped_keeps_its_lines_and_links_only_where_allowed(
    village: Village,
) -> None:
    body = (
        "<script>alert(1)</script>\n第二行 https://www.example.edu.cn/a?b=1&c=2。\n"
        "https://evil.example/ http://example.edu.cn/ https://example.edu.cn.evil.example/"
    )
    notice = await village.publish(body=body, title='<b>"标题"')
    await _arrived(village, notice.id)
    text = (await village.mother.get(f"/h5/notices/{notice.id}")).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text
    assert "<br>" in text
    article = text.partition('<div class="text">')[2].partition("</article>")[0]
    links = re.findall(r'href="([^"]*)"', article)
    assert links == ["https://www.example.edu.cn/a?b=1&amp;c=2"]


async def test_confirming_by_a_tap_counts_once(village: Village) -> None:
    notice = await village.publish(confirm="tap")
    await _arrived(village, notice.id)
    assert "我已知晓" in (await village.mother.get(f"/h5/notices/{notice.id}")).text
    page = await village.mother.post(f"/h5/notices/{notice.id}/confirm?version=1")
    assert page.status == 200
    assert "已确认" in page.text
    assert "我已知晓" not in page.text
    first = (await _delivery(village))["confirmed_at"]
    assert first is not None
    page = await village.mother.post(f"/h5/notices/{notice.id}/confirm?version=1")
    assert page.status == 200
    assert (await _delivery(village))["confirmed_at"] == first


async def test_a_confirmation_without_the_forms_token_does_not_count(village: Village) -> None:
    notice = await village.publish(confirm="tap")
    await _arrived(village, notice.id)
    await village.mother.get("/h5/")
    url = village.mother.url(f"/h5/notices/{notice.id}/confirm?version=1")
    for form in ({}, {"csrf": ""}, {"csrf": "guessed"}):
        async with village.mother.client.post(url, data=form) as answer:
            assert answer.status == 403
    assert (await _delivery(village))["confirmed_at"] is None


async def _sign(village: Village, notice_id: str, picture: bytes) -> tuple[int, str]:
    headers = {
        "X-CSRF-Token": await village.mother.csrf(),
        "Content-Type": "image/png",
        "Accept": "application/json",
    }
    url = village.mother.url(f"/h5/notices/{notice_id}/confirm?version=1")
    async with village.mother.client.post(url, data=picture, headers=headers) as answer:
        body = await answer.json()
        return answer.status, body["error"]["message"] if "error" in body else ""


async def test_a_signature_is_kept_and_shown_to_the_author_alone(village: Village) -> None:
    notice = await village.publish(confirm="sign")
    await _arrived(village, notice.id)
    status, _ = await _sign(village, notice.id, drawn())
    assert status == 200
    assert "已签名" in (await village.mother.get(f"/h5/notices/{notice.id}")).text
    receipts = await receipts_of(village.town.ctx, await village.teaching(), notice.id)
    delivery = receipts.children()[2].guardians[0].delivery
    path = f"/h5/teach/notices/{notice.id}/guardians/{delivery.student_id}/{delivery.person_id}/signature"
    async with village.teacher.client.get(village.teacher.url(path)) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "image/png"
        assert await answer.read() == drawn()
    assert (await village.mother.get(path)).status == 404
    assert (await village.rival.get(path)).status == 404


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (drawn(ink=False), "还没有签名"),
        (b"", "空的"),
        (b"\x89PNG\r\n\x1a\nbroken", "还没有签名"),
        (b"\x89PNG" + b"\0" * 300_000, "太大"),
        (drawn(size=(8000, 8000), ink=False), "太大"),
    ],
)
async def test_what_is_no_signature_confirms_nothing(
    village: Village, picture: bytes, words: str
) -> None:
    notice = await village.publish(confirm="sign")
    await _arrived(village, notice.id)
    status, text = await _sign(village, notice.id, picture)
    assert 400 <= status < 500
    assert words in text
    assert (await _delivery(village))["confirmed_at"] is None
    assert await village.count("files") == 0


@pytest.mark.parametrize("asked", ["none", "sign"])
async def test_a_tap_where_something_else_is_asked_confirms_nothing(
    village: Village, asked: str
) -> None:
    notice = await village.publish(confirm=asked)
    await _arrived(village, notice.id)
    page = await village.mother.post(f"/h5/notices/{notice.id}/confirm?version=1")
    assert page.status == 409
    assert (await _delivery(village))["confirmed_at"] is None


async def test_a_stranger_confirms_nothing(village: Village) -> None:
    notice = await village.publish(confirm="tap")
    await _arrived(village, notice.id)
    page = await village.stranger.post(f"/h5/notices/{notice.id}/confirm?version=1")
    assert page.status == 404
    assert (await _delivery(village))["confirmed_at"] is None


async def test_a_corrected_notice_shows_the_new_words_and_keeps_the_old(village: Village) -> None:
    notice = await village.publish()
    await _arrived(village, notice.id)
    ctx, teaching = village.town.ctx, await village.teaching()
    draft = await draft_notice(
        ctx,
        teaching,
        {"title": "运动会改期", "body": "改到周六。"},
        class_ids=notice.class_ids,
        file_ids=[],
        links=[],
    )
    await edit_notice(ctx, teaching, notice.id, draft, seen_version=1)
    text = (await village.mother.get(f"/h5/notices/{notice.id}")).text
    assert "已更正" in text
    assert text.index("改到周六") < text.index("周五早上八点")


async def test_a_withdrawn_notice_says_so_and_shows_and_takes_nothing_more(
    village: Village,
) -> None:
    notice = await village.publish(confirm="tap")
    await _arrived(village, notice.id)
    await withdraw_notice(village.town.ctx, await village.teaching(), notice.id)
    page = await village.mother.get(f"/h5/notices/{notice.id}")
    assert page.status == 200
    assert "老师撤回了这条通知" in page.text
    assert "操场集合" not in page.text
    assert "我已知晓" not in page.text
    page = await village.mother.post(f"/h5/notices/{notice.id}/confirm?version=1")
    assert page.status == 409
    assert "撤回" in page.text


async def test_words_that_were_corrected_meanwhile_are_not_confirmed_unseen(
    village: Village,
) -> None:
    notice = await village.publish(confirm="tap")
    await _arrived(village, notice.id)
    ctx, teaching = village.town.ctx, await village.teaching()
    form = {"title": "改到周六", "body": "周六早上八点。", "confirm": "tap"}
    draft = await draft_notice(
        ctx, teaching, form, class_ids=notice.class_ids, file_ids=[], links=[]
    )
    await edit_notice(ctx, teaching, notice.id, draft, seen_version=1)
    path = f"/h5/notices/{notice.id}/confirm"
    page = await village.mother.post(f"{path}?version=1")
    assert (page.status, "更正" in page.text) == (409, True)
    assert (await village.mother.post(path)).status == 400
    page = await village.mother.get(f"/h5/notices/{notice.id}")
    assert "confirm?version=2" in page.text
    assert (await village.mother.post(f"{path}?version=2")).status == 200
    (delivery,) = await ctx.stores.deliveries.of_notice(notice.school_id, notice.id)
    assert delivery.confirmed_version == 2


async def test_whose_binding_has_ended_finds_nothing(village: Village) -> None:
    notice = await village.publish()
    await _arrived(village, notice.id)
    stores = village.town.ctx.stores
    for binding in await stores.bindings.active_of_person(await village.person(village.mother)):
        await stores.bindings.end(binding.id, an_ending(at=village.town.ctx.now()))
    assert (await village.mother.get(f"/h5/notices/{notice.id}")).status == 404
    assert "秋季运动会" not in (await village.mother.get("/h5/notices")).text


async def test_the_list_goes_on_where_it_ended_and_repeats_nothing(village: Village) -> None:
    titles = [f"第{number}条" for number in range(1, 24)]
    for title in titles:
        await village.publish(key=f"key-{title}", title=title)

    async def all_there() -> bool:
        return await village.count("deliveries") == len(titles)

    await wait_until(all_there, description="all notices are delivered")
    first = (await village.mother.get("/h5/notices")).text
    more = re.search(r'href="/as/mother(/h5/notices\?cursor=[^"]+)"', first)
    assert more
    second = (await village.mother.get(more[1])).text
    seen = re.findall(r"第\d+条", first) + re.findall(r"第\d+条", second)
    assert seen == list(reversed(titles))
    assert "cursor=" not in second


@pytest.mark.parametrize(
    "cursor", ["x", "bm90IGpzb24", "WzEsMl0", "WyIyMDI2LTAxLTAxIiwgIngiXQ", "é"]
)
async def test_a_cursor_that_is_none_of_ours_is_refused(village: Village, cursor: str) -> None:
    for phone, path in ((village.mother, "/h5/notices"), (village.teacher, "/h5/teach/")):
        page = await phone.get(f"{path}?cursor={cursor}")
        assert page.status == 400
        assert "请求不完整" in page.text


async def test_the_home_page_tells_everybody_what_is_theirs(village: Village) -> None:
    notice = await village.publish(confirm="sign")
    await _arrived(village, notice.id)
    mother = (await village.mother.get("/h5/")).text
    assert child_name(3) in mother
    assert "待签名" in mother
    assert "写通知" not in mother
    teacher = (await village.teacher.get("/h5/")).text
    assert "写通知" in teacher
    stranger = (await village.stranger.get("/h5/")).text
    assert "欢迎使用雁书" in stranger
    assert "秋季运动会" not in teacher + stranger


async def test_a_scheduled_notice_is_not_there_yet(village: Village) -> None:
    later = (village.town.ctx.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    notice = await village.publish(publish_at=later)
    assert (await village.mother.get(f"/h5/notices/{notice.id}")).status == 404
    assert "秋季运动会" not in (await village.mother.get("/h5/notices")).text
