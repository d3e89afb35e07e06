"""What a group is called on the phone: as on every page and card of the server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from domain.groups import GroupRules, make_group
from domain.schools import School, SchoolClass
from domain.threads import talk_id
from services.group_words import group_name
from tests.browser.phones import Screenshot
from tests.miniprogram.handset import Handset
from tests.miniprogram.stub import NOW
from tests.miniprogram.talk_stub import TalkStub, thread

SCHOOL = School(id="s", name="青禾小学")
CLASS = SchoolClass(id="c-32", school_id="s", name="三年级2班", grade=3, entered=2024, label="2")
RULES = GroupRules(id="s", names=(("research:s:1", "语文教研组"),))
OF_CHILDREN = ("class:c-32", "grade:s:y2024")
OTHERS = ("committee:s", "staff:s", "heads:s", "research:s:1", "research:s:2")


@pytest.fixture
async def stub() -> AsyncIterator[TalkStub]:
    """Conversations at will, held to the API's declarations."""
    stub = TalkStub()
    yield stub
    assert stub.drift == []


async def test_a_group_has_one_name(phone: Handset, stub: TalkStub, screenshot: Screenshot) -> None:
    groups = [make_group(one, SCHOOL, RULES, [CLASS]) for one in OF_CHILDREN]
    groups += [make_group(one, SCHOOL, RULES) for one in OTHERS]
    rows = [
        thread(talk_id(g.id), group=g.name, group_kind=g.kind.value, group_nth=g.nth)
        for g in groups
    ]
    stub.said["GET /threads"] = {"items": rows, "at": NOW.isoformat()}
    await phone.open("pages/talk/index")
    for n, group in enumerate(groups):
        await expect(phone.part("thread").nth(n)).to_contain_text(group_name(group))
    await expect(phone.part("thread").last).to_contain_text("教研群 2")
    await phone.shoot(screenshot, "1-list")
