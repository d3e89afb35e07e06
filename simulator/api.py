"""The API that WeChat offers, under /simulator/api, with its paths, checks and answers.

Everything is answered with HTTP 200 and JSON as text/plain, errors too, as WeChat does. `run` is the
whole path on a good day and never waits; `serve` adds today's misbehaviour around it.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator import menus, minicodes, oauth, sends, subscriptions
from simulator.answers import OK, Refusal, encode, error_body
from simulator.tokens import TokenDesk, TooOften
from simulator.world import Entry, User, World

TEMPLATE_SEND = "/cgi-bin/message/template/send"
SUBSCRIBE_SEND = "/cgi-bin/message/subscribe/send"
QR_SECONDS_MAX, QR_SECONDS_DEFAULT = 2_592_000, 60
QR_PERMANENT_MAX = 100_000
TICKET_SECONDS = 7200

HTML_ERROR = (
    b"<html><head><title>502 Bad Gateway</title></head>"
    b"<body><center><h1>502 Bad Gateway</h1></center></body></html>"
)


@dataclass(slots=True)
class Call:
    """One call of the API: path without the /simulator/api in front."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Answer:
    """What goes back; `drop` closes the connection without a word."""

    body: bytes = b""
    html: bool = False
    drop: bool = False


Accepted = Callable[[User, Entry], None]
Pictured = Callable[[User, str, str], None]
Endpoint = Callable[["Api", Call], dict[str, Any] | bytes]


