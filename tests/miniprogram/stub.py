"""The server's answers without a server: for what a real one does not show at will (slow, failing, empty)."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import BrowserContext, Route

from tests.handlers.conftest import photograph
from tests.miniprogram.campus import NewHandset
from tests.miniprogram.declared import drift
from tests.miniprogram.handset import Handset

ORIGIN = "http://mini.test"
SPOKEN = "data:audio/mpeg;base64," + base64.b64encode(b"ID3" + bytes(400)).decode()
NOW = datetime.now(UTC)
TEMPLATE = "demo-mini-notice"

CHILDREN = [
    {
        "id": "child-1", "name": "李小明", "class_name": "三年级二班", "school_name": "青禾小学",
        "relation": "妈妈", "order": 1, "custody": "full", "bound_at": (NOW - timedelta(days=60)).isoformat(),
        "until": None, "trial": False, "guardians": ["爸爸"],
    },
    {
        "id": "child-2", "name": "李小雨", "class_name": "一年级一班", "school_name": "青禾小学",
        "relation": "妈妈", "order": 1, "custody": "full", "bound_at": (NOW - timedelta(days=60)).isoformat(),
        "until": None, "trial": False, "guardians": ["爸爸"],
    },
]  # fmt: skip
BODIES = (
    ("关于秋季运动会的通知", "tap", "本周五（11月27日）上午 8:30 在学校操场举行秋季运动会，请让孩子穿运动鞋、带水杯。"),
    ("致家长的一封信：安全签字", "sign", "请您和孩子一起读一读附件里的安全须知，读完以后签名。"),
    ("明天带彩笔和剪刀", "none", "美术课要做手工，请准备十二色彩笔、安全剪刀和固体胶。"),
    ("数学练习：第五单元", "none", "完成练习册第 42 到 45 页，订正后请家长看一看。"),
    ("家长会改到下周三晚上七点", "tap", "因为停电检修，家长会改到下周三晚上七点，地点不变，在三年级二班教室。"),
    ("冬季作息时间", "none", "从下周一起，早上到校时间改为 8:20，放学时间改为 16:10。"),
)  # fmt: skip


def notice_row(number: int) -> dict[str, Any]:
    """Notice number N; every second child, every kind of answer."""
    title, confirm, body = BODIES[number % len(BODIES)]
    child = CHILDREN[number % 2]
    published = NOW - timedelta(minutes=12 + 190 * number)
    asked, waits = confirm != "none", number < 2
    return {
        "id": f"notice-{number}", "kind": "notice", "title": title, "summary": body[:60], "author": "王",
        "child_id": child["id"], "child_name": child["name"], "class_name": child["class_name"],
        "published_at": published.isoformat(), "state": "published", "unread": number in (0, 2),
        "confirm": confirm, "wants_confirmation": asked and waits,
        "deadline_at": (NOW + timedelta(days=2)).isoformat() if waits else None,
        "confirmed_at": published.isoformat() if asked and not waits else None,
        "pictures": 2 if number == 2 else 0, "files": 1 if number == 1 else 0,
    }  # fmt: skip


class Stub:
    """The API of one parent, held to its declarations.

    `failing`, `slow` and `empty` change how it answers; `landed` is what arrived. `said` are answers that a
    test gives itself, by method and address, such as `GET /children`.
    """

    def __init__(self, notices: int = 45) -> None:
        self.rows = [notice_row(number) for number in range(notices)]
        self.tonight: list[dict[str, Any]] = []
        self.empty = False
        self.failing = False
        self.rest = 0  # seconds in which nothing more is to be said in conversations
        self.credits = 2  # what is left of what was accepted
        self.subscribable = True  # whether the school has such a message
        self.slow: asyncio.Event | None = None
        self.asked: list[str] = []
        self.drift: list[str] = []  # where a question or an answer is not as the API declares it
        self.said: dict[str, Any] = {}
        self.landed: dict[str, dict[str, Any]] = {}  # what was created, by Idempotency-Key

    async def attach(self, context: BrowserContext) -> None:
        """Answer what this phone asks."""
        await context.route(f"{ORIGIN}/api/v1/**", self.handle)

    async def handle(self, route: Route) -> None:
        """One request."""
        request = route.request
        path = urlsplit(request.url).path.removeprefix("/api/v1")
        self.asked.append(f"{request.method} {path}")
        if self.slow is not None:
            await self.slow.wait()
        if self.failing:
            await route.abort("connectionrefused")
            return
        query = {key: found[0] for key, found in parse_qs(urlsplit(request.url).query).items()}
        key = request.headers.get("idempotency-key", "")
        given = request.post_data_buffer or b""
        if request.method == "POST" and key:
            self.landed.setdefault(key, {"path": path, "given": given})
        status, answer = self.answer(request.method, path, query, given)
        self.drift += drift(request.method, path, given=given, status=status, answer=answer)
        body = {"data": answer} if status < 400 else {"error": answer}
        await route.fulfill(
            status=status,
            headers={"Retry-After": str(self.rest)} if status == 429 else {},
            content_type="application/json",
            body=json.dumps(body, ensure_ascii=False),
        )

    def answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """(status, data or error)."""
        if path.strip("/") == "quiet":
            if given:
                self.landed["quiet"] = json.loads(given)
            return 200, self.landed.get("quiet", {"start": "", "end": ""})
        if self.rest and method == "POST" and path.endswith("/messages"):
            return 429, self._error("too_many")
        if f"{method} {path}" in self.said:
            return (201 if method == "POST" else 200), self.said[f"{method} {path}"]
        return self._own_answer(method, path, query, given)

    def _own_answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        rows = [] if self.empty else self.rows
        children = [] if self.empty else CHILDREN
        match method, path.strip("/").split("/"):
            case "POST", ["sessions", *_]:
                until = (NOW + timedelta(days=1)).isoformat()
                return 200, {
                    "access_token": "a", "refresh_token": "r", "access_until": until, "expires_at": until,
                }  # fmt: skip
            case "GET", ["home"]:
                todo = [row for row in rows if row["confirm"] != "none" and not row["confirmed_at"]]
                return 200, {
                    "children": children, "tonight": self.tonight, "notices": rows[:10], "todo": todo, "claims": [],
                    "teaching": None, "places": [], "acting": "", "unanswered": 0, "leaving": False,
                }  # fmt: skip
            case "GET", ["notices"]:
                return 200, self._page(rows, query)
            case "GET", ["notices", notice_id]:
                found = [row for row in self.rows if row["id"] == notice_id]
                return (200, self._notice(found[0])) if found else (404, self._error("not_found"))
            case "GET", ["subscriptions"]:
                return 200, self._subscriptions()
            case "PUT", ["subscriptions"]:
                self.landed["subscriptions"] = json.loads(given)
                self.credits += 1
                return 200, self._subscriptions()
            case "POST", ["notices", notice_id, "confirmation" | "signature"]:
                row = next(row for row in self.rows if row["id"] == notice_id)
                row["confirmed_at"] = row["confirmed_at"] or datetime.now(UTC).isoformat()
                row["wants_confirmation"] = False
                return 201, {"confirmed_at": row["confirmed_at"]}
            case "POST", ["bindings"]:
                asked = json.loads(given)
                if (asked["name"], asked["digits"]) != ("李小明", "5678"):
                    return 201, {"answer": "unknown", "child": None, "claim": None}
                self.empty = False
                return 201, {"answer": "bound", "child": CHILDREN[0], "claim": None}
            case "DELETE", ["sessions", "mine"]:
                return 200, {"done": True}
            case "GET", ["invitations", code]:
                return 200, {
                    "code": code,
                    "school_name": "青禾小学",
                    "class_name": "三年级二班",
                    "child_name": None,
                }
        return 404, self._error("not_found")

    def _subscriptions(self) -> dict[str, Any]:
        if not self.subscribable:
            return {
                "templates": [], "ask": [], "covers": "nothing", "credits": 0, "all": False,
            }  # fmt: skip
        row = {"template_id": TEMPLATE, "answer": "accepted", "left": self.credits}
        return {
            "templates": [row], "ask": [TEMPLATE], "covers": "one", "credits": self.credits, "all": False,
        }  # fmt: skip

    @staticmethod
    def _error(code: str) -> dict[str, Any]:
        return {"code": code, "message": "没有找到", "fields": {}}

    @staticmethod
    def _page(rows: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any]:
        if query.get("filter") == "unread":
            rows = [row for row in rows if row["unread"]]
        if child := query.get("child"):
            rows = [row for row in rows if row["child_id"] == child]
        if wanted := query.get("q"):
            rows = [row for row in rows if wanted in row["title"]]
        start = int(query.get("cursor", "0"))
        end = start + int(query.get("limit", "20"))
        return {"items": rows[start:end], "next_cursor": str(end) if end < len(rows) else None}

    @staticmethod
    def _notice(row: dict[str, Any]) -> dict[str, Any]:
        body = next(text for title, _, text in BODIES if title == row["title"])
        files = [
            {"file_id": "f1", "kind": "document", "name": "校园安全须知（2026 年秋）.pdf", "size_bytes": 284_113,
             "width": None, "height": None, "seconds": None},
        ]  # fmt: skip
        child = {"id": row["child_id"], "name": row["child_name"]}
        return {
            **row, "body": body + "\n\n有问题请在放学后和我联系。谢谢您的配合！", "version": 1, "corrected": False,
            "about": row.get("about", ""), "withdrawn_at": None, "attachments": files if row["files"] else [],
            "links": [{"title": "安全教育平台", "url": "https://example.org/"}] if row["files"] else [],
            "children": [{**child, "confirmed_at": row["confirmed_at"], "may_confirm": True}],
        }  # fmt: skip


class Pictured(Stub):
    """One whose files are all the same photograph."""

    async def handle(self, route: Route) -> None:
        """One request; a file is bytes."""
        if route.request.method == "GET" and "/api/v1/files/" in route.request.url:
            await route.fulfill(content_type="image/jpeg", body=photograph())
        else:
            await super().handle(route)


async def phone_over(
    new_handset: NewHandset, stub: Stub, *, recording: str = "", **remembered: object
) -> Handset:
    """A phone that the stub answers, whose owner has agreed already; `recording` is what its microphone hears."""

    async def code() -> str:
        return "code"

    handset = await new_handset(ORIGIN, login=code, recording=recording)
    await stub.attach(handset.context)
    await handset.remember(consented=True, **remembered)
    return handset
