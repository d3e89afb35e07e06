"""Delivering callbacks: five seconds, three deliveries, the reply into the chat.

One Courier per world. It signs and seals each delivery anew (as WeChat does: the MsgId stays, the
nonce changes), and shows the person what WeChat would show.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from simulator import safety, subscriptions
from simulator.envelopes import BadReply, Push, read_reply, seal_push, write_message
from simulator.world import Account, Entry, User, World

log = logging.getLogger("simulator.callbacks")

TIME_LIMIT_SECONDS = 5.0
DELIVERIES = 3
WORKERS = 16
OUT_OF_ORDER = "该公众号提供的服务出现故障，请稍后再试"
SILENT_EVENTS = {
    "VIEW",
    "unsubscribe",
    "TEMPLATESENDJOBFINISH",
    "user_info_modified",
    "user_authorization_revoke",
    "user_authorization_cancellation",
}


class NoAnswer(Exception):
    """The callback address did not answer in time, or not at all."""


@dataclass(slots=True)
class Delivery:
    """What became of one message or event: what was tried, and what the person saw."""

    message: dict[str, Any]
    attempts: list[dict[str, Any]] = field(default_factory=list)
    replies: list[Entry] = field(default_factory=list)
    fault: str = ""


class Courier:
    """Carries messages and events to the account's callback address.

    Args:
        world: the state.
        time_limit_seconds: how long one delivery may take; tests shorten it.
    """

    def __init__(self, world: World, *, time_limit_seconds: float = TIME_LIMIT_SECONDS) -> None:
        self.world = world
        self.time_limit_seconds = time_limit_seconds
        self._session: aiohttp.ClientSession | None = None
        self._queue: deque[tuple[User, dict[str, Any], Account | None]] = deque()
        self._workers: set[asyncio.Task[None]] = set()
        self._turn = 0

    @property
    def session(self) -> aiohttp.ClientSession:
        """The HTTP client, opened when first needed."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=128)
            # Each simulated person brings their own cookies, so the client keeps none.
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def close(self) -> None:
        """Stop what is under way and close the connections."""
        self._queue.clear()
        workers = list(self._workers)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    # ------------------------------------------------------------------------------ in turn

    def send_soon(
        self, user: User, message: dict[str, Any], *, account: Account | None = None
    ) -> None:
        """Deliver later, a few at a time, without waiting for it."""
        self._queue.append((user, message, account))
        if len(self._workers) < WORKERS:
            self._start(self._work())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        worker = asyncio.get_running_loop().create_task(work)
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _work(self) -> None:
        while self._queue:
            user, message, account = self._queue.popleft()
            await self.deliver(user, message, account=account)

    async def settle(self) -> None:
        """Wait until nothing is left to deliver."""
        while self._workers:
            await asyncio.wait(list(self._workers))

    def pending(self) -> int:
        """How many callbacks wait or are under way in turn."""
        return len(self._queue) + len(self._workers)

    def report_finish(self, user: User, record: Entry) -> None:
        """Tell the account, or the mini-program, what became of an accepted message."""
        if record["kind"] == "subscribe":
            items = subscriptions.sent_items(self.world, record)
            message = self.mini_event(user, subscriptions.SENT, items)
            self.send_soon(user, message, account=self.world.mini)
            return
        status = self.world.faults.finish_status
        if self.world.is_blocking(user):
            status = "failed:user block"
        self.send_soon(
            user,
            {
                "MsgType": "event",
                "Event": "TEMPLATESENDJOBFINISH",
                "MsgID": int(record["id"]),
                "Status": status,
            },
        )

    def inspect(self, user: User, address: str, trace_id: str) -> None:
        """Fetch a picture and push what WeChat thinks of it."""
        self._start(self._inspect(user, address, trace_id))

    async def _inspect(self, user: User, address: str, trace_id: str) -> None:
        mini = self.world.mini
        if mini is None:
            return
        fetched = await self._fetched(address)
        event = self.world.inspector.verdict(trace_id, mini.app_id, fetched=fetched)
        sender = self.world.mini_openid(user)
        await self.deliver(user, {"FromUserName": sender, **event}, account=mini)

    async def _fetched(self, address: str) -> bool:
        """Whether it can be had without any cookie, is a picture, and not too large."""
        limit = aiohttp.ClientTimeout(total=self.time_limit_seconds)
        try:
            async with self.session.get(address, timeout=limit) as response:
                size = 0
                async for piece in response.content.iter_any():
                    size += len(piece)
                is_picture = response.headers.get("Content-Type", "").startswith("image/")
                small = 0 < size <= safety.PICTURE_MAX_BYTES
                return response.status == 200 and is_picture and small
        except (aiohttp.ClientError, TimeoutError):
            return False

    def mini_event(self, user: User, event: str, items: list[dict[str, str]]) -> dict[str, Any]:
        """One of the three events about subscription messages."""
        sender = self.world.mini_openid(user)
        return {"FromUserName": sender, "MsgType": "event", "Event": event, "List": items}

    # ----------------------------------------------------------------------------- one by one

    async def deliver(
        self, user: User, message: dict[str, Any], *, account: Account | None = None
    ) -> Delivery:
        """Deliver a message or event and put the reply into the chat.

        Args:
            user: who wrote or acted.
            message: the fields beyond ToUserName, FromUserName and CreateTime.
            account: the mini-program, when it isn't the official account's.
        """
        account = account or self.world.account
        raw = write_message(account, user, message, int(self.world.clock()))
        delivery = Delivery(message)
        times = self.world.faults.deliver
        if times and account.callbacks:
            outcomes = await asyncio.gather(
                *(self._try_thrice(delivery, account, user, raw) for _ in range(times))
            )
            self._show(delivery, user, outcomes, quiet=account is not self.world.account)
        self._note(delivery)
        return delivery

    async def _try_thrice(
        self, delivery: Delivery, account: Account, user: User, raw: bytes
    ) -> Entry | str | None:
        """One delivery with WeChat's repetitions: the reply, None for silence, or what is wrong."""
        # To the mini-program somebody is another openid than to the account.
        openid = self.world.mini_openid(user) if account is self.world.mini else user.openid
        fault = "no answer"
        for _ in range(DELIVERIES):
            push = seal_push(account, openid, raw, int(self.world.clock()))
            url = account.callbacks[self._turn % len(account.callbacks)]
            self._turn += 1
            note: dict[str, Any] = {"status": 0, "ms": 0.0, "reply": None}
            delivery.attempts.append(note)
            started = time.perf_counter()
            try:
                note["status"], body = await self._post(url, push)
                reply = read_reply(account, user, push, body) if note["status"] == 200 else None
            except NoAnswer as error:
                fault = str(error)
                continue
            except BadReply as error:
                log.warning("a reply was refused: %s", error)
                return str(error)
            finally:
                note["ms"] = round((time.perf_counter() - started) * 1000, 1)
            if note["status"] == 200:
                note["reply"] = reply
                return reply
            fault = f"HTTP {note['status']}"
            if note["status"] < 500:
                return fault
        return fault

    async def _post(self, url: str, push: Push) -> tuple[int, bytes]:
        try:
            async with self.session.post(
                url,
                params=push.query,
                data=push.body,
                headers={"Content-Type": push.content_type, "User-Agent": "Mozilla/4.0"},
                timeout=aiohttp.ClientTimeout(total=self.time_limit_seconds),
                allow_redirects=False,
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise NoAnswer("no answer in time") from error
        except aiohttp.ClientError as error:
            raise NoAnswer("the connection failed") from error

    def _show(
        self, delivery: Delivery, user: User, outcomes: list[Entry | str | None], *, quiet: bool
    ) -> None:
        """Put the reply, or that the account is out of order, into the chat: once."""
        faults = [outcome for outcome in outcomes if isinstance(outcome, str)]
        replies = [outcome for outcome in outcomes if isinstance(outcome, dict)]
        delivery.replies = [dict(reply) for reply in replies[:1]]
        delivery.fault = faults[0] if faults and not replies else ""
        if quiet or delivery.message.get("Event") in SILENT_EVENTS:
            return
        if replies:
            self.world.put(user, delivery.replies[0])
        elif delivery.fault:
            self.world.put(user, {"side": "system", "kind": "hint", "text": OUT_OF_ORDER})

    def _note(self, delivery: Delivery) -> None:
        log_of = self.world.deliveries
        log_of.append(
            {
                "message": delivery.message,
                "attempts": delivery.attempts,
                "fault": delivery.fault,
            }
        )
        if len(log_of) > 2000:
            del log_of[:1000]

    async def verify_address(self, account: Account) -> bool:
        """Do what the console does when the address is saved: GET it, expect the echo."""
        stamp, nonce, echo = str(int(self.world.clock())), "1514711492", "4375120948345356249"
        query = {
            "signature": account.seal.signature(stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "echostr": echo,
        }
        limit = aiohttp.ClientTimeout(total=self.time_limit_seconds)
        try:
            async with self.session.get(
                account.callbacks[0], params=query, timeout=limit
            ) as response:
                return response.status == 200 and await response.read() == echo.encode()
        except (aiohttp.ClientError, TimeoutError):
            return False