class Api:
    """The API of one world.

    Args:
        world: the state.
        on_accepted: told of each accepted template or subscription message (it sends the event that follows).
        on_picture: told whose picture is to be looked at, where it is, and under which trace_id.
    """

    def __init__(self, world: World, on_accepted: Accepted, on_picture: Pictured) -> None:
        self.world = world
        self.on_accepted = on_accepted
        self.on_picture = on_picture

    async def serve(self, call: Call) -> Answer:
        """Answer a call, misbehaving as told."""
        faults = self.world.faults
        if faults.quiet:
            return Answer(self.run(call))
        while faults.hits(faults.hang, call.path):
            await faults.changed.wait()
            if not faults.hits(faults.hang, call.path):
                return Answer(drop=True)
        openid = _receiver_of(call)
        if openid in self.world.sending:
            return Answer(self._refuse(call, 43108))
        if openid:
            self.world.sending.add(openid)
        try:
            if faults.latency_ms:
                await asyncio.sleep(faults.latency_ms / 1000)
        finally:
            self.world.sending.discard(openid)
        if faults.hits(faults.html, call.path):
            self.world.count_call(call.path, -502)
            return Answer(HTML_ERROR, html=True)
        code = faults.take_failure(call.path)
        if code:
            return Answer(self._refuse(call, code))
        body = self.run(call)
        return Answer(body, drop=faults.hits(faults.lose_answer, call.path))

    def run(self, call: Call) -> bytes:
        """Answer a call as on a good day."""
        known = ENDPOINTS.get(call.path)
        try:
            if known is None:
                raise Refusal(40066)
            method, needs_token, endpoint = known
            if call.method != method:
                raise Refusal(43001 if method == "GET" else 43002)
            if needs_token:
                world = self.world
                token = call.query.get("access_token", "")
                of_mini = call.path.startswith("/wxa/") or call.path == SUBSCRIBE_SEND
                desk = world.mini_tokens if of_mini else world.tokens
                code = desk.refuse(token, world.clock())
                if code:
                    raise Refusal(code)
            answer = endpoint(self, call)
        except Refusal as refusal:
            return self._refuse(call, refusal.code, refusal.detail)
        self.world.count_call(call.path, 0)
        return answer if isinstance(answer, bytes) else encode(answer)

    def _refuse(self, call: Call, code: int, detail: str = "") -> bytes:
        self.world.count_call(call.path, code)
        return encode(error_body(code, detail))

    # -------------------------------------------------------------------------------- tokens

    def _check_account(self, params: dict[str, Any]) -> TokenDesk:
        """The desk of the account that this is; the mini-program has one of its own."""
        account, mini = self.world.account, self.world.mini
        is_mini = mini is not None and params.get("appid") == mini.app_id
        if mini is not None and is_mini:
            account = mini
        if not params.get("appid"):
            raise Refusal(41002)
        if not params.get("secret"):
            raise Refusal(41004)
        if params["appid"] != account.app_id:
            raise Refusal(40013)
        if params["secret"] != account.secret:
            raise Refusal(40125)
        return self.world.mini_tokens if is_mini else self.world.tokens

    def stable_token(self, call: Call) -> dict[str, Any]:
        """POST /cgi-bin/stable_token."""
        body = parse_body(call)
        if body.get("grant_type") != "client_credential":
            raise Refusal(40002)
        desk = self._check_account(body)
        force = body.get("force_refresh", False)
        if not isinstance(force, bool):
            raise Refusal(47001)
        try:
            token, seconds = desk.issue_stable(self.world.clock(), force=force)
        except TooOften as error:
            raise Refusal(error.code) from error
        return {"access_token": token, "expires_in": seconds}

    def token(self, call: Call) -> dict[str, Any]:
        """GET /cgi-bin/token."""
        if call.query.get("grant_type") != "client_credential":
            raise Refusal(40002)
        desk = self._check_account(call.query)
        token, seconds = desk.issue_plain(self.world.clock())
        return {"access_token": token, "expires_in": seconds}

    def ticket(self, call: Call) -> dict[str, Any]:
        """GET /cgi-bin/ticket/getticket?type=jsapi."""
        if call.query.get("type") != "jsapi":
            raise Refusal(40066)
        now = self.world.clock()
        ticket, end = self.world.jsapi_ticket
        if end <= now:
            ticket, end = f"sM4AOVdWfPE4DxkXGEs8V{self.world.next_id():x}", now + TICKET_SECONDS
            self.world.jsapi_ticket = (ticket, end)
        return {"errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": int(end - now)}

    # ------------------------------------------------------------------------------ messages

    def template_send(self, call: Call) -> dict[str, Any]:
        """POST /cgi-bin/message/template/send."""
        body = parse_body(call)
        user = sends.find_receiver(self.world, body)
        answer, record = sends.send_template(self.world, body, user)
        if record is not None and self.world.faults.finish_events:
            self.on_accepted(user, record)
        return answer

    def subscribe_send(self, call: Call) -> dict[str, Any]:
        """POST /cgi-bin/message/subscribe/send."""
        body = parse_body(call)
        user = subscriptions.find_mini_receiver(self.world, body)
        answer, record = subscriptions.send_subscribe(self.world, body, user)
        if self.world.faults.finish_events:
            self.on_accepted(user, record)
        return answer

    def custom_send(self, call: Call) -> dict[str, Any]:
        """POST /cgi-bin/message/custom/send."""
        body = parse_body(call)
        return sends.send_custom(self.world, body, sends.find_receiver(self.world, body))

    # ------------------------------------------------------------- QR codes, menu, followers

    def qrcode(self, call: Call) -> dict[str, Any]:
        """POST /cgi-bin/qrcode/create."""
        body = parse_body(call)
        action = body.get("action_name")
        if action not in {"QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"}:
            raise Refusal(40052)
        scene = _scene_of(body, permanent="LIMIT" in action, text="STR" in action)
        if "LIMIT" in action:
            made = self.world.add_scene(scene, None)
            return {"ticket": made.ticket, "url": made.url}
        seconds = body.get("expire_seconds", QR_SECONDS_DEFAULT)
        if type(seconds) is not int or not 0 < seconds <= QR_SECONDS_MAX:
            raise Refusal(40053)
        made = self.world.add_scene(scene, seconds)
        return {"ticket": made.ticket, "expire_seconds": seconds, "url": made.url}

    def login(self, call: Call) -> dict[str, Any]:
        """GET /sns/jscode2session."""
        self._check_account(call.query)
        world = self.world
        if call.query.get("grant_type") != "authorization_code":
            raise Refusal(40002)
        code = call.query.get("js_code", "")
        found = world.logins.exchange(code, world.clock(), world.mini_openid)
        world.inspector.visit(str(found["openid"]), world.clock())
        return found

    def text_check(self, call: Call) -> dict[str, Any]:
        """POST /wxa/msg_sec_check."""
        body, world = parse_body(call), self.world
        user = world.find_mini_user(body.get("openid"))
        world.inspector.check_who(body, user, world.clock())
        return world.inspector.read(body, world.next_id())

    def media_check(self, call: Call) -> dict[str, Any]:
        """POST /wxa/media_check_async: the verdict is pushed later."""
        body, world = parse_body(call), self.world
        user = world.find_mini_user(body.get("openid"))
        world.inspector.check_who(body, user, world.clock())
        address = world.inspector.check_picture(body)
        trace_id = f"media-{world.next_id()}"
        if user is not None and not world.inspector.silent:
            self.on_picture(user, address, trace_id)
        return {**OK, "trace_id": trace_id}

    def phone_number(self, call: Call) -> dict[str, Any]:
        """POST /wxa/business/getuserphonenumber."""
        world = self.world
        app_id = world.mini.app_id if world.mini else ""
        found = world.logins.number(parse_body(call), world.clock(), app_id, world.mini_openid)
        return dict(found)

    def mini_code(self, call: Call) -> bytes:
        """POST /wxa/getwxacodeunlimit: a picture, not JSON."""
        return minicodes.draw_mini_code(self.world, parse_body(call))

    def media(self, call: Call) -> bytes:
        """GET /cgi-bin/media/get: what somebody sent, not JSON."""
        found = self.world.media.get(call.query.get("media_id", ""))
        if found is None:
            raise Refusal(40007)
        return found

    def menu_create(self, call: Call) -> dict[str, Any]:
        """POST /cgi-bin/menu/create."""
        menu = parse_body(call)
        menus.check_menu(call.body, menu)
        self.world.menu = {"button": menu["button"]}
        self.world.changes += 1
        self.world.tell({"type": "menu", "menu": self.world.menu})
        return OK

    def menu_get(self, call: Call) -> dict[str, Any]:
        """GET /cgi-bin/menu/get."""
        if self.world.menu is None:
            raise Refusal(46003)
        return {"menu": self.world.menu}

    def menu_delete(self, call: Call) -> dict[str, Any]:
        """GET /cgi-bin/menu/delete."""
        self.world.menu = None
        self.world.changes += 1
        self.world.tell({"type": "menu", "menu": None})
        return OK

    def user_info(self, call: Call) -> dict[str, Any]:
        """GET /cgi-bin/user/info: no names any more, as since 2021-12-27."""
        user = self.world.by_openid.get(call.query.get("openid", ""))
        if user is None:
            raise Refusal(40003)
        if not user.following:
            return {"subscribe": 0, "openid": user.openid}
        return {
            "subscribe": 1,
            "openid": user.openid,
            "language": "zh_CN",
            "subscribe_time": user.followed_at,
            "unionid": user.unionid,
            "remark": "",
            "groupid": 0,
            "tagid_list": [],
            "subscribe_scene": "ADD_SCENE_QR_CODE" if user.scene else "ADD_SCENE_SEARCH",
            "qr_scene": int(user.scene) if user.scene.isdigit() else 0,
            "qr_scene_str": "" if user.scene.isdigit() else user.scene,
        }

    def exchange_code(self, call: Call) -> dict[str, Any]:
        """GET /sns/oauth2/access_token."""
        self._check_account(call.query)
        if call.query.get("grant_type") != "authorization_code":
            raise Refusal(40002)
        return oauth.exchange_code(self.world, call.query.get("code", ""))


