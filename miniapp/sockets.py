"""`/ws`: what is said reaches a device at once, and what a device says needs no request of its own.

Everything that comes in is one of the frames below, within a size and a rate; everything that goes out is made once
for all who hear it. A device that reads too slowly is sent away: it comes back, says how far it is, and hears
the rest. docs/messages.md has the frames.
"""

from __future__ import annotations

import asyncio
import json
import logging
import struct
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlsplit

from pydantic import Field, TypeAdapter, ValidationError
from tornado.iostream import IOStream, StreamBufferFullError, StreamClosedError
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketHandler, WebSocketProtocol13

from domain.errors import InvalidError, NotFoundError, TooManyError, YanshuError, fault_text
from domain.messages import Mark
from handlers import phrases
from handlers.base import SESSION_COOKIE, UNDER_WAY, Access, BaseHandler
from handlers.console.base import DESK_COOKIE
from miniapp.endpoints import Number, Schema
from miniapp.talk_shapes import MessageIn
from services.announcing import announce_typing
from services.audiences import access_thread
from services.bearers import SignedOutError, access_bearer
from services.frames import frame, iso, message_fields
from services.live import SIGNED_OUT, Live
from services.messages import (
    changes_since,
    count_message,
    mark_read,
    recall_message,
    send_message,
)
from services.threads import audiences_of

PROTOCOL, BEARER = "yanshu", "bearer."  # subprotocols
log = logging.getLogger("yanshu.handlers")

FRAME_BYTES = 16 * 1024
DEVICES = 8  # of one person, at one process
WAITING_BYTES = 512 * 1024  # what a device may leave unread before it is sent away
BURST, A_SECOND = 30, 6.0  # frames
STUBBORN = 200  # frames beyond that, after which it is sent away
SLOW, TOO_MANY, NOISY = 4008, 4009, 4010
_RESUMED = 50  # threads in one frame

