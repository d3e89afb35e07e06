"""Composition: settings → context → Tornado application. The only place where everything meets."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tornado.routing import Rule
from tornado.web import Application, RequestHandler, StaticFileHandler

from bot.conversation import converse
from domain.channels import Channel
from domain.deliveries import LEASE
from domain.retention import Keep
from domain.roles import Right
from domain.times import QuietHours
from handlers import callbacks, health
from handlers.base import Access, BaseHandler
from handlers.console.routes import routes as console_routes
from handlers.missing import MissingHandler
from handlers.routes import routes as page_routes
from handlers.templating import make_environment
from jobs.queue import Job, Queue
from jobs.registry import JOBS, REGULAR_JOBS
from miniapp.callbacks import MiniProgramPush
from miniapp.routes import routes as api_routes
from miniapp.routes import socket_routes
from oidc.client import OidcClient
from s3.bucket import Bucket
from s3.signing import Keys
from services.context import Context, Policy, TemplateCard
from services.live import Live
from settings import Account, BucketAt, Settings, SignOn, Template
from storage.blobs import IN_BUCKET, IN_DATABASE
from storage.stores import Stores, open_stores
from web.outside import Outside
from web.robots import Robots
from wechat.envelope import Envelope, Mode
from wechat.gateway import Gateway
from wechat.mini import MiniGateway

_HERE = Path(__file__).resolve().parent
# The largest body that is read whole; uploads are streamed and judge for themselves.
MAX_BODY_BYTES = 1024 * 1024

log = logging.getLogger("yanshu.app")


class UndeclaredAccessError(Exception):
    """An endpoint does not say who may call it: the server does not start."""


@dataclass(frozen=True, slots=True)
class Running:
    """What a process works with while `running` is open."""

    ctx: Context
    queue: Queue


def now() -> datetime:
    """The time in whole milliseconds, which is what MongoDB keeps."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def new_id() -> str:
    """28 hex digits: milliseconds, then 64 random bits. Sorts by time, cannot be guessed."""
    return f"{int(datetime.now(UTC).timestamp() * 1000):012x}{secrets.token_hex(8)}"


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    lease: timedelta = LEASE,
    regular_jobs: Mapping[str, tuple[Job, timedelta]] = REGULAR_JOBS,
) -> AsyncIterator[Running]:
    """Open the stores, the gateway and the queue; close them at the end.

    `lease` and `regular_jobs` say how soon what a dead process left is taken up again.
    """
    account, bucket = settings.official_account, _bucket(settings.bucket)
    stores = open_stores(
        mongodb_uri=settings.mongodb_uri,
        database=settings.mongodb_database,
        redis_url=settings.redis_url,
        app_id=account.app_id,
        clock=now,
        bucket=bucket,
        new_files_in=IN_BUCKET if settings.files_store == "s3" else IN_DATABASE,
    )
    gateway = Gateway(
        app_id=account.app_id,
        secret=account.secret,
        api_base=settings.wechat_api_base,
        open_base=settings.wechat_open_base,
        tokens=stores.tokens,
    )
    mini = _mini_gateway(settings, stores)
    queue = Queue(redis_url=settings.redis_url, name=settings.mongodb_database)
    sso, live = _sso(settings.sign_on), Live()
    web = Outside()
    ctx = Context(
        stores=stores,
        wechat=gateway,
        enqueue=queue.enqueue,
        forget_jobs=queue.forget,
        now=now,
        new_id=new_id,
        policy=replace(_policy(settings), lease=lease),
        sso=sso,
        mini=mini,
        web=web,
        robots=Robots(web) if settings.link_check else None,
        live=live,
    )
    queue.register(ctx, JOBS, regular_jobs)
    try:
        await gateway.start()
        if bucket:
            await bucket.start()
        await web.start()
        if mini:
            await mini.start()
        if sso:
            await sso.start()
        async with queue:
            yield Running(ctx, queue)
    finally:
        await ctx.links.close(ctx)
        await ctx.search.close()
        await live.close()
        await gateway.close()
        await web.close()
        if mini:
            await mini.close()
        if sso:
            await sso.close()
        if bucket:
            await bucket.close()
        await stores.close()


