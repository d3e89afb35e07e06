"""Every method of a store that says which index it uses, called once with arguments that match nothing, by noun."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.storage.calls import (
    activities,
    circles,
    homework,
    links,
    notices,
    people,
    resources,
    safety,
    schools,
    talk,
    tasklists,
)

_ROOMS: tuple[Any, ...] = (
    people,
    schools,
    notices,
    homework,
    safety,
    links,
    resources,
    activities,
    talk,
    circles,
    tasklists,
)
STORES: dict[str, type] = {name: kind for room in _ROOMS for name, kind in room.STORES.items()}
CALLS: dict[str, Callable[[Any], Awaitable[object]]] = {
    name: call for room in _ROOMS for name, call in room.CALLS.items()
}