def parse_body(call: Call) -> dict[str, Any]:
    """A POST's JSON object.

    Raises:
        Refusal: 44002 when empty, 47001 when it is no JSON object in UTF-8.
    """
    if not call.body:
        raise Refusal(44002)
    try:
        body = json.loads(call.body)
    except ValueError as error:
        raise Refusal(47001) from error
    if not isinstance(body, dict):
        raise Refusal(47001)
    return body


def _receiver_of(call: Call) -> str:
    """Whom a template or subscription message is for, so that two sends to one person can be seen to overlap."""
    if call.path not in (TEMPLATE_SEND, SUBSCRIBE_SEND):
        return ""
    try:
        return str(parse_body(call).get("touser", ""))
    except Refusal:
        return ""


def _scene_of(body: dict[str, Any], *, permanent: bool, text: bool) -> str:
    info = body.get("action_info")
    scene = info.get("scene") if isinstance(info, dict) else None
    value = scene.get("scene_str" if text else "scene_id") if isinstance(scene, dict) else None
    if text and isinstance(value, str) and 1 <= len(value) <= 64:
        return value
    limit = QR_PERMANENT_MAX if permanent else 2**32 - 1
    if not text and type(value) is int and 1 <= value <= limit:
        return str(value)
    raise Refusal(40053)


ENDPOINTS: dict[str, tuple[str, bool, Endpoint]] = {
    "/cgi-bin/stable_token": ("POST", False, Api.stable_token),
    "/cgi-bin/token": ("GET", False, Api.token),
    "/cgi-bin/ticket/getticket": ("GET", True, Api.ticket),
    TEMPLATE_SEND: ("POST", True, Api.template_send),
    SUBSCRIBE_SEND: ("POST", True, Api.subscribe_send),
    "/cgi-bin/message/custom/send": ("POST", True, Api.custom_send),
    "/cgi-bin/qrcode/create": ("POST", True, Api.qrcode),
    "/wxa/getwxacodeunlimit": ("POST", True, Api.mini_code),
    "/wxa/business/getuserphonenumber": ("POST", True, Api.phone_number),
    "/wxa/msg_sec_check": ("POST", True, Api.text_check),
    "/wxa/media_check_async": ("POST", True, Api.media_check),
    "/sns/jscode2session": ("GET", False, Api.login),
    "/cgi-bin/menu/create": ("POST", True, Api.menu_create),
    "/cgi-bin/menu/get": ("GET", True, Api.menu_get),
    "/cgi-bin/menu/delete": ("GET", True, Api.menu_delete),
    "/cgi-bin/media/get": ("GET", True, Api.media),
    "/cgi-bin/user/info": ("GET", True, Api.user_info),
    "/sns/oauth2/access_token": ("GET", False, Api.exchange_code),
}
