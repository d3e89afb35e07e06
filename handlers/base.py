"""What every page shares: who may call it, who is calling, links under a prefix, and errors as pages.

Every handler declares `access`; `app.make_application` refuses to start when one does not.
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Any, cast
from urllib.parse import quote, urlsplit
from weakref import WeakSet

from jinja2 import Environment
from tornado.web import HTTPError, RequestHandler

from domain.errors import ConflictError, NotFoundError, TooManyError, YanshuError, fault_text
from domain.roles import Right
from handlers import phrases
from oidc.errors import OidcError, Trouble
from services.context import Context
from services.people import Teaching, access_teaching
from storage.sessions import Session
from wechat.errors import WeChatError

log = logging.getLogger("yanshu.handlers")

SESSION_COOKIE = "yanshu_session"
FONT_COOKIE = "yanshu_font"
SESSION_LIFE = timedelta(days=7)
_PREFIX = re.compile(r"(/[A-Za-z0-9_-]{1,64}){1,4}")


# Requests that are not answered yet: a process that is told to stop waits for them.
UNDER_WAY: WeakSet[RequestHandler] = WeakSet()


class Access(StrEnum):
    """Who may call an endpoint."""

    PUBLIC = "public"  # anybody; shows nothing of anybody
    WECHAT = "wechat"  # WeChat's servers, by signature
    VISITOR = "visitor"  # somebody WeChat has vouched for, bound or not
    STAFF = "staff"  # somebody with a role that carries the `right` the endpoint names
    OPERATOR = "operator"  # whoever runs the installation


class BaseHandler(RequestHandler):
    """The ground floor: context, prefix, and refusals as exceptions that end the request.

    An endpoint for staff also names the `right` that is needed.
    """

    access: Access
    right: Right

    @classmethod
    def declared(cls, method: str) -> tuple[Access | None, Right | None]:
        """Who may call a method (`get`, `post` …), and by which right; None is not declared.

        What is open to everybody says so itself: that is never inherited.
        """
        access: Access | None = getattr(cls, "access", None)
        if access is Access.PUBLIC and "access" not in vars(cls):
            access = None
        return access, getattr(cls, "right", None)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Counted as under way until it has answered."""
        super().__init__(*arguments, **options)
        UNDER_WAY.add(self)

    def on_finish(self) -> None:
        """It has answered."""
        UNDER_WAY.discard(self)

    @property
    def ctx(self) -> Context:
        """The services' context."""
        return cast(Context, self.settings["ctx"])

    @property
    def prefix(self) -> str:
        """The path under which a proxy offers this application, `` or `/like/this`.

        Believed only when a proxy of ours is in front, which sets or strips the header itself.
        """
        given = self.request.headers.get("X-Forwarded-Prefix", "")
        if self.settings["trust_proxy"] and _PREFIX.fullmatch(given):
            return given
        return urlsplit(self.ctx.policy.public_url).path.rstrip("/")

    def link(self, path: str) -> str:
        """A path of this application as a browser has to ask for it."""
        return self.prefix + path

    def absolute(self, path: str) -> str:
        """A path of this application with scheme and host, for WeChat to come back to."""
        parts = urlsplit(self.ctx.policy.public_url)
        return f"{parts.scheme}://{parts.netloc}{self.link(path)}"

    def set_default_headers(self) -> None:
        """Nothing of ours is framed by strangers, sniffed, or loads anything from elsewhere."""
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")
        self.set_header(
            "Content-Security-Policy",
            "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
            "form-action 'self'; frame-ancestors 'self'; base-uri 'none'; object-src 'none'",
        )

    def log_exception(self, *exc_info: Any) -> None:
        """Where our own faults happened; refusals are not faults.

        The query stays out of the log: it may carry a login code.
        """
        error = exc_info[1]
        if error is None or isinstance(error, YanshuError | HTTPError | WeChatError | OidcError):
            return
        log.error("%s %s: %s", self.request.method, self.request.path, fault_text(error))


