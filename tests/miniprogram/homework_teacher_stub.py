"""Homework for who teaches, without a server: an evening nearly full, a class of twelve that has handed in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from playwright.async_api import Route

from tests.handlers.conftest import photograph
from tests.miniprogram.homework_stub import TODAY, attachment, subject, submission, version
from tests.miniprogram.stub import NOW
from tests.miniprogram.teacher_stub import CLASSES, NAMES, TeacherStub

TEXT = "练习册第 42 到 43 页，做完自己检查一遍。"
LIMITS = {"written": 60, "total": 60}


def reserved(code: str, minutes: int, author: str, **changes: Any) -> dict[str, Any]:
    """What somebody has set already."""
    return {
        "subject": subject(code), "minutes": minutes, "written": True, "author": author, "mine": False, "pupils": None,
        "allowed": False, **changes,
    }  # fmt: skip


TAKEN = [reserved("chinese", 25, "林"), reserved("english", 15, "赵", pupils=18)]


def own(number: int, **changes: Any) -> dict[str, Any]:
    """Homework number N of the teacher's, as a line."""
    return {
        "id": f"own-{number}", "state": "published", "subject": subject("maths"), "class_ids": ["class-2"], "group": "",
        "summary": TEXT, "minutes": 20, "evening": str(TODAY - timedelta(days=number)),
        "publish_at": (NOW - timedelta(hours=3 + 24 * number)).isoformat(), **changes,
    }  # fmt: skip