ThreadId = Annotated[str, Field(min_length=1, max_length=300)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class Say(MessageIn):
    """Say something; `key` makes it once."""

    type: Literal["say"]
    thread: ThreadId
    key: Key


class Read(Schema):
    """I have read as far as that."""

    type: Literal["read"]
    thread: ThreadId
    seq: Number


class Typing(Schema):
    """I am writing."""

    type: Literal["typing"]
    thread: ThreadId


class Tap(Schema):
    """收到 or 👍."""

    type: Literal["mark"]
    thread: ThreadId
    seq: Number
    mark: Mark


class Recall(Schema):
    """Take it back."""

    type: Literal["recall"]
    thread: ThreadId
    seq: Number


class Resume(Schema):
    """I have these threads as far as that, and saw changes until `since`."""

    type: Literal["resume"]
    threads: dict[ThreadId, Number] = Field(max_length=_RESUMED)
    since: datetime | None = None


_FRAMES: TypeAdapter[Any] = TypeAdapter(
    Annotated[Say | Read | Typing | Tap | Recall | Resume, Field(discriminator="type")]
)


class SocketHandler(BaseHandler, WebSocketHandler):
    """A device of the mini-program (by its token), or a page in WeChat (by its cookie)."""

    access = Access.VISITOR
    cookie = SESSION_COOKIE
    at_desk = False

    person_id: str
    session_id: str
    ends_by_silence = False

    async def prepare(self) -> None:
        """Let in who has a session, before anything is upgraded. Refuses by raising."""
        self.cursors: dict[str, int] = {}
        self.catching: dict[str, int] = {}
        self._room, self._refilled, self._refused = float(BURST), 0.0, 0
        self._gone = False
        self._stream: IOStream | None = None
        self._sweeps = self.live.sweeps
        token = self._token()
        self._by_token = token is not None
        if token is None or self.at_desk:
            # Cookies come with whatever page opens the connection: it must be one of ours.
            if not self.check_origin(self.request.headers.get("Origin", "")):
                raise HTTPError(403)
            await self._by_cookie()
            return
        try:
            bearer = await access_bearer(self.ctx, token)
        except SignedOutError:
            raise HTTPError(401) from None
        self.person_id, self.session_id = bearer.person_id, bearer.id
        self._until = bearer.access_until

    def _token(self) -> str | None:
        """The token that a device shows: in `Authorization`, or as a subprotocol where it can send no header."""
        if "Authorization" in self.request.headers:
            scheme, _, token = self.request.headers["Authorization"].partition(" ")
            return token if scheme.lower() == "bearer" else ""
        for offered in self.request.headers.get("Sec-WebSocket-Protocol", "").split(","):
            if offered.strip().startswith(BEARER):
                return offered.strip().removeprefix(BEARER)
        return None

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Ours; never the one that is the token."""
        return PROTOCOL if PROTOCOL in subprotocols else None

    async def _by_cookie(self) -> None:
        token, now = self.get_cookie(self.cookie), self.ctx.now()
        session = await self.ctx.stores.sessions.find(token, now) if token else None
        if session is None or session.desk is not self.at_desk:
            raise HTTPError(401)
        self.person_id, self.session_id = session.person_id, session.id
        self._until, self.ends_by_silence = session.expires_at, session.desk
        if not await self.is_signed_in():
            raise HTTPError(401)

    def check_origin(self, origin: str) -> bool:
        """A page of ours, by this host's name or by the public one; a token is shown by whoever has it."""
        if getattr(self, "_by_token", False) and not self.at_desk:
            return True
        hosts = {self.request.host.lower(), urlsplit(self.ctx.policy.public_url).netloc.lower()}
        return urlsplit(origin).netloc.lower() in hosts

    @property
    def max_message_size(self) -> int:
        """More than any frame of a device has."""
        return FRAME_BYTES

    @property
    def live(self) -> Live:
        """The hub of this process."""
        return cast(Live, self.ctx.live)

    # -- as the hub sees it -------------------------------------------------------------------

    def send(self, text: str) -> None:
        """Hand on a frame; a device that leaves too much unread is sent away."""
        stream = self._stream
        if stream is None or self._gone:
            return
        try:
            stream.write(packed(text))
        except StreamBufferFullError:
            self.end(SLOW, "too slow: come back and resume")
        except StreamClosedError:
            self.on_close()

    def end(self, code: int, reason: str) -> None:
        """Close the connection, and hear of nothing more at once."""
        self._gone = True
        self.live.leave(self)
        if self._stream is None:
            return
        if code == SLOW:
            # What it has not read stands before any word of farewell.
            self._stream.close()
        else:
            self.close(code, reason)

    def is_over(self, at: datetime) -> bool:
        """Whether its session has ended by time."""
        return at >= self._until

    async def is_signed_in(self) -> bool:
        """Whether its session is still there; one of a desk ends by silence."""
        now = self.ctx.now()
        if self._by_token and not self.at_desk:
            return await self.ctx.stores.bearers.find(self.session_id, now) is not None
        session = await self.ctx.stores.sessions.is_there(self.session_id, now)
        if session is None:
            return False
        silent = timedelta(0) if session.seen_at is None else now - session.seen_at
        return not session.desk or silent <= self.ctx.policy.desk_idle

    # -- as the device sees it ----------------------------------------------------------------

    async def open(self, *_: str, **__: str) -> None:
        """Begin with how far every thread goes; what is said from now on follows."""
        UNDER_WAY.discard(self)  # nobody waits for its end
        if self.live.of_person(self.person_id) >= DEVICES:
            self.close(TOO_MANY, "too many devices")
            return
        self.set_nodelay(True)
        connection = cast(WebSocketProtocol13, self.ws_connection)
        self._stream = connection.stream
        self._stream.max_write_buffer_size = WAITING_BYTES
        at = self.ctx.now()
        audiences = await audiences_of(self.ctx, self.person_id)
        await self.live.join(self.ctx, self, {a.thread.school_id for a in audiences})
        rows = [
            {
                "id": audience.thread.id,
                "kind": audience.thread.kind.value,
                "me": audience.ref(self.person_id),
                "tail": audience.thread.tail,
            }
            for audience in audiences
        ]
        if self.live.sweeps != self._sweeps and not await self.is_signed_in():
            # It ended after it was asked about and before the hub knew of this device.
            self.end(SIGNED_OUT, "signed out")
            return
        self.send(frame("hello", {"at": iso(at), "threads": rows}))
        self.live.begin(self.ctx, self, [audience.thread for audience in audiences])

    def on_close(self) -> None:
        """The device is gone."""
        self._gone = True
        self.live.leave(self)

    async def on_message(self, message: str | bytes) -> None:
        """One frame. What is wrong with it is told, and changes nothing."""
        if not self._may_speak():
            return
        try:
            asked = _FRAMES.validate_json(message)
        except ValidationError:
            self._refuse("invalid", _key_of(message))
            return
        try:
            await self._act(asked)
        except InvalidError as error:
            self._refuse(error.code, getattr(asked, "key", ""), sorted(error.fields))
        except YanshuError as error:
            self._refuse(error.code, getattr(asked, "key", ""))
        except (WebSocketClosedError, StreamClosedError):
            self.on_close()
        except Exception as error:  # a store is away: the device says it again under the same key
            log.error("a frame could not be answered: %s", fault_text(error))
            self._refuse("unavailable", getattr(asked, "key", ""))

    def _may_speak(self) -> bool:
        """So many frames at once, so many a second."""
        now = asyncio.get_running_loop().time()
        gained = (now - self._refilled) * A_SECOND if self._refilled else 0.0
        self._room, self._refilled = min(float(BURST), self._room + gained), now
        if self._room >= 1:
            self._room -= 1
            return True
        self._refused += 1
        if self._refused > STUBBORN:
            self.end(NOISY, "too many frames")
        else:
            self._refuse("too_many", "")
        return False

    def _refuse(self, code: str, key: str, fields: list[str] | None = None) -> None:
        told = {"code": code, "message": phrases.error_message(code), "key": key}
        self.send(frame("error", {**told, "fields": fields or []}))

    async def _act(self, asked: Any) -> None:
        ctx, me = self.ctx, self.person_id
        await self.live.send_away_ended(ctx)
        if self.is_over(ctx.now()):
            self.end(SIGNED_OUT, "signed out")
        if self._gone:
            return
        match asked:
            case Say():
                await self._say(asked)
            case Read():
                await mark_read(ctx, me, asked.thread, asked.seq)
            case Typing():
                audience, place = await access_thread(ctx, me, asked.thread)
                if place.may_post and audience.thread.is_private:
                    announce_typing(ctx, audience, me)
            case Tap():
                await count_message(ctx, me, asked.thread, asked.seq, asked.mark)
            case Recall():
                await recall_message(ctx, me, asked.thread, asked.seq)
            case Resume():
                await self._resume(asked)

    async def _say(self, asked: Say) -> None:
        form = asked.model_dump(exclude={"type", "thread", "key"})
        if not self.live.may_say(self.person_id, asyncio.get_running_loop().time()):
            raise TooManyError(60)
        sent = await send_message(self.ctx, self.person_id, asked.thread, form, key=asked.key)
        told: dict[str, Any] = {"key": asked.key, "thread": asked.thread}
        if sent.message is not None:
            told |= {"seq": sent.message.seq, "id": sent.message.id, "counted": None}
        elif sent.folded is not None:
            told |= {"seq": sent.folded.seq, "id": "", "counted": sent.folded.mark.value}
        self.send(frame("said", told))

    async def _resume(self, asked: Resume) -> None:
        """What came since, thread by thread, in order; then what changed of what was there before."""
        for thread_id, after in asked.threads.items():
            try:
                await access_thread(self.ctx, self.person_id, thread_id)
            except NotFoundError:
                self.send(frame("gone", {"thread": thread_id}))
                continue
            self.cursors[thread_id] = after
            self.live.catch_up(self.ctx, self, thread_id, after)
            if asked.since is not None:
                found = await changes_since(self.ctx, self.person_id, thread_id, asked.since)
                for message in found:
                    if message.seq <= after:
                        own = message.author_id == self.person_id
                        self.send(frame("changed", message_fields(message, own=own)))


class DeskSocketHandler(SocketHandler):
    """A page at a desk, by the desk's own cookie."""

    access = Access.VISITOR
    cookie = DESK_COOKIE
    at_desk = True


_LAST: tuple[str, bytes] = ("", b"")


def packed(text: str) -> bytes:
    """A text frame as it goes over the wire (RFC 6455, 5.2), made once for all who get the same.

    A server's frames are not masked, so they are the same bytes for every connection.
    """
    global _LAST
    if _LAST[0] is text:
        return _LAST[1]
    payload = text.encode()
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x81, size)
    elif size <= 0xFFFF:
        head = struct.pack("!BBH", 0x81, 126, size)
    else:
        head = struct.pack("!BBQ", 0x81, 127, size)
    _LAST = (text, head + payload)
    return _LAST[1]


def _key_of(message: str | bytes) -> str:
    """The key of a frame that is wrong, so that the device knows which."""
    try:
        given = json.loads(message)
    except ValueError:
        return ""
    key = given.get("key") if isinstance(given, dict) else ""
    return key[:64] if isinstance(key, str) else ""
