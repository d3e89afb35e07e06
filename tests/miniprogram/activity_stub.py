"""Activities and leave without a server: what a family is asked, what came in for a teacher, leave on both sides."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from domain.times import SCHOOL_ZONE
from tests.miniprogram.stub import CHILDREN, NOW, Stub

TODAY = NOW.astimezone(SCHOOL_ZONE).date()
CLOSES = (NOW + timedelta(days=2)).isoformat()
NO_SEAT = {"standing": "none", "option_id": "", "place_in_line": 0}
SLOTS = ("18:00", "18:10", "18:20", "18:30")
NAMES = ("李小明", "王子涵", "陈思远", "赵一诺", "孙浩然")


def question(number: int, kind: str, text: str, **changes: Any) -> dict[str, Any]:
    """A question."""
    return {
        "id": f"q{number}", "kind": kind, "text": text, "required": True, "options": [], "most": 0, **changes,
    }  # fmt: skip


def option(number: int, text: str, seats: int = 0, left: int | None = None) -> dict[str, Any]:
    """What can be chosen."""
    return {"id": f"o{number}", "text": text, "seats": seats, "left": left}


def slots(*left: int) -> dict[str, Any]:
    """A parents' evening, so many of whose slots are left."""
    options = [
        option(n, text, 1, free) for n, (text, free) in enumerate(zip(SLOTS, left, strict=True))
    ]
    return question(0, "choice", "哪个时段方便？", options=options)


EVERY = [
    question(0, "choice", "去不去？", options=[option(0, "去"), option(1, "不去")]),
    question(1, "several", "带什么？", most=2, options=[option(n, t) for n, t in enumerate(("水果", "饮料", "垫子"))]),
    question(2, "ranked", "想去哪儿？", options=[option(n, t) for n, t in enumerate(("植物园", "博物馆", "海边"))]),
    question(3, "number", "几位家长一起去？"),
    question(4, "date", "哪天方便？", required=False),
    question(5, "text", "有什么想说的？", required=False),
    question(6, "file", "孩子的作品", required=False),
]  # fmt: skip


def subject(number: int, **changes: Any) -> dict[str, Any]:
    """A child for whom one answers."""
    child = CHILDREN[number]
    return {
        "child_id": child["id"], "child_name": child["name"], "class_name": child["class_name"], "may_answer": True,
        "answered": False, "relation": "", "answered_at": None, "seat": NO_SEAT, "values": [], **changes,
    }  # fmt: skip


def row(number: int, **changes: Any) -> dict[str, Any]:
    """An activity as a line of my list."""
    kind, title = (("booking", "家长会预约"), ("form", "秋游报名"), ("theme", "亲子阅读月"))[number]
    return {
        "id": f"activity-{number}", "kind": kind, "title": title, "author": "王", "child_id": "child-1",
        "child_name": "李小明", "class_name": "三年级二班", "closes_at": CLOSES, "open": True, "state": "published",
        "asks": number < 2, "answered": False, "seat": NO_SEAT, **changes,
    }  # fmt: skip


def leave(number: int, **changes: Any) -> dict[str, Any]:
    """A request for leave."""
    return {
        "id": f"leave-{number}", "child_id": "child-1", "child_name": NAMES[number], "class_name": "三年级二班",
        "relation": "妈妈", "kind": "sick", "first": str(TODAY), "first_half": "am",
        "last": str(TODAY + timedelta(days=1)), "last_half": "am", "reason": "夜里发烧了，去医院看看。", "files": [],
        "state": "waiting",
        "asked_at": NOW.isoformat(), "decided_by": "", "decided_at": None, "reply": "", "may_withdraw": False,
        "may_decide": False, "receipt": None, **changes,
    }  # fmt: skip


def line(number: int, came: str, **changes: Any) -> dict[str, Any]:
    """One child of the teacher's class."""
    says = came in ("answered", "waiting")
    values: list[dict[str, Any]] = [
        {"question_id": "q1", "option_ids": [], "text": "想聊聊数学", "number": None, "day": None, "files": []}
    ]  # fmt: skip
    return {
        "subject_id": f"child-{number}", "name": NAMES[number], "class_name": "三年级二班", "came": came,
        "relation": "妈妈" if says else "", "at": NOW.isoformat() if says else None,
        "option_id": f"o{number}" if says else "", "place_in_line": 1 if came == "waiting" else 0,
        "values": values if says else [], **changes,
    }  # fmt: skip


