"""What every verb is given: the stores, WeChat, the queue, the clock, and the rules of this installation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from domain.channels import Channel
from domain.deliveries import LEASE
from domain.retention import Keep
from domain.times import QuietHours
from oidc.client import OidcClient
from storage.stores import Stores
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
    sso_name: str = ""  # what the button of single sign-on says
    quiet_hours: QuietHours = field(default_factory=QuietHours)
    claims_per_hour: int = 10
    uploads_per_hour: int = 300  # a teacher with nine pictures for each of thirty notices
    erasure_wait: timedelta = timedelta(days=7)  # in which an adult can take it back
    family_files_per_day: int = 3
    keep: Keep = field(default_factory=Keep)
    desk_idle: timedelta = timedelta(minutes=30)  # after which a desk is signed out
    lease: timedelta = LEASE  # the tests that kill processes are not that patient


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
