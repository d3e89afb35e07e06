"""Binding through the pages: every answer in plain words, what was typed stays, and others' classes don't exist."""

import io

import pytest
from PIL import Image

from tests.handlers.conftest import Village
from tests.town import OTHER_SCHOOL, child_name, school_class


async def _bind(village: Village, child: int, digits: str, **form: str) -> tuple[int, str]:
    page = await village.stranger.post(
        "/h5/bind", {"name": child_name(child), "digits": digits, **form}
    )
    return page.status, page.text


async def test_a_certain_match_binds_at_once_and_says_for_whom(village: Village) -> None:
    status, text = await _bind(village, 2, "1002")
    assert status == 200
    assert "绑定成功" in text
    assert child_name(2) in text
    assert child_name(2) in (await village.stranger.get("/h5/")).text


async def test_binding_again_says_so_and_binds_nothing_more(village: Village) -> None:
    await _bind(village, 2, "1002")
    before = await village.count("bindings")
    status, text = await _bind(village, 2, "1002")
    assert status == 200
    assert "已经绑定过了" in text
    assert await village.count("bindings") == before


async def test_an_unknown_child_binds_nobody_and_keeps_what_was_typed(village: Village) -> None:
    before = await village.count("bindings")
    status, text = await _bind(village, 2, "9999")
    assert status == 200
    assert "没有找到对得上的孩子" in text
    assert f'value="{child_name(2)}"' in text
    assert 'value="9999"' in text
    assert await village.count("bindings") == before


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("", ""),
        ("学生二", ""),
        ("", "1002"),
        ("学生二", "12"),
        ("学生二", "abcd"),
        ("<b>", '"><script>'),
    ],
)
async def test_a_form_of_another_form_names_what_is_asked_for(
    village: Village, name: str, digits: str
) -> None:
    page = await village.stranger.post("/h5/bind", {"name": name, "digits": digits})
    assert page.status == 422
    assert "手机号的后四位数字" in page.text
    assert "<script>alert" not in page.text
    assert '"><script>' not in page.text
    assert await village.count("claims") == 0


async def test_the_eleventh_try_in_an_hour_is_refused(village: Village) -> None:
    for number in range(10):
        await _bind(village, 2, f"{7000 + number}")
    status, text = await _bind(village, 2, "1002")
    assert status == 429
    assert "试的次数太多" in text
    assert "绑定成功" not in text


async def test_a_form_without_its_token_asks_nothing(village: Village) -> None:
    await village.stranger.get("/h5/")
    form = {"name": child_name(2), "digits": "1002", "csrf": "guessed"}
    before = await village.count("bindings")
    async with village.stranger.client.post(village.stranger.url("/h5/bind"), data=form) as answer:
        assert answer.status == 403
    assert await village.count("bindings") == before


async def _claim(village: Village) -> None:
    """The stranger asks for child 3, whose line of the list the mother holds; she says nothing for a day."""
    status, text = await _bind(village, 3, "1003")
    assert status == 200
    assert "交给孩子的家人确认" in text
    await village.let_the_family_be_late()


async def _claim_id(village: Village) -> str:
    document = await village.town.ctx.stores.database["claims"].find_one({})
    return str(document["_id"])


async def test_the_head_teacher_approves_for_one_child_and_tapping_twice_is_once(
    village: Village,
) -> None:
    await _claim(village)
    page = await village.teacher.get("/h5/teach/claims")
    assert child_name(3) in page.text
    assert "已经有另一位家长绑定过" in page.text
    form = {
        "claim": await _claim_id(village),
        "student": school_class(1).id + "-0003",
        "action": "approve",
    }
    for _ in range(2):
        page = await village.teacher.post("/h5/teach/claims", form)
        assert page.status == 200
        assert "已通过" in page.text
    assert child_name(3) in (await village.stranger.get("/h5/")).text
    assert await village.count("bindings") == 2


async def test_a_refused_request_binds_nobody_and_stays_refused(village: Village) -> None:
    await _claim(village)
    claim = await _claim_id(village)
    page = await village.teacher.post("/h5/teach/claims", {"claim": claim, "action": "refuse"})
    assert "已拒绝" in page.text
    form = {"claim": claim, "student": school_class(1).id + "-0003", "action": "approve"}
    page = await village.teacher.post("/h5/teach/claims", form)
    assert page.status == 409
    assert await village.count("bindings") == 1


async def test_approving_without_a_child_says_what_is_missing(village: Village) -> None:
    await _claim(village)
    form = {"claim": await _claim_id(village), "action": "approve"}
    page = await village.teacher.post("/h5/teach/claims", form)
    assert page.status == 422
    assert "是哪个孩子" in page.text
    assert await village.count("bindings") == 1


async def test_another_schools_head_teacher_finds_no_such_request(village: Village) -> None:
    await _claim(village)
    form = {
        "claim": await _claim_id(village),
        "student": school_class(1).id + "-0003",
        "action": "approve",
    }
    foreign = await village.rival.post("/h5/teach/claims", form)
    absent = await village.rival.post("/h5/teach/claims", {**form, "claim": "nothing"})
    assert foreign.status == absent.status == 404
    assert foreign.text == absent.text
    assert child_name(3) not in (await village.rival.get("/h5/teach/claims")).text
    assert await village.count("bindings") == 1


async def test_the_class_code_is_a_picture_that_the_scanner_finds(village: Village) -> None:
    page = await village.teacher.get("/h5/teach/invite")
    assert 'data-qr-scene="class_' in page.text
    assert 'data-qr-url="http' in page.text
    url = village.teacher.url(f"/h5/teach/invite/{school_class(1).id}.png")
    async with village.teacher.client.get(url) as answer:
        assert answer.headers["Content-Type"] == "image/png"
        picture = Image.open(io.BytesIO(await answer.read()))
    assert picture.width == picture.height > 200


@pytest.mark.parametrize("path", ["/h5/teach/invite?class={}", "/h5/teach/invite/{}.png"])
async def test_another_schools_class_has_no_code(village: Village, path: str) -> None:
    foreign = await village.teacher.get(path.format(school_class(1, OTHER_SCHOOL).id))
    absent = await village.teacher.get(path.format("nothing"))
    assert foreign.status == absent.status == 404
    assert foreign.text == absent.text
    assert await village.count("invitations") == 0
