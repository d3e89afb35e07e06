"""Conversations without a server: a parent's list, a class group with all that a message can be, a teacher alone."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from playwright.async_api import BrowserContext, Route

from tests.miniprogram.stub import NOW, Stub
from tests.miniprogram.teacher_stub import own_row

GROUP, PRIVATE = "talk:class:c-32", "child:child-1:a1b2"
ME, HEAD, MOTHER = "me-ref", "head-ref", "other-ref"


def thread(thread_id: str, **changes: Any) -> dict[str, Any]:
    """A conversation as a row."""
    return {
        "id": thread_id, "kind": "talk", "group": "三年级2班", "group_kind": "class", "group_nth": 0, "child_id": "",
        "title": "", "names": [], "me": ME, "as_staff": False, "leads": False, "may_post": True, "mode": "questions",
        "may_ask": False, "tail": 9, "read": 9, "unread": 0, "called": False,
        "last_at": (NOW - timedelta(minutes=8)).isoformat(), "number": 0, "state": None, "due_at": None,
        "muted": False, **changes,
    }  # fmt: skip


THREADS = [
    thread(GROUP, unread=3, read=6, called=True),
    thread("talk:committee:s", group="", group_kind="committee", last_at=None, tail=0, read=0),
    thread(PRIVATE, kind="child", group="", group_kind=None, child_id="child-1", names=["王", "爸爸"], unread=120),
    thread("question:class:c-32:r", kind="question", names=["王"], last_at=(NOW - timedelta(days=1)).isoformat()),
    thread("feedback:s:h", kind="feedback", group="", group_kind=None, title="校门口的路灯坏了", number=12,
           state="answered", names=["教务处"], last_at=(NOW - timedelta(days=4)).isoformat()),
]  # fmt: skip


def message(seq: int, author: str, text: str = "", **changes: Any) -> dict[str, Any]:
    """One message."""
    return {
        "thread": GROUP, "seq": seq, "id": f"m{seq}", "author": author,
        "name": {ME: "李小明妈妈", HEAD: "王", MOTHER: "赵安妈妈"}[author], "as_staff": author == HEAD,
        "at": (NOW - timedelta(minutes=90 - 9 * seq)).isoformat(), "kind": "text", "state": "sent",
        "recalled": False, "hidden": False, "got": 0, "praise": 0, "text": text, "files": [], "link": "", "card": None,
        "card_id": "", "reply_to": 0, "mentions": [], "all": False, "urgent": "", "via": None, "carried": None,
        **changes,
    }  # fmt: skip


PAPER = {"id": "f1", "kind": "document", "name": "秋季运动会安排表.pdf", "size": 90_112}
VOICE = {"id": "v1", "kind": "audio", "name": "录音 8 秒.mp3", "size": 31_000}
MESSAGES = [
    message(1, HEAD, "各位家长，明天上午八点半在操场集合，请让孩子穿运动鞋、带水杯。", got=31, praise=4),
    message(2, MOTHER, "@李小明妈妈 你们带伞吗？", mentions=[ME]),
    message(3, HEAD, "看天气预报不下雨，不用带。", reply_to=2),
    message(4, ME, kind="voice", files=[VOICE]),
    message(5, MOTHER, recalled=True),
    message(6, HEAD, kind="file", files=[PAPER]),
    message(7, ME, "这张是去年的合影", kind="text", state="checking"),
    message(8, HEAD, "handed:陈老师", kind="note"),
    message(9, HEAD, "大家辛苦了，今天拍了好多照片，晚上发给大家。", praise=12, urgent="校车晚点，请到东门接"),
]  # fmt: skip


PEOPLE = [
    {"who": f"p{n}", "name": name, "as_staff": n < 3, "leads": n == 0}
    for n, name in enumerate(
        ["王老师", "陈老师", "林老师", *(f"{c}{r}" for c in ("李小明", "赵安", "欧阳若曦", "古丽娜尔·买买提")
                                  for r in ("妈妈", "爸爸", "奶奶"))]
    )
]  # fmt: skip


OWN_NOTICES = [own_row(n) for n in range(4)]
OWN_HOMEWORK: list[dict[str, Any]] = [
    {
        "id": f"homework-{n}", "state": "published", "subject": {"code": "maths", "name": "数学"},
        "class_ids": ["c-32"], "group": "",
        "summary": summary, "minutes": 20, "evening": str(NOW.date()), "publish_at": NOW.isoformat(),
    }
    for n, summary in enumerate(("课本第12页1-3题", "口算练习一页，用时记在右上角"))
]  # fmt: skip
LINKS: dict[str, Any] = {
    "school_id": "s", "child_id": "child-1", "children": [{"id": "child-1", "name": "李小明"}], "class_id": "c-32",
    "class_name": "三年级2班", "school_name": "青禾小学", "books": [], "links": [
        {"code": f"l{n}", "title": title, "note": "", "icon": "reading", "level": level, "subject": None,
         "pinned": False, "one_tap": False, "url": f"https://school.example.cn/l/l{n}", "address": "https://example.edu.cn/"}
        for n, (title, level) in enumerate((("国家中小学智慧教育平台", "national"), ("学校图书馆", "school")))
    ],
}  # fmt: skip


GROUP_ROW = {
    "id": "class:c-32", "kind": "class", "name": "三年级2班", "nth": 0, "grade": 3, "mode": "questions",
    "as_staff": False, "leads": False, "may_post": False, "may_ask": True, "thread": GROUP,
}  # fmt: skip


class TalkStub(Stub):
    """A parent who is in a class group and writes with its head teacher."""

    read_only = False
    leads = False
    nobody = False  # has said anything yet
    arrives_at: str | None = None
    duty: dict[str, Any] | None = None
    office = False  # may say that something is urgent
    shown_late: tuple[int, ...] = ()  # behind what was read

    def __init__(self) -> None:
        super().__init__()
        self.mode, self.state, self.late, self.handed = "questions", "open", False, ""
        self.said_here: list[dict[str, Any]] = []
        self.sent: list[dict[str, Any]] = []  # what was said, as it arrived

    async def attach(self, context: BrowserContext) -> None:
        """Answer what this phone asks, over a socket that says nothing."""
        await super().attach(context)
        await context.route_web_socket("**/ws", lambda _: None)

    async def handle(self, route: Route) -> None:
        """One request; a file is bytes."""
        is_file = route.request.method == "GET" and "/files/" in route.request.url
        if is_file and not self.failing:
            await route.fulfill(content_type="application/octet-stream", body=b"%PDF")
        else:
            await super().handle(route)

    def _own_answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        match method, path.strip("/").split("/"):
            case "GET", ["threads"]:
                return 200, {"items": [] if self.empty else THREADS, "at": NOW.isoformat()}
            case "GET", ["threads", thread_id]:
                return 200, self._thread(unquote(thread_id))
            case "GET", ["threads", _, "people"]:
                return 200, {"items": PEOPLE, "may_call_all": self.leads}
            case "POST", ["threads", _, "messages"]:
                return 201, {"message": self._said(json.loads(given)), "counted": None}
            case "POST", ["reports"]:
                return 201, {"done": True}
            case "GET", ["threads", _, "messages"]:
                return 200, {
                    "items": [] if self.nobody else [*MESSAGES, *self.said_here], "tail": 9, "read": 9, "me": ME,
                    "may_post": not self.read_only, "before": 0 if self.nobody else 1, "readers": [],
                    "arrives_at": self.arrives_at, "duty": self.duty, "may_urge": self.office,
                    "late": list(self.shown_late),
                }  # fmt: skip
            case "POST", ["threads", "news"]:
                return 200, {
                    "items": [],
                    "changed": [],
                    "gone": [],
                    "more": False,
                    "late": {},
                    "at": NOW.isoformat(),
                }
            case "PUT", ["threads", _, "read"]:
                return 200, {"done": True}
            case "PUT", ["threads", _, "muted"]:
                self.landed["muted"] = json.loads(given)
                return 200, {"done": True}
            case "GET", ["groups"]:
                return 200, {"items": [] if self.empty else [GROUP_ROW]}
            case "GET", ["children", _, "teachers"]:
                names = [("王", True), ("陈", False), ("林", False)]
                return 200, {
                    "items": [
                        {"ref": f"t{n}", "name": name, "leads": leads}
                        for n, (name, leads) in enumerate(names)
                    ]
                }
        return self._answer_beside(method, path, query, given)

    def _answer_beside(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """What there is to be handed on."""
        match method, path.strip("/").split("/"):
            case "GET", ["groups", _, "members"]:
                shown = [one for one in PEOPLE if self.leads or one["as_staff"]]
                return 200, {
                    "group": GROUP_ROW | {"mode": self.mode, "as_staff": self.leads}, "guardians": 12,
                    "items": [{name: one[name] for name in ("name", "as_staff", "leads")} for one in shown],
                    "modes": ["announce", "questions", "open"] if self.leads else [],
                }  # fmt: skip
            case "PUT", ["groups", _]:
                self.mode = json.loads(given)["mode"]
                return 200, GROUP_ROW | {"mode": self.mode}
            case "GET", ["threads", _, "colleagues"]:
                names = ["陈老师", "林老师", "教务处"]
                rows = [
                    {"ref": f"c{n}", "name": name, "leads": False} for n, name in enumerate(names)
                ]
                return 200, {"items": rows}
            case "GET", ["threads", _, "search"]:
                # Nothing near, then what there is: it goes on where it stopped.
                near = "before" not in query
                return 200, {
                    "items": [] if near else self._hits(query["q"]),
                    "before": 5000 if near else 0,
                }
            case "GET", ["messages"]:
                return 200, {"items": self._hits(query["q"]), "before": 0}
            case "POST", ["threads", _, "handover"]:
                self.handed = json.loads(given)["colleague"]
                return 200, {"done": True}
            case "PUT", ["threads", thread_id, "state"]:
                self.state = json.loads(given)["state"]
                return 200, self._thread(unquote(thread_id))
            case "POST", ["files"]:
                kind = "audio" if query["name"].endswith(".mp3") else "document"
                return 201, {
                    "file_id": f"file-{len(self.landed)}", "kind": kind, "name": query["name"], "size_bytes": 400,
                    "width": None, "height": None, "seconds": None,
                }  # fmt: skip
            case "GET", ["teaching", "notices"]:
                return 200, {"items": [] if self.empty else OWN_NOTICES, "next_cursor": None}
            case "GET", ["teaching", "homework"]:
                return 200, {"items": [] if self.empty else OWN_HOMEWORK, "next_cursor": None}
            case "GET", ["links"] | ["teaching", "links"]:
                return 200, {**LINKS, "links": [] if self.empty else LINKS["links"]}
        return super()._own_answer(method, path, query, given)

    @staticmethod
    def _hits(wanted: str) -> list[dict[str, Any]]:
        return [one for one in reversed(MESSAGES) if wanted in one["text"]]

    def _thread(self, thread_id: str) -> dict[str, Any]:
        changes: dict[str, Any] = {
            "may_post": not self.read_only, "may_ask": self.read_only, "leads": self.leads, "as_staff": self.leads,
        }  # fmt: skip
        if thread_id.startswith("feedback"):
            due = (NOW + timedelta(days=-1 if self.late else 3)).isoformat()
            return THREADS[-1] | changes | {"leads": False, "state": self.state, "due_at": due}
        return thread(thread_id, **changes)

    def _said(self, body: dict[str, Any]) -> dict[str, Any]:
        """What I have just said, as the next message."""
        self.sent.append(body)
        said: dict[str, Any] = {
            name: body[name] for name in ("link", "card", "card_id") if name in body
        }
        said["urgent"] = body.get("urgent_reason", "")
        files = [
            {**(VOICE if body["kind"] == "voice" else PAPER), "id": f}
            for f in body.get("file_ids", ())
        ]
        said_now = message(
            9 + len(self.sent), ME, body.get("text", ""), kind=body["kind"], files=files, at=NOW.isoformat(), **said,
        )  # fmt: skip
        self.said_here.append(said_now)
        return said_now
