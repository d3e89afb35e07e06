"""The mini-program's own calls to WeChat: codes of logins and phones, code pictures, subscription messages, checks."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from yarl import URL

from wechat.gateway import Gateway, sure, text_in

_MINI_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")


@dataclass(frozen=True, slots=True)
class MiniVisitor:
    """Who is behind a login code. `unionid` is empty where the accounts belong to no Open Platform account."""

    openid: str
    unionid: str


class Suggest(StrEnum):
    """What WeChat thinks of a text or a picture (`result.suggest`)."""

    PASS = "pass"  # noqa: S105
    REVIEW = "review"
    RISKY = "risky"


@dataclass(frozen=True, slots=True)
class Opinion:
    """WeChat's verdict, and why (`label`: 100 nothing, 10001 advertising, 20001 … 21000)."""

    suggest: Suggest
    label: int


def opinion_in(answer: Mapping[str, Any]) -> Opinion:
    """The verdict in an answer or a push; what cannot be read is for a person to look at."""
    result = answer.get("result")
    found = result if isinstance(result, Mapping) else {}
    said, label = str(found.get("suggest", "")).lower(), str(found.get("label", ""))
    known = said in set(Suggest)
    return Opinion(
        Suggest(said) if known else Suggest.REVIEW,
        int(label) if label.isdecimal() and len(label) < 8 else 0,
    )


class MiniGateway(Gateway):
    """The gateway of a mini-program: what an official account has no call for."""

    async def exchange_login(self, code: str) -> MiniVisitor:
        """Learn who sent this code of `wx.login`. It works once and for five minutes.

        WeChat's session_key is not taken along: nothing here decrypts what it is for.

        Raises:
            WeChatError: CODE_USED when the client has to ask WeChat for another code.
        """
        query = urlencode(
            {
                "appid": self._app_id,
                "secret": self._secret,
                "js_code": code,
                "grant_type": "authorization_code",
            }
        )
        url = URL(f"{self._api_base}/sns/jscode2session?{query}", encoded=True)
        answer = await sure(self._patiently("jscode2session", url, None))
        return MiniVisitor(text_in(answer, "openid"), str(answer.get("unionid", "")))

    async def phone_number(self, code: str, openid: str) -> str:
        """The number behind a phone code, digits only, without the country's.

        `openid` makes WeChat check that this person's phone gave the code.

        Raises:
            WeChatError: CODE_USED when the button has to be tapped again.
        """
        payload = {"code": code, "openid": openid}
        answer = await self._ask("getuserphonenumber", "/wxa/business/getuserphonenumber", payload)
        info = answer.get("phone_info")
        return text_in(info if isinstance(info, Mapping) else {}, "purePhoneNumber")

    async def send_subscribe(
        self, openid: str, *, template_id: str, data: Mapping[str, str], page: str
    ) -> str:
        """Send a subscription message (订阅消息). WeChat knows no repetition of it.

        Args:
            openid: of the mini-program.
            template_id: as listed in the mini-program's console.
            data: the template's keywords and what to fill in.
            page: where a tap leads, with its query and without a leading slash.

        Returns:
            The msgid that subscribe_msg_sent_event will name; empty where WeChat gives none (its documents
            do not promise one).

        Raises:
            WeChatError: REFUSED (43101) when nothing is left of what this person accepted; UNCERTAIN when it
                may have been sent: never send it again.
        """
        payload = {
            "touser": openid,
            "template_id": template_id,
            "page": page,
            "data": {name: {"value": value} for name, value in data.items()},
            "miniprogram_state": "formal",
            "lang": "zh_CN",
        }
        async with self._sending_to(openid):
            answer = await self._call(
                "subscribe/send", "/cgi-bin/message/subscribe/send", payload, once=True
            )
        return str(answer.get("msgid", ""))

    async def check_text(self, openid: str, text: str, *, scene: int) -> Opinion:
        """What WeChat thinks of a text of somebody (msg_sec_check, version 2).

        Args:
            openid: of the mini-program, of somebody who used it within two hours.
            text: at most 2,500 characters.
            scene: 1 profile, 2 comment, 3 forum, 4 diary.

        Raises:
            WeChatError: NOT_VISITED when they did not use the mini-program lately.
        """
        payload = {"content": text, "version": 2, "scene": scene, "openid": openid}
        return opinion_in(await self._ask("msg_sec_check", "/wxa/msg_sec_check", payload))

    async def check_picture(self, openid: str, address: str, *, scene: int) -> str:
        """Have WeChat look at a picture (media_check_async, version 2); its verdict is pushed, within half an hour.

        Args:
            openid: as of `check_text`.
            address: where WeChat fetches it, at most 10 MB.
            scene: as of `check_text`.

        Returns:
            The trace_id that wxa_media_check will name.

        Raises:
            WeChatError: as `check_text`.
        """
        payload = {
            "media_url": address,
            "media_type": 2,
            "version": 2,
            "scene": scene,
            "openid": openid,
        }
        answer = await self._ask("media_check_async", "/wxa/media_check_async", payload)
        return text_in(answer, "trace_id")

    async def create_mini_code(self, scene: str, *, page: str) -> bytes:
        """Make a code of the mini-program (小程序码) that opens `page` with this scene; it never ends.

        Args:
            scene: 1 to 32 of the characters WeChat allows.
            page: a path without a leading slash or a query. It need not be released yet.

        Returns:
            The picture (JPEG or PNG).
        """
        if not _MINI_SCENE.fullmatch(scene):
            raise ValueError("a mini-program's scene has 1 to 32 plain characters")
        payload = {"scene": scene, "page": page, "check_path": False, "env_version": "release"}

        def ask(url: URL) -> Awaitable[bytes]:
            return self._transport.request_picture("wxa/getwxacodeunlimit", url, payload)

        return await sure(self._with_token("/wxa/getwxacodeunlimit", ask))
