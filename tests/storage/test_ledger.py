"""The ledger of attempts, and what WeChat reports about them, before or after our own line is written."""

import pytest

from domain.channels import Channel, Reason
from domain.deliveries import Result
from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW, a_delivery, a_push, an_attempt, an_outcome

DELIVERY = a_delivery()
BLOCKED = an_outcome(result=Result.REFUSED, channel=Channel.IN_APP, reason=Reason.BLOCKED)
NEXT = a_push(failed=((Channel.TEMPLATE, Reason.BLOCKED),))


async def test_a_line_is_written_once_and_never_changed(stores: Stores) -> None:
    first = an_attempt()
    await stores.deliveries.record([first])
    await stores.deliveries.record(
        [
            an_attempt(code=45009),
            an_attempt(id=f"{DELIVERY.id}:remind-1", at=NOW - MINUTE, message_id="msg-2"),
        ]
    )
    await stores.deliveries.record([])
    lines = await stores.deliveries.attempts_of(DELIVERY.id)
    assert [line.id for line in lines] == [f"{DELIVERY.id}:remind-1", first.id]
    assert lines[1] == first


async def test_lines_without_a_message_of_wechats_are_kept_too(stores: Stores) -> None:
    refused = [an_attempt(id=f"{DELIVERY.id}:a{n}", message_id=None, code=43101) for n in range(3)]
    await stores.deliveries.record(refused)
    assert await stores.deliveries.attempts_of(DELIVERY.id) == refused
    assert await stores.deliveries.attempts_with(["msg-1"]) == {}


async def test_lines_by_what_wechat_called_them(stores: Stores) -> None:
    lines = [an_attempt(id=f"a{n}", message_id=f"msg-{n}") for n in range(3)]
    await stores.deliveries.record(lines)
    found = await stores.deliveries.attempts_with(["msg-0", "msg-2", "msg-9"])
    assert found == {"msg-0": lines[0], "msg-2": lines[2]}


async def test_a_report_that_comes_before_our_line_is_not_lost(stores: Stores) -> None:
    await stores.deliveries.note_finishes([("msg-1", "success", NOW)])
    assert await stores.deliveries.attempts_with(["msg-1"]) == {}
    await stores.deliveries.record([an_attempt()])
    assert await stores.deliveries.finishes_of(["msg-1", "msg-2"]) == {"msg-1": "success"}
    assert list(await stores.deliveries.attempts_with(["msg-1"])) == ["msg-1"]


async def test_the_first_report_about_a_message_counts(stores: Stores) -> None:
    await stores.deliveries.note_finishes([("msg-1", "failed:user block", NOW)])
    await stores.deliveries.note_finishes([("msg-1", "success", NOW), ("msg-2", "success", NOW)])
    assert await stores.deliveries.finishes_of(["msg-1", "msg-2"]) == {
        "msg-1": "failed:user block",
        "msg-2": "success",
    }


async def test_only_what_was_delivered_is_proved(stores: Stores) -> None:
    delivered = a_delivery("s1", push=None, outcome=an_outcome())
    failed = a_delivery("s2", push=None, outcome=BLOCKED)
    waiting = a_delivery("s3")
    await stores.deliveries.insert_missing([delivered, failed, waiting])
    await stores.deliveries.mark_proved([delivered.id, failed.id, waiting.id], NOW + MINUTE)
    found = {d.student_id: d for d in await stores.deliveries.of_notice("school-a", "notice-1")}
    assert found["s1"].outcome == an_outcome(proved_at=NOW + MINUTE)
    assert found["s2"] == failed
    assert found["s3"] == waiting


@pytest.mark.parametrize(
    ("outcome", "changes"),
    [
        (an_outcome(), True),
        (BLOCKED, False),  # the same report a second time
        (None, False),
        # It went out by another channel meanwhile: the old message's fate is no news.
        (an_outcome(channel=Channel.SERVICE), False),
    ],
)
async def test_a_message_that_failed_after_all_goes_to_the_next_channel_once(
    stores: Stores, outcome: object, changes: bool
) -> None:
    delivery = a_delivery(push=None, outcome=outcome)
    await stores.deliveries.insert_missing([delivery])
    for _ in range(2):
        await stores.deliveries.mark_failed_after_all([(delivery.id, NEXT, BLOCKED)])
    found = await stores.deliveries.find(delivery.id)
    assert found is not None
    assert (found.push == NEXT) is changes
    assert (found.outcome == BLOCKED) is (changes or outcome == BLOCKED)


async def test_a_push_that_is_on_its_way_is_not_replaced_by_an_old_report(stores: Stores) -> None:
    reminded = a_delivery(push=a_push(purpose="remind-1"), outcome=an_outcome())
    await stores.deliveries.insert_missing([reminded])
    await stores.deliveries.mark_failed_after_all([(reminded.id, NEXT, BLOCKED)])
    assert await stores.deliveries.find(reminded.id) == reminded
