"""Somebody's mini-program as HTTP sees it: signs in with a login code, keeps its tokens, makes its keys."""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.town import Phone, Town


@dataclass
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def data(self) -> Any:
        """What is in `data`."""
        assert self.status in (200, 201), self.body
        return self.body["data"]

    @property
    def code(self) -> str:
        """A refusal's code."""
        return str(self.body["error"]["code"])


@dataclass
class MiniClient:
    """One device."""

    town: Town
    phone: Phone
    client: aiohttp.ClientSession
    access: str = ""
    refresh: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def login_code(self) -> str:
        """What `wx.login` gives on this phone."""
        given = await self.phone.act("login")
        return str(given["code"])

    async def sign_in(self) -> Answer:
        """Sign in."""
        answer = await self.call("POST", "/sessions", {"code": await self.login_code()})
        if answer.status == 200:
            self.access, self.refresh = answer.data["access_token"], answer.data["refresh_token"]
        return answer

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str
    ) -> Answer:
        """One request. `key` is made when none is given and something is created."""
        sent = dict(headers)
        if self.access:
            sent["Authorization"] = f"Bearer {self.access}"
        if method in ("POST", "PUT"):
            sent["Idempotency-Key"] = key or secrets.token_urlsafe(12)
        if isinstance(body, bytes):
            body = io.BytesIO(body)
        data = {"data": body} if isinstance(body, io.BytesIO) else {"json": body}
        async with self.client.request(
            method,
            f"{self.town.base}/api/v1{path}",
            headers=sent,
            **(data if body is not None else {}),
        ) as answer:
            text = await answer.text()
            if answer.status == 304:
                return Answer(304, None, dict(answer.headers))
            return Answer(
                answer.status, await answer.json() if text else None, dict(answer.headers)
            )
