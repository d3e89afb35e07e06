"""Circles without a server: a class's with pictures and comments, as a mother of it and as its head teacher."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from tests.miniprogram.stub import NOW, Pictured
from tests.miniprogram.teacher_stub import NAMES, TeacherStub

TEXT = "今天的运动会，三年级二班拔河赢了两场。谢谢来加油的家长！"


def circle(number: int = 0, *, staff: bool = False, **changes: Any) -> dict[str, Any]:
    """A circle: the class's, else one of research."""
    found = {
        "id": "class:class-2", "kind": "class", "name": "三年级二班", "number": 0, "as_staff": staff, "leads": staff,
        "may_post": True,
    }  # fmt: skip
    if number:
        found |= {"id": f"research:a:{number}", "kind": "research", "name": "", "number": number}
        found |= {"leads": False}
    return found | changes


def topic(number: int, text: str, *, pictures: int = 0, hours: int = 1, **changes: Any) -> dict[str, Any]:  # fmt: skip
    """A topic of the class's circle."""
    return {
        "id": f"topic-{number}", "circle": "class:class-2", "author": "a1", "name": "王", "as_staff": True,
        "own": False,
        "at": (NOW - timedelta(hours=hours)).isoformat(), "text": text,
        "pictures": [
            {"file_id": f"p{number}{n}", "width": 900, "height": 700, "child_ids": []} for n in range(pictures)
        ],
        "withheld": 0, "state": "pass", "hidden": False, "hidden_why": "", "members": 43, "reads": 28, "children": 40,
        "reached": 26, "likes": 12, "liked": False, "comments": 2, "replies": 1, **changes,
    }  # fmt: skip


def comment(number: int, name: str, text: str, **changes: Any) -> dict[str, Any]:
    """Something said to a topic."""
    return {
        "id": f"comment-{number}", "author": f"c{number}", "name": name, "as_staff": False, "own": False,
        "at": (NOW - timedelta(minutes=20 - number)).isoformat(), "text": text, "state": "pass", "hidden": False,
        "hidden_why": "", **changes,
    }  # fmt: skip


class CircleStub(Pictured):
    """The API of a mother in her class's circle."""

    staff = False

    def __init__(self) -> None:
        super().__init__()
        self.rows = self.rows[:6]
        self.topics = [
            topic(1, TEXT, pictures=3),
            topic(2, "一朵自己种的小向日葵，开了！", pictures=1, hours=5, as_staff=False, name="陈思远的妈妈"),
            topic(3, "亲子阅读：最近孩子在读什么？", hours=28, withheld=1, comments=0),
        ]  # fmt: skip
        self.comments = [
            comment(1, "陈思远的妈妈", "孩子回家一直在讲，太开心了。"),
            comment(2, "王", "大家辛苦了！", as_staff=True),
        ]
        self.children = [{"id": "child-1", "name": "李小明", "agrees": True}]
        self.posted: list[dict[str, Any]] = []
        self.acted: list[tuple[str, Any]] = []

    def circles(self) -> list[dict[str, Any]]:
        """Mine."""
        return [] if self.empty else [circle(staff=self.staff)]

    def answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """(status, data or error)."""
        body = json.loads(given) if given[:1] == b"{" else {}
        match method, path.strip("/").split("/"):
            case "GET", ["circles"]:
                return 200, {"items": self.circles()}
            case "GET", ["circles", wanted, "topics"]:
                return self._feed(wanted, query)
            case "GET", ["circles", _, "children"]:
                return 200, {"items": self.children}
            case "POST", ["circles", _, "topics"]:
                self.posted.append(body)
                made = topic(9, body["text"], pictures=len(body["pictures"]), hours=0, own=True)
                self.topics.insert(0, made | {"state": "checking", "likes": 0, "comments": 0})
                return 201, self.topics[0]
            case "POST", ["files"]:
                return 201, {
                    "file_id": f"up-{len(self.asked)}", "kind": "picture", "name": "1.jpg", "size_bytes": 9000,
                    "width": 900, "height": 700, "seconds": None,
                }  # fmt: skip
            case "POST", ["reports"]:
                self.acted.append(("report", body))
                return 201, {"done": True}
            case _, ["topics", topic_id, *what]:
                return self._topic(method, topic_id, what, body)
            case _, ["topic-comments", comment_id, *what]:
                self.acted.append((f"{method} {comment_id}/{'/'.join(what)}", body))
                self.comments = [c for c in self.comments if c["id"] != comment_id]
                return 200, {"done": True}
        return super().answer(method, path, query, given)

    def _feed(self, wanted: str, query: dict[str, str]) -> tuple[int, Any]:
        found = next((c for c in self.circles() if c["id"] == unquote(wanted)), None)
        if found is None:
            return 404, self._error("not_found")
        start = int(query.get("cursor", "0"))
        mine = self.topics if found["kind"] == "class" else []
        more = str(start + 2) if start + 2 < len(mine) else None
        return 200, {"circle": found, "items": mine[start : start + 2], "next_cursor": more}

    def _topic(
        self, method: str, topic_id: str, what: list[str], body: dict[str, Any]
    ) -> tuple[int, Any]:
        one = next((t for t in self.topics if t["id"] == topic_id), None)
        if one is None:
            return 404, self._error("not_found")
        match method, what:
            case "GET", []:
                return 200, {"topic": one, "circle": self.circles()[0], "may_comment": True}
            case "PUT" | "DELETE", ["like"]:
                liked = method == "PUT"
                one |= {"liked": liked, "likes": one["likes"] + (1 if liked else -1)}
                return 200, one
            case "GET", ["comments"]:
                return 200, {"items": self.comments if one["comments"] else [], "next_cursor": None}
            case "POST", ["comments"]:
                self.comments.append(comment(9, "李小明的妈妈", body["text"], own=True))
                one["comments"] += 1
                return 201, self.comments[-1]
            case "GET", ["evidence"]:
                return 200, self._evidence(one)
            case "PUT", ["hiding"]:
                one |= {"hidden": True, "hidden_why": body["why"]}
            case "DELETE", ["hiding"]:
                one |= {"hidden": False, "hidden_why": ""}
            case "DELETE", []:
                self.topics.remove(one)
            case _:
                return 404, self._error("not_found")
        self.acted.append((f"{method} {topic_id}/{'/'.join(what)}", body))
        return 200, {"done": True}

    @staticmethod
    def _evidence(one: dict[str, Any]) -> dict[str, Any]:
        at = (NOW - timedelta(minutes=30)).isoformat()
        readers = [
            {"name": f"{name}的妈妈", "as_staff": False, "read_at": at if n % 3 else None, "counts": True}
            for n, name in enumerate(NAMES)
        ]  # fmt: skip
        children = [{"name": name, "reached": bool(n % 3)} for n, name in enumerate(NAMES)]
        return {
            "topic": one, "readers": readers, "children": children, "likes": [],
            "writers": [{"name": "陈思远的妈妈", "comments": 1, "counts": True}],
        }  # fmt: skip


class CircleTeacherStub(CircleStub, TeacherStub):
    """The API of the class's head teacher, who is in a research circle, too."""

    staff = True

    def __init__(self) -> None:
        super().__init__()
        self.children = [
            {"id": f"child-{n}", "name": name, "agrees": n not in (3, 7)} for n, name in enumerate(NAMES)
        ]  # fmt: skip

    def circles(self) -> list[dict[str, Any]]:
        """The class's, and a research circle."""
        return [*super().circles(), circle(1, staff=True)]
