"""What a person does with their phone: follow, write, tap the menu, scan a QR code.

Each act changes the world, goes to the account as WeChat would send it, and yields the delivery.
"""

import base64
from dataclasses import dataclass
from typing import Any

from simulator import subscriptions
from simulator.callbacks import Courier, Delivery
from simulator.menus import find_button
from simulator.world import Entry, User, World

TEXT_MAX_BYTES = 6000
AUTHORIZATION_EVENTS = {
    "user_info_modified",
    "user_authorization_revoke",
    "user_authorization_cancellation",
}
# What a phone sends where a test names nothing: a grey dot, and a second of silence.
_SAMPLES: dict[str, str | bytes] = {
    "image": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
    "voice": base64.b64encode(b"#!AMR\n" + (b"\x3c" + bytes(31)) * 50),
}
# What such a push comes from: WeChat's own account, whoever it is about.
PLATFORM = "gh_wechat_platform"


class CannotDo(Exception):
    """An act this person cannot do now; the text is what the phone would say."""


@dataclass(slots=True)
class Outcome:
    """What an act led to: replies in the chat, a page that opens, a profile that is shown."""

    delivery: Delivery | None = None
    open_url: str = ""
    profile: bool = False
    toast: str = ""

    def to_json(self) -> dict[str, Any]:
        """The outcome as the control API and the page hand it on."""
        delivery = self.delivery
        return {
            "replies": delivery.replies if delivery else [],
            "attempts": delivery.attempts if delivery else [],
            "fault": delivery.fault if delivery else "",
            "open_url": self.open_url,
            "profile": self.profile,
            "toast": self.toast,
        }


