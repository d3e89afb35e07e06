"""Signing in through WeChat (网页授权, snsapi_base): out with a state, back with a code, on to a page of ours.

WeChat's word for who somebody is, is taken only together with the state that this very browser was
sent out with, and the way back leads to a local path and nowhere else.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from urllib.parse import quote

from domain.errors import ConflictError
from handlers import phrases
from handlers.base import Access, PageHandler, code_of
from services.people import learn_union_soon, recognise
from services.sign_ins import login_code_from
from wechat.errors import WeChatError

_STATE_LIFE_SECONDS = 600
_STATE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_TARGET = re.compile(r"/h5/[A-Za-z0-9._~/?&=%+:@,;!*'()-]{0,1000}")
_HOME = "/h5/"


def local_target(to: str, prefix: str) -> str:
    """A path of ours to go on to, or the home page for anything that is not surely one."""
    if prefix and to.startswith(prefix + _HOME):
        to = to.removeprefix(prefix)
    if not _TARGET.fullmatch(to) or ".." in to or "//" in to.partition("?")[0]:
        return _HOME
    return _HOME if to.startswith("/h5/sign-in") else to


class SignInHandler(PageHandler):
    """Sends a visitor through WeChat and remembers, in this browser only, what for."""

    access = Access.PUBLIC

    def get(self) -> None:
        """Out to WeChat."""
        to = local_target(self.get_query_argument("to", _HOME), self.prefix)
        state = secrets.token_urlsafe(24)
        # One cookie a state: two pages opened at once don't lose each other's.
        self.set_cookie(
            _cookie_of(state),
            f"{state}.{base64.urlsafe_b64encode(to.encode()).decode().rstrip('=')}",
            path=self.link("/h5/sign-in"),
            max_age=_STATE_LIFE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=self.ctx.policy.public_url.startswith("https://"),
        )
        self.redirect(
            self.ctx.wechat.authorize_url(self.absolute("/h5/sign-in/return"), state), status=302
        )


class SignInReturnHandler(PageHandler):
    """Takes in whom WeChat sends back."""

    access = Access.PUBLIC

    async def get(self) -> None:
        """Back from WeChat with a code."""
        to = self._expected()
        if to is None:
            self._again("sign_in_expired", _HOME, status=400)
            return
        try:
            async with login_code_from(self.ctx, self.request.remote_ip or ""):
                visitor = await self.ctx.wechat.exchange_code(self._query_word("code"))
        except ConflictError as error:
            self._again(error.code, to, status=400)
            return
        except WeChatError as error:
            self._again(code_of(error) or "wechat", to, status=503)
            return
        if visitor.is_snapshot:
            # A snapshot's visitor is made up by WeChat: whoever it is, it is not this person.
            self._again("sign_in_snapshot", to, status=403)
            return
        person_id = await recognise(self.ctx, visitor.openid)
        await self.start_session(person_id)
        await learn_union_soon(self.ctx, person_id)
        self.redirect(self.link(to), status=302)

    def _expected(self) -> str | None:
        """Where this browser wanted to go when it was sent out with the state it now brings back."""
        state = self._query_word("state")
        if not _STATE.fullmatch(state) or not self._query_word("code"):
            return None
        kept, _, packed = (self.get_cookie(_cookie_of(state)) or "").partition(".")
        self.clear_cookie(_cookie_of(state), path=self.link("/h5/sign-in"))
        if not hmac.compare_digest(kept.encode(), state.encode()):
            return None
        try:
            to = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
        except (binascii.Error, ValueError):
            return None
        return local_target(to, self.prefix)

    def _again(self, code: str, to: str, *, status: int) -> None:
        retry = self.link("/h5/sign-in?to=") + quote(to, safe="")
        self.page("h5/error.html", status=status, message=phrases.error_message(code), retry=retry)


def _cookie_of(state: str) -> str:
    return "yanshu_state_" + state[:8]
