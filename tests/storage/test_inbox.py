"""The trace of what WeChat brought: one line a message, without a word of it."""

from typing import Any

from pymongo.database import Database

from storage.stores import Stores
from tests.domain.samples import NOW
from tests.storage.conftest import at_once


async def test_a_message_is_traced_once_however_often_it_comes(
    stores: Stores, twin: Stores, behind: Database[dict[str, Any]]
) -> None:
    await at_once(
        *(
            some.inbox.add(key, kind="text", at=NOW)
            for some in (stores, twin)
            for key in ("m:1", "m:1", "m:2")
        )
    )
    await stores.inbox.add("m:1", kind="text", at=NOW)
    found = list(behind["inbox"].find(sort=[("_id", 1)]))
    assert [line["_id"] for line in found] == ["m:1", "m:2"]
    assert set(found[0]) == {"_id", "kind", "at"}


async def test_traces_are_kept_for_a_week(stores: Stores, behind: Database[dict[str, Any]]) -> None:
    assert stores.inbox is not None
    index = behind["inbox"].index_information()["expiry"]
    assert index["expireAfterSeconds"] == 7 * 24 * 3600
