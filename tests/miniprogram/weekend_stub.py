"""The virtual class without a server: a list of four steps, a study group, comments and questions."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from tests.miniprogram.homework_stub import TODAY, attachment, subject
from tests.miniprogram.stub import CHILDREN, NOW, Pictured
from tests.miniprogram.teacher_stub import CLASSES, NAMES, TeacherStub

STEPS = (
    "选一本想读的书，说说为什么选它",
    "读给家里人听一小段",
    "画一画你最喜欢的人物",
    "给书里的人写一封短信",
)
LIST = "list-1"


def at(hours: int) -> str:
    """So many hours ago."""
    return (NOW - timedelta(hours=hours)).isoformat()


def days(ahead: int = 0, count: int = 9) -> dict[str, str]:
    """A break, by when it begins."""
    first = TODAY + timedelta(days=ahead)
    return {"first_on": str(first), "last_on": str(first + timedelta(days=count - 1))}


def tasks(**changes: Any) -> dict[str, Any]:
    """The list as all of the class read it."""
    steps = [
        {"number": n, "text": text, "link": "https://www.zxx.edu.cn/reading" if n == 1 else "",
         "attachments": [attachment("f1", "document", "推荐书目.pdf")] if n == 1 else []}
        for n, text in enumerate(STEPS, start=1)
    ]  # fmt: skip
    return {
        "id": LIST, "class_id": "class-2", "subject": subject("chinese"), "author": "林", "title": "寒假阅读清单",
        "intro": "挑喜欢的读，读多少都好。", "steps": steps, **days(), "opens_at": at(3), "open": True,
        "withdrawn": False, **changes,
    }  # fmt: skip


def piece(number: int, step: int, text: str, *, pictures: int = 0) -> dict[str, Any]:
    """Something of another child's that is shared."""
    files = [attachment(f"p{number}{n}", "picture", "图片") for n in range(pictures)]
    return {"id": f"piece-{number}", "step": step, "text": text, "files": files, "at": at(2)}


def comment(number: int, to: str, name: str, text: str, **changes: Any) -> dict[str, Any]:
    """A word of a family."""
    return {
        "id": f"comment-{number}", "piece_id": to, "name": name, "mine": False, "text": text, "at": at(1),
        "state": "allowed", **changes,
    }  # fmt: skip


def question(number: int, text: str, **changes: Any) -> dict[str, Any]:
    """A question."""
    return {
        "id": f"question-{number}", "step": 0, "text": text, "at": at(2), "answer": "", "answered_by": "",
        "answered_at": None, "shown": False, **changes,
    }  # fmt: skip


ANSWERED = {"answer": "可以，听完讲给家里人听也很好。", "answered_by": "林", "answered_at": at(1)}


