"""The one way to WeChat's API: every call goes through `_call`, which knows tokens and retries.

What is retried, and no more: once with another token when the token is refused; up to three times
when WeChat is busy (-1) or says that two sends to one person overlapped (43108); once, a template
message whose answer was lost, because its client_msg_id lets WeChat drop the second one. A text
has no such id: its lost answer is UNCERTAIN and stays so.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode
from weakref import WeakValueDictionary

from yarl import URL

from wechat.errors import Trouble, WeChatError
from wechat.tokens import TokenKeeper, TokenShelf
from wechat.transport import Answer, Transport

T = TypeVar("T")

_TRIES_WHEN_BUSY = 4
_LONGEST_SCENE = 64
_LONGEST_STATE = 128
_LONGEST_EXPIRY_SECONDS = 2_592_000


@dataclass(frozen=True, slots=True)
class OAuthVisitor:
    """Who opened a page inside WeChat.

    Attributes:
        openid: for our account.
        unionid: the same person across the accounts of one Open Platform account; may be empty.
        is_snapshot: WeChat shows a snapshot to a made-up visitor: never bind this openid.
    """

    openid: str
    unionid: str
    is_snapshot: bool


class Gateway:
    """The API of one account, for one process and one event loop.

    Args:
        app_id: the account.
        secret: its AppSecret.
        api_base: address of the API without a slash at its end.
        open_base: address of the page that asks for a visitor's identity, likewise.
        tokens: where all processes keep the account's token.
        timeout_seconds: for one request.
        connections: at most so many requests at once.
        backoff_seconds: the first wait before a retry; doubled each time.
    """

    def __init__(
        self,
        *,
        app_id: str,
        secret: str,
        api_base: str,
        open_base: str,
        tokens: TokenShelf,
        timeout_seconds: float = 5.0,
        connections: int = 64,
        backoff_seconds: float = 0.2,
    ) -> None:
        self._app_id = app_id
        self._secret = secret
        self._api_base = api_base
        self._open_base = open_base
        self._backoff_seconds = backoff_seconds
        self._transport = Transport(timeout_seconds=timeout_seconds, connections=connections)
        self._keeper = TokenKeeper(name=app_id, shelf=tokens, ask=self._ask_for_token)
        # A lock lives as long as somebody holds it or waits for it.
        self._sending: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def app_id(self) -> str:
        """Which account this is."""
        return self._app_id

    async def start(self) -> None:
        """Get ready; nothing is asked of WeChat yet."""
        await self._transport.start()

    async def close(self) -> None:
        """Close all connections."""
        await self._keeper.close()
        await self._transport.close()

    async def send_template(
        self,
        openid: str,
        *,
        template_id: str,
        data: Mapping[str, str],
        url: str,
        client_msg_id: str,
    ) -> str:
        """Send a template message (类目模板消息).

        Args:
            openid: to whom.
            template_id: as listed in the account's console.
            data: the template's keywords and what to fill in.
            url: where a tap leads.
            client_msg_id: WeChat sends one message only for the same id within ten minutes.

        Returns:
            WeChat's msgid, which TEMPLATESENDJOBFINISH will name; may be empty.

        Raises:
            WeChatError: UNCERTAIN when the answer was lost twice.
        """
        payload = {
            "touser": openid,
            "template_id": template_id,
            "url": url,
            "client_msg_id": client_msg_id,
            "data": {name: {"value": value} for name, value in data.items()},
        }
        name, path = "template/send", "/cgi-bin/message/template/send"
        async with self._sending_to(openid):
            try:
                answer = await self._call(name, path, payload)
            except WeChatError as error:
                if error.trouble is not Trouble.UNCERTAIN:
                    raise
                answer = await self._call(name, path, payload)
        return str(answer.get("msgid", ""))

    async def send_text(self, openid: str, text: str) -> None:
        """Send a customer-service text (客服消息).

        Raises:
            WeChatError: UNCERTAIN when it may have been sent; never send it again blindly.
        """
        await self._send_custom(openid, {"msgtype": "text", "text": {"content": text}})

    async def send_news(
        self, openid: str, *, title: str, description: str, url: str, picture_url: str = ""
    ) -> None:
        """Send a customer-service message of one article card.

        Raises:
            WeChatError: UNCERTAIN when it may have been sent; never send it again blindly.
        """
        article = {"title": title, "description": description, "url": url, "picurl": picture_url}
        await self._send_custom(openid, {"msgtype": "news", "news": {"articles": [article]}})

    async def create_scene(self, scene: str, *, expire_seconds: int) -> str:
        """Make a QR code that brings this scene back when scanned.

        Args:
            scene: 1 to 64 characters.
            expire_seconds: at most 30 days.

        Returns:
            The address to draw as a QR picture.
        """
        if not 1 <= len(scene) <= _LONGEST_SCENE:
            raise ValueError("a scene has 1 to 64 characters")
        if not 1 <= expire_seconds <= _LONGEST_EXPIRY_SECONDS:
            raise ValueError("a scene lasts at most 30 days")
        payload = {
            "expire_seconds": expire_seconds,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        answer = await self._ask("qrcode/create", "/cgi-bin/qrcode/create", payload)
        return text_in(answer, "url")

    async def find_unionid(self, openid: str) -> str:
        """The unionid of somebody who follows; empty where the account belongs to no Open Platform account."""
        name = "user/info"
        query = urlencode({"openid": openid, "lang": "zh_CN"})

        def ask(url: URL) -> Awaitable[Answer]:
            return self._patiently(name, url.update_query(query), None)

        answer = await sure(self._with_token("/cgi-bin/user/info", ask))
        return str(answer.get("unionid", ""))

    async def fetch_media(self, media_id: str) -> bytes:
        """The bytes of a picture or voice message that somebody sent to the account; WeChat keeps it for three days.

        Raises:
            WeChatError: PARAMETER when WeChat has it no more.
        """

        def ask(url: URL) -> Awaitable[bytes]:
            return self._transport.request_media("media/get", url.update_query(media_id=media_id))

        return await sure(self._with_token("/cgi-bin/media/get", ask))

    async def set_menu(self, menu: Mapping[str, Any]) -> None:
        """Replace the account's menu; people see it within five minutes."""
        await self._ask("menu/create", "/cgi-bin/menu/create", menu)

    async def check_token(self) -> None:
        """Get a token, which tells an operator that id, secret and address are right.

        Raises:
            WeChatError: CONFIG when WeChat gives none, DOWN when it can't be asked.
        """
        await self._keeper.token()

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        """Return the address that sends a visitor through WeChat to `redirect_uri` with a code.

        Args:
            redirect_uri: on the host that the console names as 网页授权域名.
            state: comes back with the code; at most 128 characters.
        """
        if len(state) > _LONGEST_STATE:
            raise ValueError("state has at most 128 characters")
        # In this order: WeChat is known to refuse another one.
        query = urlencode(
            {
                "appid": self._app_id,
                "redirect_uri": redirect_uri,
                "response_type": "code",
                "scope": "snsapi_base",
                "state": state,
            },
            quote_via=quote,
            safe="",
        )
        return f"{self._open_base}/connect/oauth2/authorize?{query}#wechat_redirect"

    async def exchange_code(self, code: str) -> OAuthVisitor:
        """Learn who came back with this code. A code works once and for five minutes.

        Raises:
            WeChatError: CODE_USED when the visitor has to be sent through WeChat again.
        """
        query = urlencode(
            {
                "appid": self._app_id,
                "secret": self._secret,
                "code": code,
                "grant_type": "authorization_code",
            }
        )
        url = URL(f"{self._api_base}/sns/oauth2/access_token?{query}", encoded=True)
        answer = await sure(self._patiently("oauth2/access_token", url, None))
        return OAuthVisitor(
            openid=text_in(answer, "openid"),
            unionid=str(answer.get("unionid", "")),
            is_snapshot=answer.get("is_snapshotuser") == 1,
        )

    async def _send_custom(self, openid: str, message: Mapping[str, Any]) -> None:
        payload = {"touser": openid, **message}
        async with self._sending_to(openid):
            await self._call("custom/send", "/cgi-bin/message/custom/send", payload)

    def _sending_to(self, openid: str) -> asyncio.Lock:
        """Return the lock that keeps two sends to one person apart (43108)."""
        lock = self._sending.get(openid)
        if lock is None:
            lock = self._sending[openid] = asyncio.Lock()
        return lock

    async def _ask(self, name: str, path: str, payload: Mapping[str, Any]) -> Answer:
        """Make a call that may be made twice: a lost answer is no worse than none at all."""
        return await sure(self._call(name, path, payload))

    async def _call(
        self, name: str, path: str, payload: Mapping[str, Any], *, once: bool = False
    ) -> Answer:
        return await self._with_token(
            path, lambda url: self._patiently(name, url, payload, once=once)
        )

    async def _with_token(self, path: str, ask: Callable[[URL], Awaitable[T]]) -> T:
        """Make a call that needs the token; once more with another one when that is refused."""
        token = await self._keeper.token()
        try:
            return await ask(self._address(path, token))
        except WeChatError as error:
            if error.trouble is not Trouble.TOKEN:
                raise
        token = await self._keeper.token(refused=token)
        return await ask(self._address(path, token))

    async def _patiently(
        self, name: str, url: URL, payload: Mapping[str, Any] | None, *, once: bool = False
    ) -> Answer:
        """Make a request, and again after a wait when WeChat is busy or was asked too quickly.

        `once`: what is done must not be done twice, so an answer that is none is no reason to try again.
        """
        request = self._transport.request_once if once else self._transport.request
        wait_seconds = self._backoff_seconds
        for _ in range(_TRIES_WHEN_BUSY - 1):
            try:
                return await request(name, url, payload)
            except WeChatError as error:
                if error.trouble not in (Trouble.BUSY, Trouble.CONCURRENT):
                    raise
            # Not all who were turned away come back at the same moment.
            await asyncio.sleep(wait_seconds * random.uniform(0.75, 1.25))  # noqa: S311
            wait_seconds *= 2
        return await request(name, url, payload)

    def _address(self, path: str, token: str) -> URL:
        return URL(f"{self._api_base}{path}?access_token={quote(token, safe='')}", encoded=True)

    async def _ask_for_token(self) -> tuple[str, int]:
        payload = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._secret,
            "force_refresh": False,
        }
        url = URL(f"{self._api_base}/cgi-bin/stable_token", encoded=True)
        try:
            answer = await sure(self._patiently("stable_token", url, payload))
        except WeChatError as error:
            if error.trouble is not Trouble.TOKEN:
                raise
            # There is no token in this call: what is refused is the AppSecret.
            raise WeChatError(Trouble.CONFIG, code=error.code, rid=error.rid) from None
        seconds = answer.get("expires_in")
        if type(seconds) is not int or seconds < 1:
            raise WeChatError(Trouble.DOWN)
        return text_in(answer, "access_token"), seconds


async def sure(call: Awaitable[T]) -> T:
    """Await a call that changes nothing for people, so that a lost answer is simply no answer."""
    try:
        return await call
    except WeChatError as error:
        if error.trouble is not Trouble.UNCERTAIN:
            raise
        raise WeChatError(Trouble.DOWN) from None


def text_in(answer: Mapping[str, Any], name: str) -> str:
    """A text that has to be in an answer. Raises WeChatError when it is not."""
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise WeChatError(Trouble.DOWN)
    return value