class HomeworkTeacherStub(TeacherStub):
    """The API of a teacher of maths who is head teacher too."""

    def __init__(self) -> None:
        super().__init__()
        self.homework = [own(0), own(1), own(2, state="withdrawn")]
        self.tried: list[dict[str, Any]] = []
        self.asked_for: list[str] = []
        self.decided: list[dict[str, Any]] = []
        self.marks: list[tuple[str, dict[str, Any]]] = []
        self.shelf: list[dict[str, Any]] = []
        self.links: list[dict[str, str]] = []
        self.refuses: dict[str, Any] | None = None
        self.praised: list[tuple[str, bool]] = []
        self.mistakes: list[tuple[str, dict[str, Any]]] = []
        self.states: list[str | None] = ["marked", "returned"] + ["handed_in"] * 3 + [None] * 7

    async def handle(self, route: Route) -> None:
        """One request; a file is bytes."""
        if route.request.method == "GET" and "/api/v1/files/" in route.request.url:
            await route.fulfill(content_type="image/jpeg", body=photograph())
        else:
            await super().handle(route)

    def answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """(status, data or error)."""
        match method, path.strip("/").split("/"):
            case "GET", ["teaching", "homework-options"]:
                subjects = [subject("maths")]
                classes = [
                    {
                        "id": one["id"],
                        "name": one["name"],
                        "grade": 3,
                        "written": True,
                        "subjects": subjects,
                    }
                    for one in CLASSES
                ]
                return 200, {"classes": classes}
            case "GET", ["teaching", "classes", class_id, "evenings", day]:
                return 200, self._budget(class_id, day)
            case _, ["teaching", "classes", _, "practice", *_]:
                return self._answer_shelf(method, given)
            case "GET", ["teaching", "classes", _, "pupils"]:
                pupils = [{"id": f"child-{n}", "name": name} for n, name in enumerate(NAMES[:12])]
                return 200, {"pupils": pupils}
            case "GET", ["teaching", "calibration"]:
                return 200, {"answers": 42, "children": 12, "ratio": 1.3}
            case "GET", ["teaching", "overruns"]:
                return 200, {"overruns": [] if self.decided else [self._overrun()]}
            case "POST", ["teaching", "overruns", _, "decision"]:
                self.decided.append(json.loads(given))
                return 201, {"done": True}
            case "POST", ["files"]:
                kind = "audio" if query["name"].endswith(".mp3") else "picture"
                return 201, attachment("voice-1", kind, query["name"])
            case _, ["teaching", "homework", *rest]:
                return self._answer_homework(method, rest, query, given)
        return super().answer(method, path, query, given)

    def _answer_homework(
        self, method: str, rest: list[str], query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        match method, rest:
            case "GET", []:
                return 200, {"items": [] if self.empty else self.homework, "next_cursor": None}
            case "POST" | "PUT", [*_] if len(rest) < 2 and self.refuses:
                return 422, self.refuses
            case "POST" | "PUT", [*_] if len(rest) < 2:
                return (201 if method == "POST" else 200), self._try(json.loads(given))
            case "GET", [homework_id]:
                row = next((row for row in self.homework if row["id"] == homework_id), None)
                return (200, self._own(row)) if row else (404, self._error("not_found"))
            case "GET", [_, "links"]:
                return 200, {"links": self.given}
            case "GET", [_, "overruns"]:
                return 200, {"overruns": []}
            case "POST", [_, "overruns"]:
                self.asked_for.append(json.loads(given)["why"])
                return 201, {**self._own(own(9, state="unpublished")), "clashes": [self._clash(30)]}
            case "GET", [homework_id, "submissions"]:
                return 200, self._pile(homework_id, query["class_id"])
            case "POST", [_, "submissions"]:
                waiting = self.states.count("handed_in")
                self.states = ["marked" if s == "handed_in" else s for s in self.states]
                return 201, {"count": waiting}
            case _, [_, "submissions", _, *_]:
                return self._answer_marking(method, rest, given)
        return 404, self._error("not_found")

    def _answer_shelf(self, method: str, given: bytes) -> tuple[int, Any]:
        if method == "POST":
            said = json.loads(given)
            self.shelf.append({**said, "id": "practice-1", "subject": subject(said["subject"])})
            return 201, self.shelf[-1]
        if method == "DELETE":
            self.shelf.clear()
            return 200, {"done": True}
        return 200, {"items": self.shelf}

    def _answer_marking(self, method: str, rest: list[str], given: bytes) -> tuple[int, Any]:
        match method, rest:
            case "GET", [_, "submissions", child_id]:
                number = int(child_id.split("-")[1])
                return 200, {**self._submission(number), "may_praise": number == 2}
            case "PUT", [_, "submissions", child_id, "praise"]:
                self.praised.append((child_id, json.loads(given)["shown"]))
                return 200, {"done": True}
            case "POST", [_, "submissions", child_id, "mistakes"]:
                self.mistakes.append((child_id, json.loads(given)))
                return 201, {"done": True}
            case "POST", [_, "submissions", child_id]:
                number, said = int(child_id.split("-")[1]), json.loads(given)
                self.marks.append((child_id, said))
                self.states[number] = "returned" if said["returned"] else "marked"
                return 201, self._submission(number)
        return 404, self._error("not_found")

    @staticmethod
    def _budget(class_id: str, day: str) -> dict[str, Any]:
        name = next(one["name"] for one in CLASSES if one["id"] == class_id)
        items = TAKEN if day == str(TODAY) else []
        load = sum(one["minutes"] for one in items)
        return {
            "class_id": class_id, "class_name": name, "day": day, "limits": LIMITS,
            "load": {"written": load, "total": load}, "items": items,
        }  # fmt: skip

    @staticmethod
    def _clash(minutes: int) -> dict[str, Any]:
        over = {"written": 40 + minutes - 60, "total": 40 + minutes - 60}
        return {
            "class_id": "class-2", "class_name": "三年级二班", "day": str(TODAY), "limits": LIMITS, "excess": over,
            "items": TAKEN, "may_ask": True,
        }  # fmt: skip

    def _try(self, said: dict[str, Any]) -> dict[str, Any]:
        self.tried.append(said)
        fits = said["minutes"] <= 20 or said["day"] != str(TODAY)
        row = own(9, state="published" if fits else "unpublished", minutes=said["minutes"])
        self.homework = [row, *(one for one in self.homework if one["id"] != "own-9")]
        return {**self._own(row), "clashes": [] if fits else [self._clash(said["minutes"])]}

    def _own(self, row: dict[str, Any]) -> dict[str, Any]:  # type: ignore[override]
        kept = ("id", "state", "subject", "class_ids", "group", "minutes", "evening", "publish_at")
        return {
            **{name: row[name] for name in kept}, "attempts": 1, "student_ids": [], "text": TEXT, "attachments": [],
            "links": self.links, "written": True, "day": str(TODAY), "due_at": None, "hand_in": "pictures",
            "corrected": False, "clashes": [],
        }  # fmt: skip

    @staticmethod
    def _overrun() -> dict[str, Any]:
        return {
            "id": "overrun-1", "class_name": "三年级二班", "subject": subject("english"), "author": "赵", "minutes": 30,
            "evening": str(TODAY), "excess": {"written": 5, "total": 5}, "why": "明天有公开课，要先读熟。",
            "text": "朗读课文，抄写单词。", "asked_at": NOW.isoformat(),
            "expires_at": (NOW + timedelta(hours=9)).isoformat(),
            "budget": HomeworkTeacherStub._budget("class-2", str(TODAY)),
        }  # fmt: skip

    def _pile(self, homework_id: str, class_id: str) -> dict[str, Any]:
        rows = [
            {
                "child_id": f"child-{n}", "name": NAMES[n], "number": n + 1, "state": state,
                "versions": 2 if state == "marked" else int(state is not None), "pictures": 2 if state else 0,
                "late": n == 3, "handed_in_at": (NOW - timedelta(minutes=9 * n)).isoformat() if state else None,
                "stamp": "good" if state == "marked" else None, "praised": False,
            }
            for n, state in enumerate(self.states)
        ]  # fmt: skip
        return {
            "homework_id": homework_id, "class_id": class_id, "class_name": "三年级二班",
            "handed_in": sum(state is not None for state in self.states),
            "waiting": self.states.count("handed_in"), "returned": self.states.count("returned"), "items": rows,
        }  # fmt: skip

    def _submission(self, number: int) -> dict[str, Any]:
        pictures = [attachment(f"file-{number}-{n}", "picture", f"{n}.jpg") for n in range(2)]
        return submission(
            [version("第三题不太会。", pictures)], state=self.states[number] or "handed_in"
        )