class WeekendStub(Pictured):
    """The API of a parent whose child has a list; `grouped`, `agrees`, `over` change what there is."""

    def __init__(self) -> None:
        super().__init__(notices=6)
        self.grouped, self.agrees, self.over = True, True, False
        self.done = [1]
        own = piece(1, 2, "读了《夏洛的网》第一章，弟弟听得很认真。", pictures=2)
        self.pieces: list[dict[str, Any]] = [own | {"relation": "妈妈", "shared": True}]
        self.sent: list[dict[str, Any]] = []
        self.comments = [
            comment(1, "piece-1", "乐乐", "读得真有感情！"),
            comment(2, "piece-2", "小禾", "画得太像了", mine=True, state="waiting"),
        ]

    def answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """(status, data or error)."""
        body = json.loads(given) if given[:1] == b"{" else {}
        match method, path.strip("/").split("/"):
            case "GET", ["tasklists"]:
                return 200, {"children": [] if self.empty else self._lists()}
            case "GET", ["tasklists", list_id, "children", _]:
                return (200, self._opened()) if list_id == LIST else (404, self._error("not_found"))
            case "PUT", ["tasklists", _, "children", _, "steps", number, "tick"]:
                self.done = sorted(
                    {*self.done, int(number)} - ({int(number)} if not body["done"] else set())
                )
                return 200, self._work()
            case "POST", ["tasklists", _, "children", _, "steps", number, "piece"]:
                self.sent.append(body)
                made = piece(9, int(number), body["words"], pictures=len(body["file_ids"]))
                self.pieces.append(made | {"relation": "妈妈", "shared": body["shared"]})
                return 201, self._work()
            case "DELETE", ["tasklists", _, "children", _, "steps", number, "piece"]:
                self.pieces = [one for one in self.pieces if one["step"] != int(number)]
                return 200, self._work()
            case "PUT", ["tasklists", _, "children", _, "group"]:
                self.grouped = body["group_id"] is not None
                return 200, {"done": True}
            case "POST", ["tasklists", _, "children", _, "comments"]:
                self.comments.append(
                    comment(7, body["piece_id"], "小禾", body["words"], mine=True, state="waiting")
                )
                return 201, {"id": "comment-7", "state": "waiting"}
            case "DELETE", ["tasklists", _, "children", _, "comments", comment_id]:
                self.comments = [one for one in self.comments if one["id"] != comment_id]
                return 200, {"done": True}
            case "POST", ["tasklists", _, "children", _, "questions"]:
                self.sent.append(body)
                return 201, question(8, body["words"])
            case "POST", ["files"]:
                return 201, attachment(f"file-{len(self.landed)}", "picture", query["name"])
        return super().answer(method, path, query, given)

    @staticmethod
    def _lists() -> list[dict[str, Any]]:
        row = {"subject": subject("chinese"), "author": "林", "steps": 4}
        first = {"id": LIST, "title": "寒假阅读清单", "open": True, **row, **days()}
        last = {"id": "list-0", "title": "元旦家务小帮手", "open": False, **row, **days(-30, 3)}
        other = {
            "id": LIST,
            "title": "观察小鸟",
            "open": True,
            **row,
            "subject": None,
            **days(0, 2),
        }
        return [
            {"child_id": CHILDREN[0]["id"], "name": CHILDREN[0]["name"], "items": [first, last]},
            {"child_id": CHILDREN[1]["id"], "name": CHILDREN[1]["name"], "items": [other]},
        ]

    def _work(self) -> dict[str, Any]:
        return {"done": self.done, "pieces": self.pieces}

    def _opened(self) -> dict[str, Any]:
        fellows = [
            {"name": "乐乐", "pieces": [piece(2, 3, "这是我画的小猪威尔伯。", pictures=1)]},
            {"name": "思思", "pieces": []},
        ]
        group = {
            "group_id": "g1", "name": "星星组", "hidden": 1, "fellows": fellows, "comments": self.comments,
        }  # fmt: skip
        shown = question(
            2, "没有这本书怎么办？", **ANSWERED | {"answer": "图书馆里有。", "shown": True}
        )
        offered = [
            {"id": "g1", "name": "星星组", "members": 3, "full": False},
            {"id": "g2", "name": "云朵组", "members": 8, "full": True},
        ]
        return {
            "tasks": tasks(open=not self.over), "child_id": CHILDREN[0]["id"], "may_act": not self.over,
            "agrees": self.agrees, "work": self._work(), "group": group if self.grouped else None,
            "open_groups": offered, "questions": [question(1, "可以听书吗？", **ANSWERED)],
            "answers": [shown],
        }  # fmt: skip


