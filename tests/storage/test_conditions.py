"""Conditions inside an update: all or nothing, and nothing is made of what is not there."""

from typing import Any

import pytest

from storage.conditions import set_if, set_once
from storage.stores import Stores

HOLDS, FAILS = {"$eq": ["$state", "open"]}, {"$eq": ["$state", "shut"]}
DOCUMENTS: list[dict[str, Any]] = [
    {"_id": 1, "state": "open", "push": {"phase": "due", "tries": 2}, "at": None},
    {"_id": 1, "state": "open", "push": None},
    {"_id": 1, "state": "open"},
]


async def changed(stores: Stores, document: dict[str, Any], update: Any) -> tuple[Any, int]:
    things = stores.database["things"]
    await things.insert_one(document)
    result = await things.update_one({"_id": 1}, update)
    return await things.find_one({"_id": 1}), result.modified_count


@pytest.mark.parametrize("document", DOCUMENTS)
async def test_what_does_not_fit_is_left_as_it_is(stores: Stores, document: dict[str, Any]) -> None:
    update = set_if(FAILS, {"push.phase": "sending", "push.run": "r", "at": 1, "new": {"a": 1}})
    assert await changed(stores, document, update) == (document, 0)


async def test_what_fits_is_changed_and_keeps_the_rest(stores: Stores) -> None:
    update = set_if(HOLDS, {"push.phase": "sending", "push.run": "r", "at": 1})
    assert await changed(stores, DOCUMENTS[0], update) == (
        {
            "_id": 1,
            "state": "open",
            "push": {"phase": "sending", "tries": 2, "run": "r"},
            "at": 1,
        },
        1,
    )


async def test_a_value_is_never_read_as_an_expression(stores: Stores) -> None:
    values = {"a": "$state", "b": {"$add": [1, 1]}, "push.phase": "$$ROOT"}
    found, modified = await changed(stores, DOCUMENTS[0], set_if(HOLDS, values))
    assert modified == 1
    assert (found["a"], found["b"], found["push"]["phase"]) == (
        "$state",
        {"$add": [1, 1]},
        "$$ROOT",
    )


@pytest.mark.parametrize(("before", "left", "modified"), [(2, 1, 1), (0, 0, 0)])
async def test_what_is_added_to_changes_where_the_condition_holds_alone(
    stores: Stores, before: int, left: int, modified: int
) -> None:
    update = set_if({"$gt": ["$n", 0]}, {"seen": bool(modified)}, add={"n": -1})
    document = {"_id": 1, "n": before, "seen": False}
    assert await changed(stores, document, update) == (
        {"_id": 1, "n": left, "seen": bool(modified)},
        modified,
    )


def test_no_field_is_set_under_a_dotted_name() -> None:
    """MongoDB makes an object of a null there, whatever is set; the embedded engine does not."""
    (stage,) = set_if(HOLDS, {"push.phase": 1, "push.run": 2, "outcome": 3})
    assert set(stage["$set"]) == {"push", "outcome"}


@pytest.mark.parametrize("before", [{}, {"at": None}])
async def test_the_first_time_counts(stores: Stores, before: dict[str, Any]) -> None:
    assert await changed(stores, {"_id": 1} | before, set_once(at=5)) == ({"_id": 1, "at": 5}, 1)
    result = await stores.database["things"].update_one({"_id": 1}, set_once(at=6))
    assert result.modified_count == 0
    assert await stores.database["things"].find_one() == {"_id": 1, "at": 5}
