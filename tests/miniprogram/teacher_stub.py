"""A teacher's answers without a server: a class of fifty with every state a receipt can have."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

from tests.miniprogram.stub import NOW, Stub, notice_row

CLASSES: list[dict[str, Any]] = [
    {"id": "class-2", "name": "三年级二班", "rights": ["people"]},
    {"id": "class-1", "name": "三年级一班", "rights": []},
]
STATES = ("confirmed", "read", "delivered", "refused", "unreachable", "never_bound")
NAMES = (
    "王小雨", "李明", "张子涵", "刘思远", "陈雨桐", "杨浩然", "赵欣怡", "黄俊杰",
    "周梓萱", "吴宇轩", "徐若曦", "孙天佑", "马晓燕", "朱一诺", "胡嘉琪", "林子墨",
)  # fmt: skip
# Of every seven children: how far their families got.
PATTERN = ("confirmed", "read", "confirmed", "delivered", "confirmed", "read", "unreachable")
ODD = {10: "refused", 17: "never_bound", 33: "never_bound", 40: "refused"}
MISSED = (
    (2, "unfollowed"), (5, "never_followed"), (7, "never_followed"), (9, None), (12, None), (14, None),
)  # fmt: skip
# What may be hung on something: of one class the books and the shelves, of the other a single one.
SHELVES: dict[str, list[dict[str, Any]]] = {
    "class-2": [
        {"title": title, "url": f"https://school.example.cn/l/abcde{n}", "subject": subject}
        for n, (title, subject) in enumerate([
            ("三年级 语文 统编版 上册", "chinese"),
            ("三年级 英语 外研社版（主编：陈琳）（三年级起点） 上册", "english"),
            ("三年级 数学 人教版 上册", "maths"), ("每日口算打卡", "maths"), ("校园数字图书馆", ""), ("阳光体育", "pe"),
            ("区里的名师课堂", ""),
        ], 2)
    ],
    "class-1": [{"title": "一班的相册", "url": "https://school.example.cn/l/abcdf2", "subject": ""}],
}  # fmt: skip
REASONS = {"refused": "unfollowed", "unreachable": "never_followed"}


def own_row(number: int, **changes: Any) -> dict[str, Any]:
    """Notice number N of the teacher's."""
    title, confirm = (
        ("秋季运动会安排", "tap"), ("家长会改到周三晚上", "sign"),
        ("明天带彩笔和剪刀", "none"), ("数学练习第五单元", "none"),
    )[number % 4]  # fmt: skip
    at = NOW - timedelta(hours=3 + 27 * number)
    return {
        "id": f"own-{number}", "title": title, "summary": "请各位家长看一看。", "classes": ["三年级二班"],
        "state": "published", "publish_at": at.isoformat(), "confirm": confirm,
        "deadline_at": None, "version": 1, "pictures": 0, "files": 0, **changes,
    }  # fmt: skip