class People:
    """The acts of one world's people."""

    def __init__(self, world: World, courier: Courier) -> None:
        self.world = world
        self.courier = courier

    async def _event(self, user: User, event: str, **more: Any) -> Outcome:
        message = {"MsgType": "event", "Event": event, "EventKey": "", **more}
        return Outcome(await self.courier.deliver(user, message))

    async def follow(self, user: User, scene: str = "") -> Outcome:
        """Follow the account, by a QR code when one is named or was scanned before.

        Raises:
            CannotDo: already following, or the QR code has run out.
        """
        if user.following:
            raise CannotDo("已关注公众号")
        code = self._find_code(scene or user.pending_scene)
        user.following, user.followed_at = True, int(self.world.clock())
        user.scene, user.pending_scene = code[0] if code else "", ""
        self.world.open_window(user, wrote=False)
        self._tell(user)
        if code is None:
            return await self._event(user, "subscribe")
        return await self._event(user, "subscribe", EventKey=f"qrscene_{code[0]}", Ticket=code[1])

    async def unfollow(self, user: User) -> Outcome:
        """Stop following: the chat with the account goes, as in WeChat.

        Raises:
            CannotDo: not following.
        """
        self._must_follow(user)
        user.following, user.scene = False, ""
        user.chat.clear()
        user.message_window.until = user.act_window.until = 0
        self._tell(user)
        return await self._event(user, "unsubscribe")

    async def scan(self, user: User, scene: str) -> Outcome:
        """Scan a QR code of the account: by what the picture says, its ticket or its scene.

        Raises:
            CannotDo: the code has run out.
        """
        code = self._find_code(scene)
        if code is None:
            raise CannotDo("未识别到二维码")
        if not user.following:
            user.pending_scene = scene
            return Outcome(profile=True)
        self.world.open_window(user, wrote=False)
        return await self._event(user, "SCAN", EventKey=code[0], Ticket=code[1])

    def _find_code(self, name: str) -> tuple[str, str] | None:
        """Scene and ticket of a QR code; a scene nobody minted is taken at its word."""
        if not name:
            return None
        found = self.world.find_scene(name)
        if found is None:
            if name.startswith("http://weixin.qq.com/q/"):
                raise CannotDo("二维码已失效")
            return name, "gQ-" + name
        if found.expires_at <= self.world.clock():
            raise CannotDo("二维码已过期")
        return found.scene, found.ticket

    async def say(self, user: User, text: str) -> Outcome:
        """Write a text to the account.

        Raises:
            CannotDo: not following, or nothing (or far too much) was written.
        """
        self._must_follow(user)
        if not text.strip():
            raise CannotDo("不能发送空白消息")
        if len(text.encode()) > TEXT_MAX_BYTES:
            raise CannotDo("消息内容过长")
        shown = {"kind": "text", "text": text}
        return await self._write(user, shown, {"MsgType": "text", "Content": text})

    async def send_media(self, user: User, kind: str, fields: dict[str, Any]) -> Outcome:
        """Send a picture or a voice message: the fields of its kind, and its bytes as `content` (base64).

        Raises:
            CannotDo: not following.
        """
        self._must_follow(user)
        given = dict(fields)
        content = base64.b64decode(given.pop("content", "") or _SAMPLES[kind])
        fields = {"MediaId": f"media-{self.world.next_id():x}", **given}
        self.world.media[str(fields["MediaId"])] = content
        if kind == "voice":
            fields.setdefault("Format", "amr")
        else:
            fields.setdefault("PicUrl", "http://mmbiz.qpic.cn/mmbiz_jpg/0")
        return await self._write(user, {"kind": kind, **fields}, {"MsgType": kind, **fields})

    async def _write(self, user: User, shown: Entry, message: dict[str, Any]) -> Outcome:
        self.world.open_window(user, wrote=True)
        entry = self.world.put(user, {"side": "me", **shown})
        return Outcome(await self.courier.deliver(user, {**message, "MsgId": int(entry["id"])}))

    async def tap(self, user: User, name: str) -> Outcome:
        """Tap a menu button, named by its key, title or address.

        Raises:
            CannotDo: not following, or there is no such button.
        """
        self._must_follow(user)
        button = find_button(self.world.menu, name)
        if button is None:
            raise CannotDo("菜单中没有这一项")
        if button["type"] == "view":
            url = button["url"]
            self.courier.send_soon(
                user, {"MsgType": "event", "Event": "VIEW", "EventKey": url, "MenuId": 1}
            )
            return Outcome(open_url=self.world.link_for(user, url))
        if button["type"] != "click":
            raise CannotDo("模拟器还不会打开这种菜单")
        self.world.open_window(user, wrote=False)
        return await self._event(user, "CLICK", EventKey=button["key"])

    def open(self, user: User, url: str) -> Outcome:
        """Tap a link in the chat or scan one: where this person's phone goes."""
        return Outcome(open_url=self.world.link_for(user, url))

    async def push_mini(self, user: User, message: dict[str, Any]) -> Outcome:
        """Push a message or event to the mini-program's own callback address.

        Raises:
            CannotDo: this world has no mini-program.
        """
        if self.world.mini is None:
            raise CannotDo("没有小程序")
        message = {"FromUserName": self.world.mini_openid(user), **message}
        if message.get("MsgType") != "event":
            message = {**message, "MsgId": self.world.next_id()}
        return Outcome(await self.courier.deliver(user, message, account=self.world.mini))

    async def answer_prompt(self, user: User, answers: dict[str, str], *, push: bool) -> Outcome:
        """Answer the sheet of `wx.requestSubscribeMessage`; without `push` WeChat's own word about it is lost.

        Raises:
            CannotDo: no mini-program, or an answer that a phone could not give.
        """
        if self.world.mini is None:
            raise CannotDo("没有小程序")
        items = subscriptions.answer_prompt(self.world, user, answers)
        return await self._tell_mini(user, subscriptions.POPUP, items if push else [])

    async def switch_off(self, user: User, template_ids: list[str]) -> Outcome:
        """Switch templates of the mini-program off in WeChat's settings.

        Raises:
            CannotDo: no mini-program.
        """
        if self.world.mini is None:
            raise CannotDo("没有小程序")
        items = subscriptions.switch_off(self.world, user, template_ids)
        return await self._tell_mini(user, subscriptions.CHANGE, items)

    async def _tell_mini(self, user: User, event: str, items: list[dict[str, str]]) -> Outcome:
        if not items:
            return Outcome()
        message = self.courier.mini_event(user, event, items)
        return Outcome(await self.courier.deliver(user, message, account=self.world.mini))

    async def change_authorization(
        self, user: User, event: str, *, revoke_info: str = "", mini: bool = False
    ) -> Outcome:
        """WeChat tells an account what became of somebody's authorisation (授权用户信息变更).

        It is WeChat's own push: its sender is the platform, and whom it is about stands in OpenID. Who
        closes their account (user_authorization_cancellation) is gone from the account too.

        Raises:
            CannotDo: no such event, or no mini-program.
        """
        if event not in AUTHORIZATION_EVENTS:
            raise CannotDo("没有这种事件")
        account = self.world.mini if mini else self.world.account
        if account is None:
            raise CannotDo("没有小程序")
        message = {
            "FromUserName": PLATFORM,
            "MsgType": "event",
            "Event": event,
            "OpenID": self.world.mini_openid(user) if mini else user.openid,
            "AppID": account.app_id,
        }
        if event == "user_authorization_revoke":
            message["RevokeInfo"] = revoke_info
        if event == "user_authorization_cancellation":
            user.following, user.scene = False, ""
            user.chat.clear()
            self._tell(user)
        return Outcome(await self.courier.deliver(user, message, account=account))

    def _must_follow(self, user: User) -> None:
        if not user.following:
            raise CannotDo("请先关注公众号")

    def _tell(self, user: User) -> None:
        self.world.changes += 1
        if user.show:
            self.world.tell({"type": "user", "user": describe(user)})


def describe(user: User) -> dict[str, Any]:
    """A person as the control API and the page see them, without their chat."""
    return {
        "key": user.key,
        "name": user.name,
        "role": user.role,
        "note": user.note,
        "following": user.following,
        "show": user.show,
        "shelf": user.shelf,
        "openid": user.openid,
        "unionid": user.unionid,
        "scene": user.scene,
    }
