"""How the JSON API is declared: one function an endpoint, with the types that come in and go out.

The declaration is the only description there is: requests are validated by it, answers written by it,
access checked by it, and the OpenAPI document made of it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from domain.errors import NotFoundError
from domain.files import FileKind, StoredFile
from domain.roles import Right
from handlers.base import Access
from services.context import Context
from services.people import Teaching

PREFIX = "/api/v1"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS = re.compile(r"[0-9]{1,10}")
_HOLE = re.compile(r"\{([a-z_]+)\}")
# What an id in an address may look like once it is decoded: nothing of ours is longer or has a slash. The
# longest is that of a request to be bound which may mean several children.
ID_PATTERN = r"[A-Za-z0-9@:_+.-]{1,1000}"
# The largest body of an endpoint that does not say otherwise.
MAX_BODY_BYTES = 1024 * 1024


def _whole(value: Any, info: ValidationInfo) -> Any:
    """3.0 in a body is 3; in an address everything is text, and whole numbers are digits alone."""
    if info.mode == "json":
        return int(value) if isinstance(value, float) and value.is_integer() else value
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value


def _day(value: Any) -> Any:
    """A date as the document says it; pydantic would also take "0" for the first of January 1970."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("no day")
    return date.fromisoformat(value)


# For days in bodies and queries: 2026-09-01.
Day = Annotated[date, BeforeValidator(_day)]
# JSON knows one kind of number. Stands behind the bounds, which the document then shows.
WHOLE = BeforeValidator(_whole)
# For numbers in bodies and queries: one that the stores cannot keep is no number of ours.
Number = Annotated[int, Field(ge=0, le=2**31 - 1), WHOLE]


class Schema(BaseModel):
    """The ground of every body: nothing is taken that is not named, and nothing is another type in disguise."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


@dataclass(frozen=True, slots=True)
class Call:
    """One request that was let in. `teaching` is there for staff, `key` for what creates.

    `openid` is who they are to the mini-program, `acting` the place they switched to.
    """

    ctx: Context
    address: str
    person_id: str = ""
    openid: str = ""
    session_id: str = ""
    acting: str = ""
    teaching_of: Teaching | None = None
    key: str = ""
    body_bytes: bytes = b""
    content_type: str = ""

    @property
    def teaching(self) -> Teaching:
        """The classes in which this person has the endpoint's right."""
        if self.teaching_of is None:
            raise NotFoundError
        return self.teaching_of


Action = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that is a file's bytes and no JSON; under one `tag` they never change, without one they aren't kept.

    `part` reads from one byte to before another, for players. Not `lasting`: better ones are on their way.
    """

    file: StoredFile
    content: AsyncIterator[bytes]
    tag: str = ""
    part: Callable[[int, int], AsyncIterator[bytes]] | None = None
    lasting: bool = True


def stream_made(
    call: Call, content: bytes, *, school_id: str, kind: FileKind, name: str, content_type: str
) -> Stream:
    """An answer that is made for who asks, and stored nowhere."""

    async def whole() -> AsyncIterator[bytes]:
        yield content

    file = StoredFile(
        id="",
        school_id=school_id,
        owner_id=call.person_id,
        kind=kind,
        name=name,
        content_type=content_type,
        size_bytes=len(content),
        created_at=call.ctx.now(),
    )
    return Stream(file, whole())


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method of one address.

    `creates`: the client sends an `Idempotency-Key`, and a repeated request gets the first one's answer.
    `raw`: the content types of a body that is no JSON (a picture), which the action reads itself.
    `largest`: how many bytes a body may have.
    """

    method: str
    path: str
    summary: str
    access: Access
    right: Right | None
    action: Action
    holes: tuple[str, ...]
    query: type[Schema] | None
    body: type[Schema] | None
    answer: Any
    creates: bool
    raw: tuple[str, ...]
    largest: int

    @property
    def name(self) -> str:
        """The action's name: the operation's id."""
        return self.action.__name__

    @property
    def pattern(self) -> str:
        """The address for the table of routes."""
        return PREFIX + _HOLE.sub("([^/]+)", self.path)

    @property
    def status(self) -> int:
        """What a good answer's status is."""
        return 201 if self.creates and self.method == "POST" else 200


class Registry:
    """The endpoints of one module, collected by its decorator."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.endpoints: list[Endpoint] = []

    def __call__(
        self,
        method: str,
        path: str,
        *,
        access: Access,
        right: Right | None = None,
        creates: bool = False,
        raw: tuple[str, ...] = (),
        largest: int = MAX_BODY_BYTES,
    ) -> Callable[[Action], Action]:
        """Declare the function below: its parameters `body` and `query`, its result, and one parameter for
        each hole of the path."""

        def declare(action: Action) -> Action:
            hints = get_type_hints(action)
            holes = tuple(_HOLE.findall(path))
            taken = set(inspect.signature(action).parameters) - {"call", "body", "query"}
            if taken != set(holes):
                raise TypeError(f"{action.__name__}: {taken} are not the holes of {path}")
            self.endpoints.append(
                Endpoint(
                    method=method,
                    path=path,
                    summary=(action.__doc__ or "").strip().partition("\n")[0],
                    access=access,
                    right=right,
                    action=action,
                    holes=holes,
                    query=hints.get("query"),
                    body=hints.get("body"),
                    answer=hints["return"],
                    creates=creates,
                    raw=raw,
                    largest=largest,
                )
            )
            return action

        return declare


@dataclass(frozen=True, slots=True)
class Tagged:
    """An endpoint with the noun it belongs to."""

    tag: str
    endpoint: Endpoint


def by_address(registries: tuple[Registry, ...]) -> Mapping[str, list[Tagged]]:
    """The endpoints by address: one handler answers all methods of an address."""
    found: dict[str, list[Tagged]] = {}
    for registry in registries:
        for endpoint in registry.endpoints:
            found.setdefault(endpoint.path, []).append(Tagged(registry.tag, endpoint))
    return found
