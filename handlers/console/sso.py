"""Single sign-on at a desk: out to the provider and back, and the page on which staff link their account.

Who comes back is believed only in the browser that was sent out: the state in its cookie has to be the
one in the address, and works once.
"""

from __future__ import annotations

import hmac
import re

from domain.errors import ConflictError, NotFoundError
from handlers.base import Access
from handlers.console.base import ConsoleHandler
from handlers.console.sign_in import desk_target
from oidc.client import Returned
from services.sso import accounts_of, finish_sso, start_link, start_sso, unlink_account
from storage.departures import DEPARTURE_SECONDS

_STATE = re.compile(r"[A-Za-z0-9_-]{43}")
_LONGEST_CODE = 2048
_RETURN = "/console/sso/return"
_PAGE = "/console/sso/link"


class SsoHandler(ConsoleHandler):
    """What going out and coming back share."""

    def keep_state(self, state: str) -> None:
        """Only this browser may come back with it. One cookie a state: two windows don't hinder each other."""
        self.set_cookie(
            _cookie_of(state),
            state,
            path=self.link("/console/sso"),
            max_age=DEPARTURE_SECONDS,
            httponly=True,
            samesite="Lax",  # it has to come back from another site
            secure=self.ctx.policy.public_url.startswith("https://"),
        )

    @property
    def way_back(self) -> str:
        """The address that is entered at the provider."""
        return self.absolute(_RETURN)


class SsoStartHandler(SsoHandler):
    """The button on the sign-in page."""

    access = Access.PUBLIC

    async def get(self) -> None:
        """Out to the provider."""
        errand = await start_sso(
            self.ctx,
            to=desk_target(self._query_word("to"), self.prefix),
            redirect_uri=self.way_back,
            address=self.request.remote_ip or "",
        )
        self.keep_state(errand.state)
        self.redirect(errand.url, status=302)


class SsoReturnHandler(SsoHandler):
    """Takes in whom the provider sends back."""

    access = Access.PUBLIC

    async def get(self) -> None:
        """Signed in, or linked; nobody is both."""
        arrival = await finish_sso(
            self.ctx,
            self._kept_state(),
            self._returned(),
            redirect_uri=self.way_back,
            person_id=await self._vouched_for(),
            address=self.request.remote_ip or "",
        )
        if arrival.linked:
            self.go(f"{_PAGE}?done=account_linked")
            return
        await self.start_console_session(arrival.person_id, account=arrival.account)
        self.redirect(self.link(arrival.to), status=302)

    def _kept_state(self) -> str:
        """The state that this very browser was sent out with. Raises ConflictError."""
        state = self._query_word("state")
        if not _STATE.fullmatch(state):
            raise ConflictError("sso_expired")
        kept = self.get_cookie(_cookie_of(state)) or ""
        self.clear_cookie(_cookie_of(state), path=self.link("/console/sso"))
        if not hmac.compare_digest(kept.encode(), state.encode()):
            raise ConflictError("sso_expired")
        return state

    def _returned(self) -> Returned:
        code, error, issuer = (self._query_word(name) for name in ("code", "error", "iss"))
        return Returned(code=code[:_LONGEST_CODE], error=error, issuer=issuer)

    async def _vouched_for(self) -> str:
        """Who is signed in here by WeChat's word; empty for nobody."""
        session = await self._desk_session()
        return session.person_id if session is not None and not session.account else ""


class SsoLinkHandler(SsoHandler):
    """The page 连接单位账号: what is linked, and the way to link one."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Show it."""
        if self.ctx.sso is None:
            raise NotFoundError
        self.page(
            "console/sso.html",
            accounts=await accounts_of(self.ctx, self.session.person_id),
            session_account=self.session.account,
        )

    async def post(self) -> None:
        """Out to the provider, by a page in between.

        Our pages may send forms to ourselves only, and a browser holds that against a redirect too.
        """
        if self.session.account:
            raise ConflictError("sso_by_wechat")
        errand = await start_link(
            self.ctx, self.session.person_id, to=_PAGE, redirect_uri=self.way_back
        )
        self.keep_state(errand.state)
        self.page("console/sso_leave.html", address=errand.url)


class SsoUnlinkHandler(ConsoleHandler):
    """Ending a link."""

    access = Access.VISITOR

    async def post(self) -> None:
        """It opens nothing any more, and everybody signs in anew, this desk included."""
        await unlink_account(
            self.ctx,
            self.session.person_id,
            self.get_body_argument("account", ""),
            address=self.request.remote_ip or "",
        )
        self.go("/console/sign-in?done=account_unlinked")


def _cookie_of(state: str) -> str:
    return "yanshu_sso_" + state[:8]
