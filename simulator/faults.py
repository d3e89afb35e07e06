"""How WeChat can be told to misbehave today.

One object, changed by tests and by the page's drawer; `quiet` is the one flag the hot path reads.
"""

import asyncio
from dataclasses import dataclass, field, fields
from typing import Any

EVERY_PATH = "*"


class BadFault(Exception):
    """A fault that cannot be set; its text names the field."""


def _as_paths(value: Any) -> list[str]:
    if not value:
        return []
    paths = [value] if isinstance(value, str) else value
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise BadFault("a path or a list of paths is expected")
    return paths


@dataclass(slots=True)
class Faults:
    """Today's misbehaviour; everything empty is a good day.

    `fail` maps a path (or `*`) to a code for every call, or to a list of codes used up in order
    (0 lets a call pass). `hang`, `html` and `lose_answer` name paths that never answer, answer with
    an HTML error page, or do their work and then drop the connection. `busy` is True, or how many
    calls still get -1. `quota` is how many template messages are still accepted. `deliver` is how
    often each callback is sent at once. `block_users` are keys or openids that refuse the
    account's messages. `finish_status` is what TEMPLATESENDJOBFINISH and subscribe_msg_sent_event say;
    without `subscribe_msgid` a subscription message is answered as WeChat documents it, with no msgid.
    """

    latency_ms: float = 0
    fail: dict[str, int | list[int]] = field(default_factory=dict)
    hang: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    lose_answer: list[str] = field(default_factory=list)
    busy: bool | int = False
    quota: int | None = None
    deliver: int = 1
    block_users: list[str] = field(default_factory=list)
    finish_events: bool = True
    finish_status: str = "success"
    subscribe_msgid: bool = True
    snapshot_visitors: bool = False
    quiet: bool = field(default=True, init=False)
    changed: asyncio.Event = field(default_factory=asyncio.Event, init=False, repr=False)

    def set(self, changes: dict[str, Any]) -> None:
        """Change what is named, leave the rest.

        Raises:
            BadFault: an unknown name or a value of the wrong kind; nothing is changed then.
        """
        names = {item.name for item in fields(self) if item.init}
        checked: dict[str, Any] = {}
        for name, value in changes.items():
            if name not in names:
                raise BadFault(f"{name}: no such fault")
            if name in {"hang", "html", "lose_answer", "block_users"}:
                checked[name] = _as_paths(value)
            else:
                checked[name] = self._check(name, value)
        for name, value in checked.items():
            setattr(self, name, value)
        self._settle()

    @staticmethod
    def _check(name: str, value: Any) -> Any:
        if name == "fail":
            good = isinstance(value, dict) and all(
                isinstance(code, int)
                or (isinstance(code, list) and all(isinstance(one, int) for one in code))
                for code in value.values()
            )
        elif name == "quota":
            good = value is None or (isinstance(value, int) and value >= 0)
        elif name == "deliver":
            good = isinstance(value, int) and 0 <= value <= 20
        elif name == "latency_ms":
            good = isinstance(value, int | float) and value >= 0
        elif name == "finish_status":
            good = isinstance(value, str)
        else:
            good = isinstance(value, bool | int)
        if not good:
            raise BadFault(f"{name}: wrong kind of value")
        return value

    def clear(self) -> None:
        """Back to a good day; whoever hangs is let go. Finish events stay as they were."""
        fresh = Faults(finish_events=self.finish_events)
        self.set({item.name: getattr(fresh, item.name) for item in fields(self) if item.init})

    def _settle(self) -> None:
        self.quiet = not (
            self.latency_ms or self.fail or self.hang or self.html or self.lose_answer or self.busy
        )
        self.changed.set()
        self.changed = asyncio.Event()

    @staticmethod
    def hits(paths: list[str], path: str) -> bool:
        """Whether a path is named in a list of paths."""
        return bool(paths) and (path in paths or EVERY_PATH in paths)

    def take_failure(self, path: str) -> int:
        """The code this call must fail with, or 0; a list's next code is used up."""
        for name in (path, EVERY_PATH):
            codes = self.fail.get(name)
            if isinstance(codes, int):
                return codes
            if codes:
                return codes.pop(0)
        if self.busy is True:
            return -1
        if self.busy:
            self.busy -= 1
            return -1
        return 0

    def to_json(self) -> dict[str, Any]:
        """Every fault by its name."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.init}
