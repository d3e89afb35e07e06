"""What every verb is given: the stores, WeChat, the queue, the clock, and the rules of this installation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from domain.channels import Channel
from domain.deliveries import LEASE
from domain.files import MAX_FILE_BYTES
from domain.retention import Keep
from domain.times import QuietHours
from oidc.client import OidcClient
from services.frames import Event
from services.link_room import LinkRoom
from services.search_room import SearchRoom
from storage.stores import Stores
from web.outside import Outside
from web.robots import Robots
from wechat.gateway import Gateway
from wechat.mini import MiniGateway


class Enqueue(Protocol):
    """Hands a job to the queue. A key that still waits or runs is not added twice; jobs run at least once."""

    async def __call__(
        self,
        name: str,
        payload: Mapping[str, str | Sequence[str]],
        *,
        key: str,
        at: datetime | None = None,
    ) -> None: ...


class ForgetJobs(Protocol):
    """Drops the jobs that wait, and what is remembered of finished ones, whose key or payload holds a word."""

    async def __call__(self, words: Sequence[str]) -> None: ...


class Hub(Protocol):
    """Tells connected devices what has happened in a thread, and waits for nothing (`services.live`)."""

    def tell(self, ctx: Context, event: Event) -> None: ...

    def polled(self, ctx: Context, person_id: str) -> None: ...

    async def close(self) -> None: ...


class Silence:
    """Nobody is connected."""

    def tell(self, ctx: Context, event: Event) -> None:
        """Nobody hears it."""

    def polled(self, ctx: Context, person_id: str) -> None:
        """Nobody takes note."""

    async def close(self) -> None:
        """Nobody is sent away."""


@dataclass(frozen=True, slots=True)
class TemplateCard:
    """A template (类目模板, or 订阅消息 of the mini-program): its id, and which word of ours goes into which field."""

    template_id: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an operator has decided for this installation."""

    app_id: str
    public_url: str
    notice_card: TemplateCard | None = None
    binding_card: TemplateCard | None = None
    mini_cards: Mapping[Channel, TemplateCard] = field(default_factory=dict)  # LONG_TERM, ONE_TIME
    link_hosts: Sequence[str] = ()
    catalogue_hosts: Sequence[str] = ()  # where the national platform publishes its tags
    closed_hosts: Sequence[str] = ()  # which do not open inside WeChat
    check_text: bool = False  # by WeChat, before it is shown
    check_pictures: bool = False
    check_patience: timedelta = timedelta(seconds=2)  # for which whoever wrote waits for WeChat
    sso_name: str = ""  # what the button of single sign-on says
    quiet_hours: QuietHours = field(default_factory=QuietHours)
    claims_per_hour: int = 10
    film_bytes: int = MAX_FILE_BYTES  # one film of a resource; other files have one limit for all
    uploads_per_hour: int = 300  # a teacher with nine pictures for each of thirty notices
    erasure_wait: timedelta = timedelta(days=7)  # in which an adult can take it back
    family_files_per_day: int = 3
    keep: Keep = field(default_factory=Keep)
    desk_idle: timedelta = timedelta(minutes=30)  # after which a desk is signed out
    lease: timedelta = LEASE  # the tests that kill processes are not that patient

    @property
    def attachable(self) -> tuple[str, ...]:
        """Where a link in a notice or a homework may lead: the allowed hosts, and our own short links."""
        return (*self.link_hosts, f"{self.public_url}/l/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Handed to every service first. `now` is an aware UTC time in whole milliseconds; `new_id` sorts by time."""

    stores: Stores
    wechat: Gateway
    enqueue: Enqueue
    forget_jobs: ForgetJobs
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    policy: Policy
    sso: OidcClient | None = None  # None: no single sign-on
    mini: MiniGateway | None = None  # the mini-program's API; None: there is none
    web: Outside | None = None  # hosts outside; None: nothing is asked
    robots: Robots | None = None  # and what they say of being asked
    links: LinkRoom = field(default_factory=LinkRoom)  # what this process knows of short links
    search: SearchRoom = field(default_factory=SearchRoom)  # and what it keeps ready for searching
    live: Hub = field(default_factory=Silence)  # tells the devices that are connected, wherever