def _mini_gateway(settings: Settings, stores: Stores) -> MiniGateway | None:
    mini = settings.mini_program
    if mini is None:
        return None
    return MiniGateway(
        app_id=mini.app_id,
        secret=mini.secret,
        api_base=settings.wechat_api_base,
        open_base=settings.wechat_open_base,
        tokens=stores.tokens,
        connections=8,
    )


def _policy(settings: Settings) -> Policy:
    return Policy(
        app_id=settings.official_account.app_id,
        public_url=settings.public_url,
        notice_card=_card(settings.notice_template),
        binding_card=_card(settings.binding_template),
        mini_cards={
            channel: card
            for channel, card in (
                (Channel.LONG_TERM, _card(settings.long_term_template)),
                (Channel.ONE_TIME, _card(settings.one_time_template)),
            )
            if card
        },
        link_hosts=settings.link_hosts,
        catalogue_hosts=settings.catalogue_hosts,
        closed_hosts=settings.closed_hosts,
        sso_name=settings.sign_on.name if settings.sign_on else "",
        check_text=settings.wechat_checks != "none",
        check_pictures=settings.wechat_checks == "all",
        quiet_hours=QuietHours(settings.quiet_start, settings.quiet_end),
        desk_idle=timedelta(minutes=settings.console_idle_minutes),
        erasure_wait=timedelta(days=settings.erasure_wait_days),
        family_files_per_day=settings.family_files_per_day,
        film_bytes=settings.film_mb * 1024 * 1024,
        keep=Keep(**{kind: timedelta(days=days) for kind, days in settings.keep_days.items()}),
    )


def _sso(sign_on: SignOn | None) -> OidcClient | None:
    if sign_on is None:
        return None
    return OidcClient(
        issuer=sign_on.issuer,
        client_id=sign_on.client_id,
        client_secret=sign_on.client_secret,
    )


def _bucket(at: BucketAt | None) -> Bucket | None:
    return Bucket(at, Keys(at.key_id, at.secret, at.region)) if at else None


def _card(template: Template | None) -> TemplateCard | None:
    return TemplateCard(template.id, template.fields) if template else None


def make_application(
    ctx: Context, settings: Settings, *, extra_routes: Sequence[Any] = ()
) -> Application:
    """The web application. `extra_routes` (the simulator's, in `dev`) come first and answer for themselves.

    Raises UndeclaredAccessError when one of our endpoints does not declare who may call it.
    """
    mini = settings.mini_program
    ours: list[Any] = [
        *page_routes(),  # first: with the short links
        *callbacks.routes(
            (_envelope(settings.official_account), converse),
            (_envelope(mini), MiniProgramPush(mini.app_id), mini.format == "json")
            if mini
            else None,
        ),
        *health.routes(),
        *socket_routes(),
        *console_routes(),
        *api_routes(),
    ]
    static = (
        r"/static/(.*)",
        StaticFileHandler,
        {"path": str(_HERE / "static")},
    )
    application = Application(
        [*extra_routes, *ours, static],
        ctx=ctx,
        templates=make_environment(_HERE / "templates"),
        trust_proxy=settings.trust_proxy,
        metrics_token=settings.metrics_token,
        default_handler_class=MissingHandler,
        log_function=health.count_request,
        compress_response=True,
    )
    check_access(application.wildcard_router.rules[len(extra_routes) :])
    return application


def check_access(rules: Iterable[Rule]) -> None:
    """Every endpoint declares who may call it, and one for staff by which right.

    What is open to everybody says so itself: that is never inherited. Raises UndeclaredAccessError naming
    those that don't.
    """
    undeclared = [
        rule.target.__name__
        for rule in rules
        if rule.target is not StaticFileHandler and not _declares_access(rule.target)
    ]
    if undeclared:
        raise UndeclaredAccessError(", ".join(undeclared))


def _declares_access(handler: type[RequestHandler]) -> bool:
    if not issubclass(handler, BaseHandler):
        return False
    methods = [m.lower() for m in handler.SUPPORTED_METHODS]
    own = [m for m in methods if getattr(handler, m) is not getattr(BaseHandler, m)]
    declared = [handler.declared(method) for method in own or methods]
    return all(
        isinstance(access, Access) and (access is Access.STAFF) == isinstance(right, Right)
        for access, right in declared
    )


def _envelope(account: Account) -> Envelope:
    return Envelope(
        token=account.token,
        aes_key=account.aes_key,
        app_id=account.app_id,
        mode=Mode(account.mode),
        json_format=account.format == "json",
    )