class WeekendTeacherStub(Pictured, TeacherStub):
    """The API of a head teacher whose class has a list."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[dict[str, Any]] = []
        self.arranged: list[dict[str, Any]] = []
        self.acted: list[tuple[str, Any]] = []
        self.school_day = False

    def answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """(status, data or error)."""
        body = json.loads(given) if given[:1] == b"{" else {}
        match method, path.strip("/").split("/"):
            case "GET", ["teaching", "tasklist-options"]:
                classes = [
                    {"id": c["id"], "name": c["name"], "general": True,
                     "subjects": [subject("chinese"), subject("maths"), subject("english")]}
                    for c in CLASSES
                ]  # fmt: skip
                return 200, {"classes": classes, "breaks": [days(1, 2), days(8, 2), days(20, 24)]}
            case "GET", ["teaching", "tasklists"]:
                return 200, {"items": [] if self.empty else self._rows(), "next_cursor": None}
            case "POST", ["teaching", "tasklists"]:
                if self.school_day:
                    said = {"last_on": "中间有要上学的日子。请分成两份清单"}
                    return 422, {**self._error("invalid"), "fields": said}
                self.opened.append(body)
                return 201, tasks(open=False)
            case "GET", ["teaching", "tasklists", list_id]:
                return (200, self._desk()) if list_id == LIST else (404, self._error("not_found"))
            case "GET", ["teaching", "tasklists", _, "children", child_id]:
                shown = piece(1, 2, "读了《夏洛的网》第一章。", pictures=2)
                return 200, {
                    "child_id": child_id, "name": NAMES[0], "done": [1, 2],
                    "pieces": [shown | {"relation": "妈妈", "shared": True}],
                }  # fmt: skip
            case "PUT", ["teaching", "tasklists", _, "groups"]:
                self.arranged.append(body)
                return 200, {"version": 2, "groups": [g | {"id": "g1"} for g in body["groups"]]}
            case "PUT", ["teaching", "tasklists", _, *what]:
                self.acted.append(("/".join(what), body))
                return 200, {"done": True}
            case "POST", ["teaching", "tasklists", _, "withdrawal"]:
                self.acted.append(("withdrawal", None))
                return 201, {"done": True}
        return super().answer(method, path, query, given)

    @staticmethod
    def _rows() -> list[dict[str, Any]]:
        row = {"subject": subject("chinese"), "author": "林", "mine": False, "withdrawn": False}
        return [
            row | {"id": LIST, "title": "寒假阅读清单", "open": True, "waiting": 3, **days()},
            row | {"id": "list-2", "title": "春游前的观察", "subject": None, "author": "王", "mine": True,
                   "open": False, "waiting": 0, **days(9, 2)},
            row | {"id": "list-3", "title": "元旦家务小帮手", "open": False, "waiting": 0, **days(-30, 3)},
        ]  # fmt: skip

    @staticmethod
    def _desk() -> dict[str, Any]:
        pupils = [
            {"child_id": f"child-{n}", "name": name, "number": n, "done": [1, 2, 3][: n % 4],
             "pieces": [2] if n % 3 == 1 else [], "shared": [2] if n == 1 else []}
            for n, name in enumerate(NAMES[:12], start=1)
        ]  # fmt: skip
        said = {
            "child_id": "child-2",
            "name": NAMES[1],
            "on_id": "child-1",
            "on": "乐乐",
            "at": at(1),
        }
        comments = [
            said
            | {"id": "c1", "step": 2, "text": "读得真有感情，我们也想读这本！", "state": "waiting"},
            said | {"id": "c2", "step": 2, "text": "插图好看。", "state": "allowed"},
            said | {"id": "c3", "step": None, "text": "哈哈", "state": "refused"},
        ]
        whose = {"child_id": "child-3", "name": NAMES[2], "relation": "妈妈"}
        questions = [
            question(1, "孩子认字不多，可以听书吗？") | whose,
            question(2, "没有这本书怎么办？", **ANSWERED, shown=True) | whose | {"step": 1},
        ]
        members = [f"child-{n}" for n in (1, 2, 3, 4)]
        groups = [{"id": "g1", "name": "星星组", "joinable": False, "child_ids": members}]
        return {
            "tasks": tasks(), "mine": True, "pupils": pupils, "groups": {"version": 1, "groups": groups},
            "comments": comments, "questions": questions,
        }  # fmt: skip
