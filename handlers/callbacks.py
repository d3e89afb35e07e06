"""WeChat's callbacks, the official account's and the mini-program's: open the envelope, hand on, close it.

WeChat gets its reply, `success`, or a refusal; never a page, and nothing of a refused body reaches the log.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import NoReturn

from tornado.web import HTTPError

from bot.conversation import SUCCESS, ForgedError, UnavailableError
from handlers.base import Access, BaseHandler
from services.context import Context
from wechat.envelope import BadEnvelope, Envelope
from wechat.messages import BadMessage, Inbound, parse_message

log = logging.getLogger("yanshu.handlers")

Converse = Callable[[Context, Inbound], Awaitable[bytes]]


class CallbackHandler(BaseHandler):
    """One account's callback address. `converse` turns a message into the plain reply."""

    access = Access.WECHAT

    def initialize(self, envelope: Envelope, converse: Converse, json_format: bool) -> None:
        """Tornado hands in what the route says."""
        self.envelope = envelope
        self.converse = converse
        self.json_format = json_format

    def set_default_headers(self) -> None:
        """WeChat's servers look at no header of ours."""

    def _query(self) -> dict[str, str]:
        """The parameters. One that is there twice is no doing of WeChat's: which of them was signed?"""
        try:
            given = self.request.query_arguments
            return {name: value.decode("ascii") for name, (value,) in given.items()}
        except ValueError:  # also another number of values than one, and what is not ASCII
            raise HTTPError(403) from None

    def get(self) -> None:
        """The console tries the address: it wants its echostr back."""
        try:
            echo = self.envelope.verify(self._query())
        except BadEnvelope as error:
            self._refuse(error)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(echo)

    async def post(self) -> None:
        """A message or event."""
        query = self._query()
        try:
            raw = self.envelope.open(query, self.request.body)
            inbound = parse_message(raw, json_format=self.json_format)
        except (BadEnvelope, BadMessage) as error:
            self._refuse(error)
        # Of WeChat's own events nothing says which of the two the address names: its account or whom it is about.
        if query.get("openid", inbound.openid) not in (
            inbound.openid,
            inbound.about or inbound.openid,
        ):
            self._refuse(BadMessage("openid"))
        try:
            reply = await self.converse(self.ctx, inbound)
        except ForgedError as error:
            self._refuse(error)
        except UnavailableError:
            raise HTTPError(503) from None
        self._reply(query, reply)

    def _reply(self, query: dict[str, str], reply: bytes) -> None:
        if reply == SUCCESS:
            self.set_header("Content-Type", "text/plain")
            self.finish(reply)
            return
        if "msg_signature" in query:
            nonce = query.get("nonce", "")
            reply = self.envelope.seal(
                reply, timestamp=int(self.ctx.now().timestamp()), nonce=nonce
            )
        self.set_header("Content-Type", "application/json" if self.json_format else "text/xml")
        self.finish(reply)

    def _refuse(self, error: Exception) -> NoReturn:
        log.warning("callback refused: %s %s", type(error).__name__, error)
        raise HTTPError(403) from None

    def write_error(self, status_code: int, **kwargs: object) -> None:
        """A status and nothing else."""
        self.finish()


def routes(
    official: tuple[Envelope, Converse], mini: tuple[Envelope, Converse, bool] | None
) -> list[tuple[str, type[CallbackHandler], dict[str, object]]]:
    """The callback addresses; the mini-program's only when there is one. Its format is XML or JSON, as configured."""
    envelope, converse = official
    table: list[tuple[str, type[CallbackHandler], dict[str, object]]] = [
        (
            "/wechat/callback",
            CallbackHandler,
            {"envelope": envelope, "converse": converse, "json_format": False},
        )
    ]
    if mini is not None:
        envelope, converse, json_format = mini
        table.append(
            (
                "/miniapp/callback",
                CallbackHandler,
                {"envelope": envelope, "converse": converse, "json_format": json_format},
            )
        )
    return table
