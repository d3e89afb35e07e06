"""One tap on a message, and asking to have it looked at, as plain forms: in WeChat's browser and at a desk."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.groups import GroupRules, Mode
from domain.messages import Mark
from services.messages import counted_by, send_message
from tests.desk import Browser
from tests.flows.conftest import quiet_town as quiet_town
from tests.handlers.test_messages import GROUP, JSON, TALK, at, h5, person_of, stored
from tests.handlers.test_messages import city as city
from tests.handlers.test_messages import desk as desk
from tests.office import SCHOOL
from tests.talking import text
from tests.town import Town

REASON = "骂人、吵架"


@pytest.fixture
async def said(city: Town) -> None:
    """A message of the head teacher's, then one of a mother's, in a class that talks."""
    rules = GroupRules(id=SCHOOL.id, modes=((GROUP, Mode.OPEN),), version=1)
    assert await city.ctx.stores.groups.change_rules(rules)
    for key, words in (("wang", "明天春游，请带水杯"), ("gao", "几点集合？")):
        await send_message(
            city.ctx, await person_of(city, key), TALK, text(words), key=f"{key}-0001"
        )


async def reviews(city: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await city.ctx.stores.database["reviews"].find({}).to_list(None)
    return found


async def test_a_tap_counts_once_and_leads_back_to_its_place(city: Town, said: None) -> None:
    mother = city.phone("gao")
    page = (await mother.get(h5(TALK))).text
    own = page[page.index('id="m2"') :].partition('<div class="said')[0]
    assert 'value="got"' in page
    assert 'value="got"' not in own
    assert "/2/report" not in page
    for act in ("got", "got", "praise"):
        assert (await mother.post(h5(TALK, "/1/act"), {"act": act})).status == 200
    first, _ = await stored(city, TALK)
    assert (first.got, first.praise) == (1, 1)
    names = await counted_by(city.ctx, await person_of(city, "wang"), TALK, 1, Mark.GOT)
    assert len(names) == 1
    assert "收到 1" in (await city.phone("he").get(h5(TALK))).text
    for refused in ({"act": "got"}, {"act": "praise"}):
        assert (await mother.post(h5(TALK, "/2/act"), refused)).status == 404  # her own
    for wrong in ("everything", ""):
        assert (await mother.post(h5(TALK, "/1/act"), {"act": wrong})).status == 404
    assert (await mother.post(h5(TALK, "/9/act"), {"act": "got"})).status == 404


async def test_a_script_is_answered_with_the_number(city: Town, said: None) -> None:
    mother = city.phone("gao")
    csrf = await mother.csrf()
    form = {"act": "got", "csrf": csrf}
    async with mother.client.post(
        mother.url(h5(TALK, "/1/act")), data=form, headers=JSON
    ) as answer:
        assert json.loads(await answer.text()) == {"data": {"seq": 1}}


async def test_deleted_for_oneself_alone(city: Town, said: None) -> None:
    await city.phone("he").post(h5(TALK, "/2/act"), {"act": "hide"})
    assert "几点集合" not in (await city.phone("he").get(h5(TALK))).text
    assert "几点集合" in (await city.phone("gao").get(h5(TALK))).text


async def test_who_leads_takes_back_what_others_said_and_nobody_else_does(
    city: Town, desk: Browser, said: None
) -> None:
    other = city.phone("he")
    assert 'value="recall"' not in (await other.get(h5(TALK))).text
    assert (await other.post(h5(TALK, "/2/act"), {"act": "recall"})).status == 409
    assert 'value="recall"' in (await desk.open(at(TALK))).text
    assert (await desk.send(at(TALK, "/2/act"), {"act": "recall"})).status == 200
    assert "几点集合" not in (await other.get(h5(TALK))).text


async def test_a_report_says_why_and_counts_once(city: Town, desk: Browser, said: None) -> None:
    other = city.phone("he")
    asked = await other.get(h5(TALK, "/2/report"))
    assert "几点集合" in asked.text
    assert REASON in asked.text
    unsaid = await other.post(h5(TALK, "/2/report"), {"reason": "因为", "more": "说得难听"})
    assert unsaid.status == 422
    assert "请选一个原因" in unsaid.text
    assert 'value="说得难听"' in unsaid.text
    assert await reviews(city) == []
    for _ in range(2):
        form = {"reason": REASON, "more": "说得难听"}
        done = await other.post(h5(TALK, "/2/report"), form)
        assert "交上去了" in done.text
    (review,) = await reviews(city)
    assert [r["why"] for r in review["reports"]] == [f"{REASON}：说得难听"]
    assert review["hidden"] is False
    # At a desk, by a teacher, it is the same.
    assert (await desk.send(at(TALK, "/2/report"), {"reason": REASON})).status == 200
    (review,) = await reviews(city)
    assert len(review["reports"]) == 2


async def test_nobody_reports_their_own_words_or_what_they_do_not_see(
    city: Town, said: None
) -> None:
    own = await city.phone("gao").post(h5(TALK, "/2/report"), {"reason": REASON})
    assert own.status == 409
    assert "不用举报" in own.text
    for path in ("/1/report", "/1/act"):
        stranger = await city.phone("stranger").post(
            h5(TALK, path), {"reason": REASON, "act": "got"}
        )
        assert stranger.status == 404
    assert (await city.phone("he").get(h5(TALK, "/9/report"))).status == 404
    assert await reviews(city) == []
