"""What was taken back in conversations: listed without its words, read by who keeps the log alone, never unnoted."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from domain.audit import Act
from domain.messages import Message
from services.audit import Wanted, audit_page
from services.files import Owner, store_upload
from services.messages import recall_message, send_message
from services.threads import open_child_thread
from tests.browser.samples import picture_file
from tests.desk import Browser, sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.handlers.test_messages import TALK, a_guardian, person_of
from tests.office import SCHOOL, settle_city, settle_staff
from tests.town import Town

PAGE = "/console/audit/recalled"
SECRET, PRIVATE = "群发错了的话", "只说给家长的话"


@pytest.fixture
async def recalled(quiet_town: Town) -> list[Message]:
    """One message in the class's group and one in a private thread, both taken back, and a third that stands."""
    await settle_city(quiet_town)
    await settle_staff(quiet_town)
    child = await a_guardian(quiet_town, "gao")
    wang = await person_of(quiet_town, "wang")
    thread = await open_child_thread(quiet_town.ctx, wang, child)
    found = []
    for thread_id, words in ((TALK, SECRET), (thread.id, PRIVATE), (TALK, "还在的话")):
        form = {"kind": "text", "text": words}
        sent = await send_message(quiet_town.ctx, wang, thread_id, form, key=f"key-{words}")
        assert sent.message is not None
        found.append(sent.message)
    for message in found[:2]:
        await recall_message(quiet_town.ctx, wang, message.thread_id, message.seq)
    return found


@pytest.fixture
async def desks(quiet_town: Town, recalled: list[Message]) -> AsyncIterator[dict[str, Browser]]:
    """Desks of the administrator, the office, the head teacher, and of the district's administrator."""
    found = {}
    for key in ("chen", "li", "wang", "zhi"):
        found[key] = Browser(quiet_town)
        await sign_in_at_desk(found[key], quiet_town.phone(key))
    yield found
    for browser in found.values():
        await browser.client.close()


async def noted(town: Town) -> list[tuple[str, object]]:
    """Whose readings the log holds, and why."""
    page = await audit_page(town.ctx, SCHOOL.id, Wanted(act=Act.RECALLED_SEEN))
    return [(e.subject_id, e.after) for e in page.entries]


async def test_it_is_listed_without_words_and_read_for_a_reason_that_is_noted(
    quiet_town: Town, recalled: list[Message], desks: dict[str, Browser]
) -> None:
    _, private, stands = recalled
    listed = await desks["chen"].open(PAGE)
    assert listed.status == 200
    assert "王老师在群里说的" in listed.text
    assert "王老师在私信里说的" in listed.text
    for words in (SECRET, PRIVATE, "还在的话"):
        assert words not in listed.text
    empty = await desks["chen"].send(PAGE, {"message": private.id, "why": "curious"})
    assert empty.status == 422
    assert PRIVATE not in empty.text
    assert await noted(quiet_town) == []
    opened = await desks["chen"].send(PAGE, {"message": private.id, "why": "complaint"})
    assert opened.status == 200
    assert PRIVATE in opened.text
    assert SECRET not in opened.text
    assert await noted(quiet_town) == [(private.id, {"why": "complaint"})]
    assert "家长或老师投诉" in (await desks["chen"].open("/console/audit?act=recalled_seen")).text
    # What stands is no matter of this page.
    refused = await desks["chen"].send(PAGE, {"message": stands.id, "why": "complaint"})
    assert (refused.status, "还在的话" in refused.text) == (404, False)


@pytest.mark.parametrize("key", ["li", "wang", "zhi"])
async def test_nobody_else_reads_it_and_nothing_is_noted(
    quiet_town: Town, recalled: list[Message], desks: dict[str, Browser], key: str
) -> None:
    for message in recalled:
        refused = await desks[key].send(PAGE, {"message": message.id, "why": "complaint"})
        assert refused.status == 404
        assert SECRET not in refused.text
        assert PRIVATE not in refused.text
    assert "说的" not in (await desks[key].open(PAGE)).text
    assert await noted(quiet_town) == []


@pytest.fixture
async def picture(quiet_town: Town, recalled: list[Message]) -> Message:
    """A picture that the head teacher sent to the group, taken back."""
    ctx, wang = quiet_town.ctx, await person_of(quiet_town, "wang")
    file = await store_upload(ctx, Owner(SCHOOL.id, wang), "照片.jpg", picture_file())
    form = {"kind": "picture", "file_ids": [file.id]}
    sent = await send_message(ctx, wang, TALK, form, key="key-of-a-picture")
    assert sent.message is not None
    await recall_message(ctx, wang, TALK, sent.message.seq)
    return sent.message


def file_of(message: Message) -> str:
    return f"{PAGE}/{message.id}/files/{message.files[0].file_id}"


async def test_its_files_are_opened_for_a_reason_that_is_noted_each_time(
    quiet_town: Town, picture: Message, desks: dict[str, Browser]
) -> None:
    chen, address = desks["chen"], file_of(picture)
    opened = await chen.send(PAGE, {"message": picture.id, "why": "safety"})
    assert f'action="{address}"' in opened.text
    unasked = await chen.send(address, {"why": "curious"})
    assert unasked.status == 422
    assert (await chen.open(address)).status in (404, 405)
    seen = {"why": "safety"}
    assert await noted(quiet_town) == [(picture.id, seen)]
    file = await chen.send(address, seen)
    assert (file.status, file.headers["Content-Type"]) == (200, "image/jpeg")
    named = {"why": "safety", "file_id": picture.files[0].file_id}
    assert await noted(quiet_town) == [(picture.id, named), (picture.id, seen)]
    assert picture.files[0].file_id in (await chen.open("/console/audit?act=recalled_seen")).text


async def test_nobody_else_opens_a_file_and_none_of_what_stands_or_is_not_kept(
    quiet_town: Town, recalled: list[Message], picture: Message, desks: dict[str, Browser]
) -> None:
    address = file_of(picture)
    for key in ("li", "wang", "zhi"):
        assert (await desks[key].send(address, {"why": "safety"})).status == 404
    other = f"{PAGE}/{recalled[0].id}/files/{picture.files[0].file_id}"
    stands = f"{PAGE}/{recalled[2].id}/files/{picture.files[0].file_id}"
    for elsewhere in (other, stands):
        assert (await desks["chen"].send(elsewhere, {"why": "safety"})).status == 404
    await quiet_town.ctx.stores.forgetting.drop_files([picture.files[0].file_id])
    assert (await desks["chen"].send(address, {"why": "safety"})).status == 404
    assert await noted(quiet_town) == []
    opened = await desks["chen"].send(PAGE, {"message": picture.id, "why": "safety"})
    assert f"{picture.files[0].name}，过了保存的时间" in opened.text
    assert address not in opened.text
