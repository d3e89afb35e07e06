"""The JSON API over HTTP: who calls, what comes in, what goes out, and refusals as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError
from tornado.web import HTTPError, stream_request_body

from domain.errors import FileRefusedError, InvalidError, NotFoundError, Problem, TooManyError
from domain.roles import Right
from handlers import phrases
from handlers.base import Access, BaseHandler, code_of, status_of
from handlers.files import send_file
from handlers.intake import Intake
from miniapp.endpoints import ID_PATTERN, Call, Endpoint, Stream
from services.bearers import SignedOutError, access_bearer
from services.people import access_teaching
from services.replies import answer_once

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_ID = re.compile(ID_PATTERN)
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]*)", re.IGNORECASE)
_adapters: dict[Any, TypeAdapter[Any]] = {}


def adapter(kind: Any) -> TypeAdapter[Any]:
    """The validator and writer of a type."""
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


@stream_request_body
class ApiHandler(BaseHandler):
    """One address with its methods; `handler_of` makes a handler for each.

    Bodies are taken in pieces, so that one that is too large is refused in words, and nothing is kept of
    what somebody sends who is not let in.
    """

    endpoints: Mapping[str, Endpoint]
    endpoint: Endpoint
    call: Call
    intake: Intake | None = None

    @classmethod
    def declared(cls, method: str) -> tuple[Access | None, Right | None]:
        """As the method's endpoint says; a method that there is not is nobody's."""
        endpoint = cls.endpoints.get("GET" if method == "head" else method.upper())
        return (endpoint.access, endpoint.right) if endpoint else super().declared(method)

    def set_default_headers(self) -> None:
        """A weak line carries every byte of these, so there is no more than JSON needs."""
        self.clear_header("Server")
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Cache-Control", "private, no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")

    async def prepare(self) -> None:
        """Let in whom the endpoint names, before any method runs and any body is read. Refuses by raising."""
        method = self.request.method or ""
        endpoint = self.endpoints.get("GET" if method == "HEAD" else method)
        if endpoint is None:
            raise HTTPError(405)
        intake = Intake(self.request, endpoint.largest)
        self.endpoint, self.call = endpoint, await self._call(endpoint)
        if endpoint.raw and self._content_type() not in endpoint.raw:
            raise HTTPError(415)
        if intake.is_endless:
            self._refuse_too_large(intake)
        self.intake = intake

    def data_received(self, chunk: bytes) -> None:
        """A piece of the body."""
        if self.intake is not None:
            self.intake.add(chunk)

    async def answer(self, *ids: str) -> None:
        """Whatever the method: validate, act, write."""
        if not all(_ID.fullmatch(one) for one in ids):
            raise NotFoundError
        endpoint, content = self.endpoint, self._content()
        call = replace(self.call, body_bytes=content if endpoint.raw else b"")
        given: dict[str, Any] = dict(zip(endpoint.holes, ids, strict=True))
        if endpoint.query is not None:
            given["query"] = self._query(endpoint.query)
        if endpoint.body is not None:
            given["body"] = self._body(endpoint.body, content)
        if endpoint.answer is Stream:
            await self._stream(await endpoint.action(call, **given))
            return

        async def act() -> tuple[int, str]:
            found = await endpoint.action(call, **given)
            body = adapter(endpoint.answer).dump_json(found, by_alias=True).decode()
            return endpoint.status, f'{{"data":{body}}}'

        if endpoint.creates:
            request = (self.request.uri or "").encode() + b"\0" + content
            status, text = await answer_once(
                self.ctx, call.person_id, endpoint.name, call.key, request, act
            )
        else:
            status, text = await act()
        self.set_status(status)
        self.finish(text)

    async def _stream(self, stream: Stream) -> None:
        """A file's bytes; whoever has them is told so."""
        if stream.tag:
            lasting = "max-age=31536000, immutable" if stream.lasting else "no-cache"
            self.set_header("Cache-Control", f"private, {lasting}")
            self.set_header("Etag", f'"{stream.tag}"')
            if self.check_etag_header():
                self.set_status(304)
                return
        else:
            self.set_header("Cache-Control", "no-store")
        await send_file(self, stream.file, stream.content, stream.part)

    def _content(self) -> bytes:
        if self.intake is None:
            return b""
        self._refuse_too_large(self.intake)
        return self.intake.content()

    def _refuse_too_large(self, intake: Intake) -> None:
        if intake.is_too_large:
            raise FileRefusedError("too_large") if self.endpoint.raw else HTTPError(413)

    async def _call(self, endpoint: Endpoint) -> Call:
        address = self.request.remote_ip or ""
        if endpoint.access is Access.PUBLIC:
            return Call(self.ctx, address)
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise SignedOutError
        bearer = await access_bearer(self.ctx, token)
        teaching = None
        if endpoint.access is Access.STAFF and endpoint.right is not None:
            teaching = await access_teaching(
                self.ctx, bearer.person_id, endpoint.right, acting=bearer.acting, address=address
            )
        if endpoint.raw and self._content_type() not in endpoint.raw:
            raise HTTPError(415)
        return Call(
            self.ctx,
            address,
            person_id=bearer.person_id,
            openid=bearer.openid,
            session_id=bearer.id,
            acting=bearer.acting,
            teaching_of=teaching,
            key=self._key() if endpoint.creates else "",
            content_type=self._content_type(),
        )

    def _content_type(self) -> str:
        return self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    def _key(self) -> str:
        key = self.request.headers.get("Idempotency-Key", "")
        if not _KEY.fullmatch(key):
            raise InvalidError({"Idempotency-Key": Problem("missing")})
        return key

    def _query(self, kind: Any) -> Any:
        """The parameters, each once; what is text in an address may be a number in the declaration."""
        given = self.request.query_arguments
        doubled = {name: Problem("unknown") for name, values in given.items() if len(values) > 1}
        if doubled:
            raise InvalidError(doubled)
        try:
            texts = {name: values[0].decode() for name, values in given.items()}
            return adapter(kind).validate_strings(texts)
        except UnicodeDecodeError:
            raise HTTPError(400) from None
        except ValidationError as error:
            raise InvalidError(_problems(error)) from None

    def _body(self, kind: Any, content: bytes) -> Any:
        charset = _CHARSET.search(self.request.headers.get("Content-Type", ""))
        if self._content_type() != "application/json":
            raise HTTPError(415)
        if charset is not None and charset[1].lower() not in ("utf-8", "utf8"):
            raise HTTPError(415)
        try:
            return adapter(kind).validate_json(content)
        except ValidationError as error:
            raise InvalidError(_problems(error)) from None

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A code for the program, a sentence for the person."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        code = code_of(error) or str(status_code)
        status = 401 if isinstance(error, SignedOutError) else status_of(error) or status_code
        if isinstance(error, TooManyError):
            self.set_header("Retry-After", str(error.retry_after_seconds))
        if status == 405:
            allowed = {*self.endpoints, *(["HEAD"] if "GET" in self.endpoints else [])}
            self.set_header("Allow", ", ".join(sorted(allowed)))
        if self.intake is None:
            # Tornado closes a connection that is answered before its body was read: the client must know.
            self.set_header("Connection", "close")
        self.set_status(status)
        message, fields = phrases.error_message(code), phrases.field_messages(error)
        self.finish({"error": {"code": code, "message": message, "fields": fields}})


class MissingApiHandler(ApiHandler):
    """An address of the API that there is not: JSON also then."""

    access = Access.PUBLIC
    endpoints: Mapping[str, Endpoint] = {}

    async def prepare(self) -> None:
        """Refuse before any method is looked for."""
        raise HTTPError(404)


def _problems(error: ValidationError) -> dict[str, Problem]:
    """What is wrong by field: `classes.0` is the first entry of `classes`."""
    found = {}
    for wrong in error.errors(include_url=False, include_context=False, include_input=False):
        where = ".".join(str(part) for part in wrong["loc"]) or "body"
        found[where] = Problem("missing" if wrong["type"] == "missing" else "unknown")
    return found


def handler_of(endpoints: Sequence[Endpoint]) -> Callable[..., Any]:
    """A handler for the methods of one address, each with the access that it declares itself."""
    methods = {e.method: e for e in endpoints}
    name = "".join(part.capitalize() for part in endpoints[0].name.split("_")) + "Handler"
    members: dict[str, Any] = {"endpoints": methods}
    members |= {method.lower(): ApiHandler.answer for method in methods}
    if "GET" in methods:
        members["head"] = ApiHandler.answer
    return type(name, (ApiHandler,), members)