def child(number: int) -> dict[str, Any]:
    """One child of the receipts; every third has a second guardian who has not read."""
    state = ODD.get(number, PATTERN[number % len(PATTERN)])
    name = NAMES[number % len(NAMES)] + (
        "" if number < len(NAMES) else "一二三四"[number // len(NAMES)]
    )
    first = {
        "person_id": f"person-{number}", "relation": "妈妈", "state": state,
        "reason": REASONS.get(state), "channel": "template",
        "at": (NOW - timedelta(minutes=7 * number + 3)).isoformat() if state in STATES[:2] else None,
        "waiting": False, "asked": True, "reminders": int(state == "delivered"), "signed": number == 2,
    }  # fmt: skip
    second = {
        **first, "person_id": f"second-{number}", "relation": "爸爸", "state": "delivered",
        "at": None, "signed": False, "reason": None,
    }  # fmt: skip
    guardians = [first, *([second] if number % 3 == 0 and state in STATES[:2] else [])]
    return {
        "id": f"child-{number}", "number": number + 1, "name": name, "state": state, "reason": None,
        "guardians": [] if state == "never_bound" else guardians,
    }  # fmt: skip


class TeacherStub(Stub):
    """The API of a head teacher of two classes."""

    def __init__(self) -> None:
        super().__init__(notices=0)
        self.is_parent = False
        self.own = [own_row(number) for number in range(4)]
        self.places = [
            {"id": "school-a", "name": "青禾小学", "called": "王老师", "roles": ["head_teacher"]}
        ]
        self.acting = "school-a"
        self.quiet = False
        self.office = False  # may say that something is urgent
        self.given: list[dict[str, Any]] = []
        self.refusal: dict[str, Any] | None = None
        self.refused_with = 422
        self.published: list[dict[str, Any]] = []
        self.waiting = 0

    def become_a_parent(self) -> None:
        """Be somebody's guardian too."""
        self.is_parent = True
        self.rows = [notice_row(number) for number in range(6)]

    def answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """(status, data or error)."""
        match method, path.strip("/").split("/"):
            case "GET", ["home"]:
                status, home = super().answer(method, path, query, given)
                teaching = {
                    "school_name": "青禾小学", "name": "王老师", "classes": CLASSES, "claims": 0, "leaves": 0,
                    "newest": self.own[:3],
                }  # fmt: skip
                found = {**home, "teaching": teaching, "places": self.places, "acting": self.acting}
                return status, found if self.is_parent else {
                    **found,
                    "children": [],
                    "notices": [],
                    "todo": [],
                }
            case "GET", ["teaching", "reviews"]:
                return 200, {"reviews": []}
            case "GET", ["teaching", "notices"]:
                return 200, self._page(self.own, query)
            case "GET", ["teaching", "notices", notice_id]:
                return self._own(notice_id)
            case "GET", ["teaching", "reached"]:
                return 200, {"items": [self._reached(one) for one in query["ids"].split(",")]}
            case "GET", ["teaching", "forecast"]:
                return 200, self._forecast(query.get("classes", ""))
            case "POST", ["files"]:
                return 201, {"file_id": f"file-{len(self.landed)}", "kind": "picture", "name": query["name"],
                             "size_bytes": len(given), "width": 40, "height": 30, "seconds": None}  # fmt: skip
            case "POST", ["notices"]:
                if self.refusal:
                    return self.refused_with, self.refusal
                return 201, self._publish(json.loads(given))
            case "POST", ["acting"]:
                self.acting = json.loads(given)["place_id"]
                return 200, {"done": True}
        return self._answer_receipts(method, path, query, given)

    def _answer_receipts(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        match method, path.strip("/").split("/"):
            case "GET", ["teaching", "attachable-links"]:
                shelf = SHELVES[query.get("class_id") or CLASSES[0]["id"]]
                return 200, {"links": shelf}
            case "GET", ["teaching", "notices", _, "links"]:
                return 200, {"links": self.given}
            case "GET", ["notices", notice_id, "receipts"]:
                return self._receipts(notice_id, query.get("class", ""))
            case "GET", ["notices", _, "receipts", _, _]:
                return 200, self._ledger()
            case "GET", ["notices", _, "reminders"]:
                later = (NOW + timedelta(hours=9)).isoformat() if self.quiet else None
                names = [c["name"] for c in map(child, range(50)) if c["state"] in STATES[1:5]]
                return 200, {
                    "number": 1, "guardians": len(names), "later_at": later,
                    "children": [{"name": name, "class_name": "三年级二班"} for name in names],
                }  # fmt: skip
        return super().answer(method, path, query, given)

    def _publish(self, said: dict[str, Any]) -> dict[str, Any]:
        self.published.append(said)
        self.own.insert(0, own_row(0, id="own-new", title=said["title"]))
        return self.own[0]

    def _own(self, notice_id: str) -> tuple[int, Any]:
        row = next((row for row in self.own if row["id"] == notice_id), None)
        if row is None:
            return 404, self._error("not_found")
        body = "本周五上午 8:30 在学校操场举行秋季运动会，请让孩子穿运动鞋、带水杯。"
        held = {"class_ids": ["class-2"], "attachments": [], "links": [], "withdrawn_at": None}
        return 200, {**row, **held, "body": body}

    @staticmethod
    def _reached(notice_id: str) -> dict[str, Any]:
        rows = [child(number) for number in range(50)]
        counts = Counter(row["state"] for row in rows)
        return {
            "id": notice_id, "children": 50, "reached": counts["confirmed"] + counts["read"],
            "states": {state: counts[state] for state in STATES}, "preparing": False,
        }  # fmt: skip

    def _forecast(self, classes: str) -> dict[str, Any]:
        chosen = [one["name"] for one in CLASSES if one["id"] in classes.split(",")]
        missed = [
            {"name": NAMES[n], "class_name": name, "reason": reason}
            for name in chosen
            for n, reason in MISSED
        ]  # fmt: skip
        quiet = (NOW + timedelta(hours=9)).isoformat() if self.quiet else None
        return {
            "children": 50 * len(chosen), "reached": 50 * len(chosen) - len(missed),
            "channels": [{"channel": "template", "children": 44}], "missed": missed, "quiet_until": quiet,
            "may_urge": self.office,
        }  # fmt: skip

    def _receipts(self, notice_id: str, class_id: str) -> tuple[int, Any]:
        row = next((row for row in self.own if row["id"] == notice_id), None)
        if row is None:
            return 404, self._error("not_found")
        rows = [child(number) for number in range(50)]
        reached = self._reached(notice_id)
        guardians = [g for one in rows for g in one["guardians"]]
        return 200, {
            "notice": row, "children": 50, "reached": reached["reached"], "states": reached["states"],
            "guardians": len(guardians), "read": sum(g["at"] is not None for g in guardians),
            "confirmed": sum(g["state"] == "confirmed" for g in guardians), "asked": len(guardians),
            "waiting": self.waiting, "preparing": False, "open": sum(g["state"] != "confirmed" for g in guardians),
            "reminders": 0, "most_reminders": 2, "reminder_due_at": None, "withdrawn_at": None,
            "nameless": {"guardians": 0, "read": 0, "confirmed": 0},
            "classes": [{"id": "class-2", "name": "三年级二班", "children": 50, "reached": reached["reached"]}],
            "class_id": class_id or "class-2", "rows": rows,
        }  # fmt: skip

    @staticmethod
    def _ledger() -> dict[str, Any]:
        one = child(2)
        attempts = [
            {"at": (NOW - timedelta(hours=3)).isoformat(), "purpose": "publish", "channel": "template",
             "code": 43101, "reason": "blocked"},
            {"at": (NOW - timedelta(hours=2)).isoformat(), "purpose": "remind-1", "channel": "service",
             "code": 0, "reason": None},
        ]  # fmt: skip
        guardian = one["guardians"][0]
        return {
            "child_name": one["name"], "guardian": guardian, "read_at": guardian["at"], "confirmed_at": guardian["at"],
            "attempts": attempts,
        }  # fmt: skip