class PageHandler(BaseHandler):
    """A page inside WeChat: signed in through web OAuth, forms guarded by the session's own token."""

    error_page = "h5/error.html"
    session: Session
    teaching: Teaching

    async def prepare(self) -> None:
        """Let in whom `access` names, before any method runs. Refuses by raising."""
        if self.access is Access.PUBLIC:
            return
        token = self.get_cookie(SESSION_COOKIE)
        session = await self.ctx.stores.sessions.find(token, self.ctx.now()) if token else None
        if (
            session is None or session.desk
        ):  # a desk's session ends by silence; it stays at the desk
            self._send_to_sign_in()
            return
        self.session = session
        if self.request.method not in ("GET", "HEAD"):
            self._check_csrf()
        if self.access is Access.STAFF:
            self.teaching = await access_teaching(
                self.ctx,
                session.person_id,
                self.right,
                acting=session.acting,
                address=self.request.remote_ip or "",
            )

    def _send_to_sign_in(self) -> None:
        if self.request.method != "GET" or self.wants_json:
            raise HTTPError(401)
        self.redirect(self.link("/h5/sign-in?to=") + quote(self.request.uri or "/h5/", safe=""))

    def _check_csrf(self) -> None:
        given = self.request.headers.get("X-CSRF-Token") or self.get_body_argument("csrf", "")
        if not hmac.compare_digest(given.encode(), self.session.csrf.encode()):
            raise HTTPError(403)

    @property
    def wants_json(self) -> bool:
        """Whether a script is asking, not a person."""
        return "application/json" in self.request.headers.get("Accept", "")

    async def start_session(self, person_id: str) -> None:
        """A new token for this browser, whatever it brought: nobody keeps a session fixed for somebody else."""
        token, now = secrets.token_urlsafe(32), self.ctx.now()
        await self.ctx.stores.sessions.add(
            token,
            person_id=person_id,
            csrf=secrets.token_urlsafe(24),
            at=now,
            until=now + SESSION_LIFE,
        )
        self.set_cookie(
            SESSION_COOKIE,
            token,
            path=self.prefix or "/",
            max_age=int(SESSION_LIFE.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=self.ctx.policy.public_url.startswith("https://"),
        )

    def page(self, template: str, *, status: int = 200, **values: Any) -> None:
        """Answer with a page of `templates/`."""
        environment = cast(Environment, self.settings["templates"])
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        session = getattr(self, "session", None)
        self.finish(
            environment.get_template(template).render(
                link=self.link,
                base=self.prefix,
                csrf=session.csrf if session else "",
                phrases=phrases,
                now=self.ctx.now(),
                font=self._font(),
                done=phrases.done_message(self._query_word("done")),
                **values,
            )
        )

    def _query_word(self, name: str) -> str:
        """A short ASCII word of the query; also on error pages, so it never raises."""
        return self.request.query_arguments.get(name, [b""])[-1].decode("ascii", "ignore")

    def _font(self) -> str:
        """The text size this person's WeChat is set to, 1 to 4; `static/h5.js` keeps it in a cookie."""
        level = self.get_cookie(FONT_COOKIE, "2")
        return level if level in ("1", "2", "3", "4") else "2"

    def fragment(self, template: str, **values: Any) -> str:
        """A piece of a page, for a script that puts it in its place."""
        environment = cast(Environment, self.settings["templates"])
        return environment.get_template(template).render(
            link=self.link, phrases=phrases, now=self.ctx.now(), **values
        )

    def go(self, path: str) -> None:
        """After a form: on to this page of ours, so that reloading repeats nothing."""
        self.redirect(self.link(path), status=303)

    def data(self, value: Any, *, status: int = 200) -> None:
        """Answer a script of ours."""
        self.set_status(status)
        self.finish({"data": value})

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A page for people, JSON for scripts; the words for a code stand in `handlers.phrases`."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        code, status = code_of(error) or str(status_code), status_of(error) or status_code
        if isinstance(error, TooManyError):
            self.set_header("Retry-After", str(error.retry_after_seconds))
        message, fields = phrases.error_message(code), phrases.field_messages(error)
        if self.wants_json:
            self.set_status(status)
            self.finish({"error": {"code": code, "message": message, "fields": fields}})
            return
        self.page(self.error_page, status=status, message=next(iter(fields.values()), message))


def code_of(error: BaseException | None) -> str | None:
    """The code of a refusal, or of WeChat's silence or a provider's; None for what is neither."""
    if isinstance(error, WeChatError):
        return "wechat"
    if isinstance(error, OidcError):
        return f"sso_{error.trouble}"
    return error.code if isinstance(error, YanshuError) else None


_STATUSES = {
    "links_away": 503,
    "files_away": 503,
    "words_refused": 422,
    "muted": 403,
    "frozen": 403,
    "too_many": 429,
    "too_large": 413,
    "too_many_pixels": 413,
    "unfolds": 413,
    "too_long": 413,
    "wrong_type": 415,
    "heic": 415,
    "mixed": 415,
    "empty": 422,
    "invalid": 422,
}


def status_of(error: BaseException | None) -> int | None:
    """The HTTP status of a refusal of ours; None for what is not one."""
    if isinstance(error, WeChatError):
        return 503
    if isinstance(error, OidcError):
        return 503 if error.trouble is Trouble.DOWN else 403
    if isinstance(error, NotFoundError):
        return 404
    if isinstance(error, ConflictError):
        return 409
    return _STATUSES.get(
        getattr(error, "code", ""), 400 if isinstance(error, YanshuError) else None
    )
