"""Content safety of the mini-program: what people write, what their pictures show, and who may be asked about.

A text is judged at once by the words that a test has named. A picture is fetched, as WeChat does it, and the verdict is
pushed (wxa_media_check).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from simulator.answers import OK, Refusal
from simulator.nouns import User

VISIT_SECONDS = 2 * 3600
TEXT_MAX = 2500
PICTURE_MAX_BYTES = 10 * 1024 * 1024
SUGGESTIONS = {"pass", "review", "risky"}
NOTHING, OTHER = 100, 21000
NOT_FETCHED = -1008


@dataclass(slots=True)
class Inspector:
    """What WeChat thinks today.

    Attributes:
        words: text → what it makes of everything that holds it: `risky` or `review`.
        picture: what it makes of every picture.
        silent: it never pushes a verdict.
        visits: when each openid of the mini-program was there last.
        pictures: the addresses that it was asked to look at.
    """

    words: dict[str, str] = field(
        default_factory=lambda: {"微信不许": "risky", "微信拿不准": "review"}
    )
    picture: str = "pass"
    silent: bool = False
    visits: dict[str, float] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)

    def set(self, changes: Mapping[str, Any]) -> None:
        """Change what is named. `gone: true` lets everybody have left the mini-program long ago.

        Raises:
            ValueError: an unknown name, or a word that WeChat does not say.
        """
        if set(changes) - {"words", "picture", "silent", "gone"}:
            raise ValueError("words, picture, silent, gone")
        words = dict(changes.get("words", self.words))
        picture = str(changes.get("picture", self.picture))
        if not {*words.values(), picture} <= SUGGESTIONS:
            raise ValueError("pass, review, risky")
        self.words, self.picture = words, picture
        self.silent = bool(changes.get("silent", self.silent))
        if changes.get("gone"):
            self.visits.clear()

    def visit(self, openid: str, now: float) -> None:
        """Somebody opened the mini-program."""
        self.visits[openid] = now

    def check_who(self, body: Mapping[str, Any], user: User | None, now: float) -> None:
        """What both calls ask of version, scene and openid.

        Raises:
            Refusal: 47001, 40129, 43104 for an openid of another app, 61010 for who was not there for two hours.
        """
        if body.get("version") != 2:
            raise Refusal(47001, "version")
        if body.get("scene") not in (1, 2, 3, 4) or isinstance(body.get("scene"), bool):
            raise Refusal(40129)
        if user is None:
            raise Refusal(43104)
        if self.visits.get(str(body["openid"]), 0.0) <= now - VISIT_SECONDS:
            raise Refusal(61010)

    def read(self, body: Mapping[str, Any], trace: int) -> dict[str, Any]:
        """The answer of msg_sec_check: errcode stays 0 whatever is found.

        Raises:
            Refusal: 47001 for no text, 45002 for one that is too long.
        """
        text = body.get("content")
        if not isinstance(text, str) or not text:
            raise Refusal(47001, "content")
        if len(text) > TEXT_MAX:
            raise Refusal(45002)
        found = {said for word, said in self.words.items() if word in text}
        said = "risky" if "risky" in found else "review" if found else "pass"
        return {**OK, **_result(said), "trace_id": f"text-{trace}"}

    def check_picture(self, body: Mapping[str, Any]) -> str:
        """The address that media_check_async names.

        Raises:
            Refusal: 47001 for no address or another kind of medium.
        """
        address = body.get("media_url")
        if body.get("media_type") not in (1, 2) or not isinstance(address, str):
            raise Refusal(47001, "media_url")
        if urlsplit(address).scheme not in ("http", "https"):
            raise Refusal(47001, "media_url")
        self.pictures.append(address)
        return address

    def verdict(self, trace_id: str, app_id: str, *, fetched: bool) -> dict[str, Any]:
        """The event wxa_media_check."""
        event: dict[str, Any] = {"MsgType": "event", "Event": "wxa_media_check", "appid": app_id}
        event |= {"trace_id": trace_id, "version": 2}
        if not fetched:
            return {**event, "errcode": NOT_FETCHED, "errmsg": "download media fail", "detail": []}
        return {**event, "errcode": 0, "errmsg": "ok", **_result(self.picture)}


def _result(said: str) -> dict[str, Any]:
    label = NOTHING if said == "pass" else OTHER
    found = {"suggest": said, "label": label}
    detail = [{"strategy": "content_model", "errcode": 0, **found, "prob": 90}]
    return {"result": found, "detail": detail}
