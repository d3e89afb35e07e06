"""Web OAuth: who is looking at a page, proved by a code that works once.

On one machine several people share a browser, so the person is taken from a leading `/as/{user}/`
in the redirect address, else from the cookie `sim_user`.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from simulator.answers import Refusal
from simulator.world import User, World

CODE_SECONDS = 300
STATE_MAX = 128
_PERSON = re.compile(r"/as/([^/]+)/")
_LOOPBACK = {"127.0.0.1", "localhost"}


@dataclass(slots=True)
class BadRequest(Exception):
    """An authorise request that WeChat answers with a page; `words` is what it says."""

    words: str


def authorize(world: World, query: dict[str, str], *, cookie_user: str, host: str) -> str:
    """Check an authorise request and mint a code.

    Args:
        world: the state.
        query: the request's parameters.
        cookie_user: the value of `sim_user`, or nothing.
        host: the host the request came to.

    Returns:
        The address to send the browser to, with code and state.

    Raises:
        BadRequest: with what the page must say.
    """
    if query.get("appid") != world.account.app_id:
        raise BadRequest("appid 参数错误")
    if query.get("response_type") != "code":
        raise BadRequest("response_type 参数错误")
    if query.get("scope") not in {"snsapi_base", "snsapi_userinfo"}:
        raise BadRequest("scope 参数错误或没有 scope 权限")
    if len(query.get("state", "")) > STATE_MAX:
        raise BadRequest("state 参数过长")
    target = query.get("redirect_uri", "")
    if not target.startswith(("http://", "https://")):
        raise BadRequest("redirect_uri 参数错误")
    if world.public_url and not world.is_own_address(_with_twin_host(target, world.public_url)):
        raise BadRequest("redirect_uri 域名与后台配置不一致，错误码:10003")
    user = find_person(world, target, cookie_user)
    code = secrets.token_urlsafe(24)
    world.codes[code] = (user.openid, world.clock() + CODE_SECONDS, False)
    return _add_code(_with_twin_host(target, f"http://{host}"), code, query.get("state", ""))


def find_person(world: World, target: str, cookie_user: str) -> User:
    """Whose phone this is.

    Raises:
        BadRequest: nobody's, so it is an ordinary browser.
    """
    match = _PERSON.match(urlsplit(target).path)
    user = world.users.get(match.group(1) if match else cookie_user)
    if user is None:
        raise BadRequest("请在微信客户端打开链接")
    return user


def _with_twin_host(target: str, base: str) -> str:
    """127.0.0.1 and localhost with the same port are one place: keep the browser where it is."""
    goal, here = urlsplit(target), urlsplit(base)
    if goal.port == here.port and {goal.hostname, here.hostname} <= _LOOPBACK:
        return urlunsplit(goal._replace(netloc=here.netloc))
    return target


def _add_code(target: str, code: str, state: str) -> str:
    parts = urlsplit(target)
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("code", code), ("state", state)]
    return urlunsplit(parts._replace(query=urlencode(query), fragment=""))


def exchange_code(world: World, code: str) -> dict[str, Any]:
    """A code for the visitor's openid, once.

    Raises:
        Refusal: 41008 without a code, 40029 unknown or too old, 40163 already used.
    """
    if not code:
        raise Refusal(41008)
    openid, end, used = world.codes.get(code, ("", 0.0, False))
    if not openid or (end <= world.clock() and not used):
        raise Refusal(40029)
    if used:
        raise Refusal(40163)
    world.codes[code] = (openid, end, True)
    answer: dict[str, Any] = {
        "access_token": "1" + secrets.token_urlsafe(60),
        "expires_in": 7200,
        "refresh_token": "2" + secrets.token_urlsafe(60),
        "openid": openid,
        "scope": "snsapi_base",
    }
    if world.faults.snapshot_visitors:
        answer["is_snapshotuser"] = 1
    return answer
