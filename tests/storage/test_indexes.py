"""Every query is covered by an index that exists: by its docstring, by what goes over the wire, and by the plan."""

import inspect
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.database import Database
from pymongo.monitoring import CommandListener, CommandStartedEvent

from storage.indexes import INDEXES
from storage.stores import Stores
from tests.storage.calls import CALLS, STORES

# What a condition on these costs is one look at a document that the index has found already.
BESIDE_THE_INDEX = {
    "deliveries.mark_due": {"purposes", "read_at"},
    "rounds.finish": {"run"},
    "ageing.drop_ended_binding": {"state"},
    "ageing.take_loose": {"loose"},
}


@dataclass
class Asked:
    """One query as it went over the wire."""

    collection: str
    filter: dict[str, Any]
    sort: dict[str, int]


class Wire(CommandListener):
    """Listens to what a store asks."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def started(self, event: CommandStartedEvent) -> None:
        command = event.command
        name = event.command_name
        if name in ("find", "findAndModify"):
            query = command["filter"] if name == "find" else command["query"]
            sort = dict(command.get("sort") or {})
            self.asked.append(Asked(command[name], dict(query), sort))
        for update in [*command.get("updates", []), *command.get("deletes", [])]:
            self.asked.append(Asked(command[name], dict(update["q"]), {}))

    def succeeded(self, event: object) -> None:
        """Not asked for."""

    failed = succeeded


@asynccontextmanager
async def listening(mongodb_uri: str, database: str) -> AsyncIterator[tuple[Any, Wire]]:
    wire = Wire()
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        mongodb_uri, event_listeners=[wire], tz_aware=True
    )
    try:
        yield client[database], wire
    finally:
        client.close()


def named_index(method: str) -> str:
    store, _, name = method.partition(".")
    documented = inspect.getdoc(getattr(STORES[store], name)) or ""
    found = re.search(r"Uses index: (\w+)\.", documented)
    assert found, method
    return found[1]


def keys_of(collection: str, index: str) -> list[str]:
    if index == "_id_":
        return ["_id"]
    (keys,) = [list(i.document["key"]) for i in INDEXES[collection] if i.document["name"] == index]
    return keys


def test_every_method_that_names_an_index_is_tried_here() -> None:
    naming = {
        f"{store}.{name}"
        for store, kind in STORES.items()
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and "Uses index:" in (inspect.getdoc(method) or "")
    }
    assert naming == set(CALLS)
    assert set(STORES) <= {field.name for field in fields(Stores)}


@pytest.mark.parametrize("method", CALLS)
async def test_a_query_asks_for_nothing_that_its_index_does_not_cover(
    method: str, mongodb_uri: str, stores: Stores, database_name: str
) -> None:
    store, index = method.partition(".")[0], named_index(method)
    async with listening(mongodb_uri, database_name) as (database, wire):
        await CALLS[method](STORES[store](database))
    assert wire.asked
    for asked in wire.asked:
        keys = keys_of(asked.collection, index)
        wanted = {*asked.filter, *asked.sort} - BESIDE_THE_INDEX.get(method, set())
        assert wanted <= set(keys), asked
        assert keys[0] in asked.filter
        # No gap: what is asked for are the first keys of the index, and sorting goes on from there.
        assert wanted == set(keys[: len(wanted)]), asked


async def test_the_indexes_that_are_named_exist_and_making_them_again_is_harmless(
    stores: Stores, behind: Database[dict[str, Any]]
) -> None:
    await stores.ensure_indexes()
    for collection, indexes in INDEXES.items():
        there = behind[collection].index_information()
        assert {i.document["name"] for i in indexes} <= set(there)
        for index in indexes:
            assert there[index.document["name"]]["key"] == list(index.document["key"].items())


def test_the_indexes_of_a_school_start_with_the_school() -> None:
    """The others start from an adult, a role, a binding, a message, a thread, a topic, a region, an audit chain or a
    shelf (a school's or another's), a child's name as typed, a link, a resource, the content of a file, or a clock.
    """
    beginnings = {
        index.document["name"]: next(iter(index.document["key"]))
        for indexes in INDEXES.values()
        for index in indexes
    }
    assert {name for name, first in beginnings.items() if first != "school_id"} == {
        "by_act",
        "by_actor",
        "by_binding",
        "by_chain",
        "by_key",
        "by_shelf",
        "by_check",
        "by_finder",
        "by_door",
        "by_trace",
        "by_age",
        "by_ending",
        "by_expiry",
        "by_message",
        "by_content",
        "by_hand",
        "by_library",
        "by_queue",
        "by_resource",
        "remind",
        "ringing",
        "by_file",
        "by_liker",
        "by_member",
        "by_topic",
        "untidy",
        "withdrawn",
        "by_thread",
        "by_change",
        "by_mention",
        "by_owner",
        "files_id_1_n_1",
        "loose",
        "place",
        "promised",
        "undrawn",
        "unfinished",
        "by_person",
        "by_region",
        "by_reporter",
        "by_role",
        "by_subject",
        "by_work",
        "by_writer",
        "due",
        "expiry",
        "firsts",
        "runs_out",
        "uncounted",
        "unsettled",
        "untold",
        "moved",
        "with_files",
    }


@pytest.mark.skipif(
    not os.environ.get("YANSHU_MONGODB_URI"),
    reason="plans are asked of a real MongoDB only: set YANSHU_MONGODB_URI",
)
@pytest.mark.parametrize("method", [m for m in CALLS if named_index(m) != "_id_"])
async def test_the_servers_plan_uses_the_named_index(
    method: str, mongodb_uri: str, stores: Stores, database_name: str
) -> None:
    store, index = method.partition(".")[0], named_index(method)
    async with listening(mongodb_uri, database_name) as (database, wire):
        await CALLS[method](STORES[store](database))
        for asked in list(wire.asked):
            find = {"find": asked.collection, "filter": asked.filter}
            if asked.sort:
                find["sort"] = asked.sort
            plan = await database.command("explain", find, verbosity="queryPlanner")
            stages = list(stages_of(plan["queryPlanner"]["winningPlan"]))
            assert {s.get("indexName") for s in stages if s["stage"] == "IXSCAN"} == {index}
            assert not {"COLLSCAN", "SORT"} & {s["stage"] for s in stages}


def stages_of(plan: dict[str, Any]) -> Any:
    """A plan's stages, outermost first (newer servers wrap them once more)."""
    plan = plan.get("queryPlan", plan)
    yield plan
    for inner in [plan.get("inputStage"), *plan.get("inputStages", [])]:
        if inner:
            yield from stages_of(inner)
