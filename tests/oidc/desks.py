"""A desk in a school with single sign-on: signing in by WeChat, by the account, and linking the two."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import quote

from domain.roles import Role
from services.people import recognise
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.oidc.provider import Provider, visit
from tests.town import SCHOOL, Phone, Town

LINK = "/console/sso/link"


@dataclass(frozen=True)
class Page:
    """What a desk sees in the end."""

    status: int
    text: str
    path: str


class Desk(Browser):
    """A browser at a desk that also goes to the provider's pages."""

    def __init__(self, town: Town, provider: Provider) -> None:
        super().__init__(town)
        self.provider = provider

    async def page(self, path: str) -> Page:
        """Open a page of ours, wherever it leads."""
        status, text, url = await self.get(path)
        return Page(status, text, url.removeprefix(self.town.base))

    async def by_wechat(self, phone: Phone) -> None:
        """Sign in with the QR."""
        await sign_in_at_desk(self, phone)

    async def set_out(self, to: str = "/console/") -> str:
        """Tap the button; the provider's address that it leads to."""
        path = f"{self.town.base}/console/sso/start?to={quote(to, safe='')}"
        async with self.client.get(path, allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            return answer.headers["Location"]

    async def come_back(self, url: str, person: str, *, allow: bool = True) -> str:
        """Through the provider's pages; the address of ours that they send back to."""
        came = await visit(self.client, url, person, allow=allow)
        assert came.url.startswith(f"{self.town.base}/console/sso/return?")
        return came.url.removeprefix(self.town.base)

    async def by_account(self, person: str, to: str = "/console/") -> Page:
        """Sign in with the account, all the way."""
        return await self.page(await self.come_back(await self.set_out(to), person))

    async def set_out_to_link(self) -> str:
        """Send the form 连接; the provider's address that the page in between leads to."""
        status, text = await self.post(LINK, csrf=await self.csrf())
        assert status == 200, text
        found = re.search(r'content="0;url=([^"]+)"', text)
        assert found is not None
        return html.unescape(found[1])

    async def link(self, person: str) -> Page:
        """Link an account, all the way."""
        return await self.page(await self.come_back(await self.set_out_to_link(), person))

    async def unlink(self, account: str) -> int:
        """Send the form 断开; its status."""
        status, _ = await self.post("/console/sso/unlink", csrf=await self.csrf(), account=account)
        return status

    async def is_in(self) -> bool:
        """Whether somebody is signed in here."""
        return (await self.page("/console/")).path == "/console/"

    def forget_provider(self) -> None:
        """Another person's day: the provider knows this browser no more."""
        self.client.cookie_jar.clear(lambda cookie: cookie.key.startswith("provider_"))


async def person_of(town: Town, phone: Phone) -> str:
    """The person behind a phone."""
    return await recognise(town.ctx, phone.user.openid)


async def appoint(town: Town, key: str) -> Phone:
    """An administrator of the school."""
    return await appoint_at(town, key, SCHOOL, Role.SCHOOL_ADMIN, name="陈主任")