class ActivityStub(Stub):
    """The API of a parent of two who teaches, too."""

    def __init__(self) -> None:
        super().__init__(notices=6)
        self.subjects = [subject(0), subject(1)]
        self.questions = EVERY
        self.totals: list[dict[str, Any]] = []
        self.state, self.open, self.full = "published", True, False
        self.answers: list[dict[str, Any]] = []
        self.published: list[dict[str, Any]] = []
        self.lines = [line(0, "answered"), line(1, "answered"), line(2, "waiting"), line(3, "missing")]  # fmt: skip
        self.deadlines: list[str] = []
        self.changes: list[dict[str, Any]] = []
        self.leaves = [
            leave(0, state="approved", decided_by="王", reply="好好休息", may_withdraw=True),
            leave(0, id="leave-9", kind="personal", reason="回老家", state="refused", decided_by="王"),
        ]  # fmt: skip
        self.class_leaves = [leave(1, may_decide=True), leave(2, state="approved", decided_by="王")]
        self.decided: list[dict[str, Any]] = []

    def answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """(status, data or error)."""
        said = json.loads(given) if given and method == "POST" and given[:1] == b"{" else {}
        parts = path.strip("/").split("/")
        found = self._as_teacher if parts[0] == "teaching" else self._as_family
        return found(method, parts, said) or super().answer(method, path, query, given)

    def _as_family(
        self, method: str, parts: list[str], said: dict[str, Any]
    ) -> tuple[int, Any] | None:
        match method, parts:
            case "GET", ["activities"]:
                waiting = {"standing": "waiting", "option_id": "o0", "place_in_line": 2}
                rows = [row(0, seat=waiting, answered=True), row(1), row(2, open=False)]
                return 200, {"items": [] if self.empty else rows}
            case "GET", ["activities", activity_id]:
                return 200, self._activity(activity_id)
            case "POST", ["activities", _, "answers"]:
                self.answers.append(said)
                if self.full:
                    return 409, {
                        "code": "full",
                        "message": "这个名额刚刚满了，请换一个",
                        "fields": {},
                    }
                self.subjects[0] |= {
                    "answered": True, "relation": "妈妈", "answered_at": NOW.isoformat(),
                }  # fmt: skip
                return 201, {"said": "填好了，谢谢您", "subject": self.subjects[0]}
            case "POST", ["activities", _, "withdrawal"]:
                self.subjects[0] = subject(0)
                return 201, self.subjects[0]
            case "GET", ["leaves"]:
                return 200, {"items": [] if self.empty else self.leaves}
            case "POST", ["children", _, "leaves"]:
                made = {name: value for name, value in said.items() if name != "file_ids"}
                self.leaves.insert(0, leave(0, id="leave-new", may_withdraw=True, **made))
                return 201, self.leaves[0]
            case "POST", ["leaves", _, "withdrawal"]:
                self.leaves[0] |= {"state": "withdrawn", "may_withdraw": False}
                return 201, self.leaves[0]
        return None

    def _as_teacher(
        self, method: str, parts: list[str], said: dict[str, Any]
    ) -> tuple[int, Any] | None:
        match method, parts:
            case "GET", ["teaching", "activity-options"]:
                return 200, {
                    "classes": [{"id": "class-2", "name": "三年级二班"}, {"id": "class-3", "name": "三年级三班"}],
                    "staff": True,
                }  # fmt: skip
            case "GET", ["teaching", "activities"]:
                rows = [] if self.empty else [self._own_row()]
                return 200, {"items": rows, "next_cursor": None}
            case "POST", ["teaching", "activities"]:
                self.published.append(said)
                return 201, self._own_row()
            case "GET", ["teaching", "activities", _]:
                return 200, self._own()
            case "POST", ["teaching", "activities", _, "deadline"]:
                self.deadlines.append(said["closes_at"])
                self.open = bool(said["closes_at"])
                return 201, self._own_row()
            case "POST", ["teaching", "activities", _, "change"]:
                self.changes.append(said)
                return 201, self._own_row()
            case "POST", ["teaching", "activities", _, "withdrawal"]:
                self.state, self.open = "withdrawn", False
                return 201, {"done": True}
            case "GET", ["teaching", "leaves"]:
                return 200, {"items": [] if self.empty else self.class_leaves}
            case "POST", ["teaching", "leaves", _, "decision"]:
                self.decided.append(said)
                state = "approved" if said["approve"] else "refused"
                self.class_leaves[0] |= {
                    "state": state, "may_decide": False, "decided_by": "王", "reply": said["reply"],
                }  # fmt: skip
                return 201, self.class_leaves[0]
        return None

    def _activity(self, activity_id: str) -> dict[str, Any]:
        gone = self.state == "withdrawn"
        return {
            "id": activity_id, "kind": "form", "title": "秋游报名", "author": "王", "school": "青禾小学",
            "body": "" if gone else "周五去植物园，早上八点在校门口集合，下午四点回来。", "closes_at": CLOSES,
            "open": self.open, "state": self.state, "waits": False, "published_at": NOW.isoformat(),
            "attachments": [], "questions": [] if gone else self.questions, "totals": self.totals,
            "subjects": self.subjects,
        }  # fmt: skip

    def _own_row(self) -> dict[str, Any]:
        return {
            "id": "activity-0", "kind": "booking", "title": "家长会预约", "staff": False, "class_ids": ["class-2"],
            "per": "child", "closes_at": CLOSES, "open": self.open, "state": self.state,
            "created_at": NOW.isoformat(), "questions": 2,
        }  # fmt: skip

    def _own(self) -> dict[str, Any]:
        held = [one["option_id"] for one in self.lines if one["came"] == "answered"]
        totals = [
            {"question_id": "q0", "option_id": f"o{n}", "count": held.count(f"o{n}"), "mean_place": None}
            for n in range(4)
        ]  # fmt: skip
        return {
            "activity": self._own_row(), "body": "每家十分钟。", "attachments": [],
            "questions": [
                slots(*(1 - held.count(f"o{n}") for n in range(4))),
                question(1, "text", "想聊什么？", required=False),
            ],
            "shows_totals": False, "waits": True, "version": 1 + len(self.changes),
            "answered": len(held), "waiting": 1, "totals": totals,
            "lines": self.lines,
        }  # fmt: skip
