"""How WeChat words its answers: the texts beside the codes, and the rid at their end."""

import json
import secrets
import time
from typing import Any

WORDS = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40008: "invalid message type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40024: "invalid sub button type",
    40025: "invalid sub button name size",
    40026: "invalid sub button key size",
    40027: "invalid sub button url size",
    40029: "invalid code",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40037: "invalid template_id",
    40039: "invalid url size",
    40048: "invalid url domain",
    40052: "invalid action name",
    40053: "invalid action info",
    40007: "invalid media_id",
    40066: "invalid url",
    40097: "invalid args",
    40125: "invalid appsecret",
    40129: "invalid scene",
    40163: "code been used",
    41030: "invalid page",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43004: "require subscribe",
    43101: "user refuse to accept the msg",
    43108: "concurrent sending to the same user",
    43116: "this template is restricted",
    44002: "empty post data",
    45002: "content size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    46003: "menu no exist",
    47001: "data format error",
    47003: "argument invalid!",
    43104: "openid does not match appid",
    48001: "api unauthorized",
    61010: "code is expired",
}

OK: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}


class Refusal(Exception):
    """A call that WeChat answers with an error code."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def words_of(code: int, detail: str = "") -> str:
    """The errmsg for a code, with a detail (the bad field) and a rid as WeChat adds them."""
    said = WORDS.get(code, "error")
    rid = f"{int(time.time()):x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
    return f"{said} {detail} rid: {rid}" if detail else f"{said} rid: {rid}"


def error_body(code: int, detail: str = "") -> dict[str, Any]:
    """An error as the API answers it."""
    return {"errcode": code, "errmsg": words_of(code, detail)}


def encode(answer: dict[str, Any]) -> bytes:
    """An answer's bytes: compact JSON, UTF-8, nothing escaped."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
