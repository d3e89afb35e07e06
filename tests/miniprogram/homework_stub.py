"""Homework without a server: a family's evenings around today, and a class with an evening nearly full."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from playwright.async_api import Route

from domain.times import SCHOOL_ZONE
from domain.uploads import PIECE_BYTES
from tests.handlers.conftest import photograph
from tests.miniprogram.stub import CHILDREN, NOW, Stub

TODAY = NOW.astimezone(SCHOOL_ZONE).date()
SUBJECTS = {"chinese": "语文", "maths": "数学", "english": "英语", "pe": "体育与健康"}
TASKS = (
    ("maths", 25, True, "pictures", "练习册第 42 到 43 页，做完自己检查一遍，错的题用红笔订正。"),
    ("chinese", 20, True, "text", "把《荷花》读三遍，抄写第二自然段，写一写你见过的花。"),
    ("pe", 10, False, "tick", "跳绳三组，每组一分钟。"),
    ("english", 10, False, "voice", "跟读第五单元课文，录一遍。"),
)  # fmt: skip


def subject(code: str) -> dict[str, str]:
    """A subject."""
    return {"code": code, "name": SUBJECTS[code]}


def item(number: int) -> dict[str, Any]:
    """Homework number N as a line of an evening."""
    code, minutes, written, hand_in, text = TASKS[number]
    return {
        "id": f"homework-{number}", "subject": subject(code), "summary": text[:60], "minutes": minutes,
        "written": written, "hand_in": hand_in,
        "due_at": (NOW + timedelta(hours=14)).isoformat() if number < 2 else None,
        "author": "陈王林赵"[number], "corrected": number == 1,
    }  # fmt: skip


def homework(number: int) -> dict[str, Any]:
    """Homework number N as a family opens it."""
    code, minutes, written, hand_in, text = TASKS[number]
    line = item(number)
    return {
        "id": line["id"], "state": "published", "subject": subject(code), "text": text,
        "attachments": [{"file_id": "f1", "kind": "document", "name": "练习册第 42 页.pdf", "size_bytes": 184_113,
                         "width": None, "height": None, "seconds": None}] if number == 0 else [],
        "links": [{"title": "荷花朗读", "url": "https://www.zxx.edu.cn/lotus"}] if number == 1 else [],
        "minutes": minutes, "written": written,
        "day": str(TODAY), "due_at": line["due_at"], "hand_in": hand_in, "author": line["author"],
        "published_at": (NOW - timedelta(hours=2)).isoformat(), "corrected": line["corrected"],
        "children": [{"id": CHILDREN[0]["id"], "name": CHILDREN[0]["name"], "took": None}],
    }  # fmt: skip


def attachment(file_id: str, kind: str, name: str) -> dict[str, Any]:
    """A file of something."""
    shape = {"width": 800, "height": 600} if kind == "picture" else {"width": None, "height": None}
    return {
        "file_id": file_id, "kind": kind, "name": name, "size_bytes": 184_113, **shape,
        "seconds": 12 if kind == "audio" else None,
    }  # fmt: skip


def version(text: str, files: list[dict[str, Any]], number: int = 1) -> dict[str, Any]:
    """What was handed in once."""
    at = (NOW - timedelta(minutes=50 - 20 * number)).isoformat()
    return {
        "number": number, "text": text, "files": files, "relation": "妈妈", "handed_in_at": at, "late": False,
    }  # fmt: skip


def mark(number: int = 1, **changes: Any) -> dict[str, Any]:
    """What the teacher said to a version."""
    return {
        "version": number, "teacher": "陈", "marked_at": (NOW - timedelta(minutes=20)).isoformat(), "returned": False,
        "comment": "写得很整齐，第 3 题再想一想。", "voice": None, "stamp": "careful", "level": None, "points": None,
        "points_of": None, "drawings": [], **changes,
    }  # fmt: skip


def submission(
    versions: list[dict[str, Any]], *marks: dict[str, Any], state: str = "handed_in"
) -> dict[str, Any]:
    """Everything handed in by a child."""
    return {
        "state": state, "versions": versions, "marks": list(marks), "praised": False, "may_hand_in": state != "marked",
    }  # fmt: skip


def mistake(number: int) -> dict[str, Any]:
    """An entry of the mistakes book, to be tried again today."""
    day = TODAY - timedelta(days=3 * number + 1)
    return {
        "id": f"mistake-{number}", "subject": "maths", "note": "第 3 题：单位没有换算。" if number else "",
        "knowledge": "单位换算" if number else "", "cause": "careless" if number else "unknown",
        "file_id": None if number else "file-1", "teacher": "",
        "entered": str(day), "due": str(TODAY),
        "reviews": [{"day": str(TODAY - timedelta(days=2)), "right": True}] if number else [],
        "practice": [{"title": "单位换算练一练", "address": "https://www.zxx.edu.cn/units"}] if number else [],
    }  # fmt: skip


def figures(homework: int, handed_in: int) -> dict[str, int]:
    """What became of so many homeworks; nothing is to be handed in of what nobody hands in."""
    held = min(homework, handed_in)
    return {
        "homework": homework, "minutes": 20 * homework, "to_hand_in": homework if held else 0, "handed_in": held,
        "on_time": max(0, held - 2), "returned": held // 8, "marked": max(0, held - 1),
    }  # fmt: skip


class FamilyStub(Stub):
    """The API of a parent of two: the older one has homework, the younger one is in grade 1."""

    def __init__(self) -> None:
        super().__init__(notices=6)
        self.tonight = [
            {"child_id": child["id"], "count": n, "minutes": minutes, "day": str(TODAY)}
            for child, n, minutes in ((CHILDREN[0], 3, 55), (CHILDREN[1], 1, 10))
        ]
        self.took: list[int | None] = []
        self.works: dict[str, dict[str, Any] | None] = {"homework-0": None, "homework-2": None}
        self.handed_in: list[dict[str, Any]] = []
        self.mistakes = [mistake(0), mistake(1)]
        self.entered: list[dict[str, Any]] = []
        self.changed: list[tuple[str, dict[str, Any] | None]] = []
        self.tried: list[tuple[str, bool]] = []
        self.taken_back: set[str] = set()
        self.uploads: dict[str, set[int]] = {}  # the offsets of each that are there
        self.pieces: list[tuple[str, int]] = []
        self.key = ""
        self.drops_after: int | None = None  # so many pieces, and the line is gone

    async def handle(self, route: Route) -> None:
        """One request; a file is bytes."""
        is_file = route.request.method == "GET" and "/api/v1/files/" in route.request.url
        if is_file and not self.failing:
            await route.fulfill(content_type="image/jpeg", body=photograph())
        elif self.drops_after is not None and len(self.pieces) >= self.drops_after:
            await route.abort("connectionrefused")
        else:
            self.key = route.request.headers.get("idempotency-key", "")
            await super().handle(route)

    def answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """(status, data or error)."""
        match method, path.strip("/").split("/"):
            case "GET", ["homework"]:
                return 200, {"evenings": [] if self.empty else self._evenings(query)}
            case "GET", ["homework", homework_id]:
                known = {item(n)["id"]: homework(n) for n in range(len(TASKS))}
                found = known.get(homework_id)
                if found and homework_id in self.taken_back:
                    found["state"] = "withdrawn"
                return (200, found) if found else (404, self._error("not_found"))
            case "PUT", ["homework", _, "children", _, "took"]:
                self.took.append(json.loads(given)["minutes"])
                return 200, {"done": True}
            case "GET", ["homework", homework_id, "children", child_id]:
                return 200, self._work(homework_id, child_id)
            case "POST", ["homework", homework_id, "children", _]:
                return 201, self._take(homework_id, json.loads(given))
            case "GET", ["homework", _, "children", _, "praised"]:
                return 200, {"items": [] if self.empty else [self._praised(n) for n in range(2)]}
            case _, ["children", _, "mistakes" | "week", *_]:
                return self._answer_book(method, path, query, given)
            case "GET", ["children", _, "report"]:
                return 200, self._report()
            case _, ["uploads", *rest]:
                return self._upload(method, rest, query, given)
            case "POST", ["files"]:
                kind = "audio" if query["name"].endswith(".mp3") else "picture"
                return 201, attachment(f"file-{len(self.landed)}", kind, query["name"])
        return super().answer(method, path, query, given)

    def _answer_book(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        match method, path.strip("/").split("/"):
            case "GET", ["children", _, "mistakes"]:
                is_there = query.get("subject", "maths") == "maths" and not self.empty
                return 200, {"items": self.mistakes if is_there else [], "next_cursor": None}
            case "GET", ["children", _, "mistakes", mistake_id]:
                return 200, mistake(int(mistake_id[-1]))
            case "POST", ["children", _, "mistakes"]:
                self.entered.append(json.loads(given))
                return 201, mistake(1)
            case "PUT" | "DELETE", ["children", _, "mistakes", mistake_id]:
                self.changed.append((mistake_id, json.loads(given) if method == "PUT" else None))
                return 200, mistake(1) if method == "PUT" else {"done": True}
            case "POST", ["children", _, "mistakes", mistake_id, "tries"]:
                self.tried.append((mistake_id, json.loads(given)["right"]))
                self.mistakes = [one for one in self.mistakes if one["id"] != mistake_id]
                return 201, mistake(0)
            case "GET", ["children", _, "week"]:
                return 200, self._week(date.fromisoformat(query["day"]))
        return 404, self._error("not_found")

    def _work(self, homework_id: str, child_id: str) -> dict[str, Any]:
        found = homework(int(homework_id[-1]))
        submission = self.works.get(homework_id)
        left_out = ("id", "state", "author", "published_at", "corrected", "children")
        return {
            **{name: value for name, value in found.items() if name not in left_out},
            "homework_id": homework_id, "child_id": child_id, "submission": submission,
            "may_hand_in": submission is None or submission["may_hand_in"],
        }  # fmt: skip

    def _take(self, homework_id: str, said: dict[str, Any]) -> dict[str, Any]:
        self.handed_in.append(said)
        files = [
            attachment(name, "picture", f"{n + 1}.jpg") for n, name in enumerate(said["file_ids"])
        ]
        self.works[homework_id] = submission([version(said["text"], files)])
        return {"said": "交好了，辛苦了", "submission": self.works[homework_id]}

    @staticmethod
    def _praised(number: int) -> dict[str, Any]:
        files = [attachment(f"praised-{number}-{n}", "picture", f"{n}.jpg") for n in range(2)]
        return {
            "name": "小雨然然"[2 * number :][:2],
            "text": "我写了两遍。" * (number + 1),
            "files": files,
        }

    def _upload(
        self, method: str, rest: list[str], query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        if not rest:
            said = json.loads(given)
            rest = [f"{self.key}-{said['size_bytes']}"]
            self.uploads.setdefault(rest[0], set())
        held, size = self.uploads[rest[0]], int(rest[0].split("-")[-1])
        if rest[1:] == ["file"]:
            return 201, attachment(rest[0], "picture", "1.jpg")
        if rest[1:] == ["pieces"]:
            held.add(int(query["offset"]))
            self.pieces.append((rest[0], int(query["offset"])))
        missing = [offset for offset in range(0, size, PIECE_BYTES) if offset not in held]
        return (201 if method == "POST" else 200), {
            "id": rest[0], "size_bytes": size, "piece_bytes": PIECE_BYTES, "missing": missing,
            "offset": missing[0] if missing else size, "expires_at": (NOW + timedelta(days=1)).isoformat(),
            "file_id": None, "refused": None,
        }  # fmt: skip

    def _week(self, day: date) -> dict[str, Any]:
        monday = day - timedelta(days=day.weekday())
        names = (
            "homework",
            "minutes",
            "to_hand_in",
            "handed_in",
            "late",
            "to_correct",
            "marked",
            "mistakes",
        )
        now = monday + timedelta(days=7) > TODAY and not self.empty
        done = (
            dict(zip(names, (8, 215, 6, 5, 1, 1, 4, 3), strict=True))
            if now
            else dict.fromkeys(names, 0)
        )
        tried = {"tried": 5, "right": 4, "learned": 1, "due": 2}
        return {"monday": str(monday), **done, **(tried if now else dict.fromkeys(tried, 0))}

    def _report(self) -> dict[str, Any]:
        """Fourteen weeks of a term, one of them without school; or one that has only begun."""
        monday = TODAY - timedelta(days=TODAY.weekday())
        weeks = 1 if self.empty else 14
        first = monday - timedelta(days=7 * (weeks - 1))
        of_week = [figures(0 if self.empty or n == 4 else 6, 6 - n % 3) for n in range(weeks)]
        subjects = [] if self.empty else [("chinese", 27), ("maths", 30), ("pe", 0)]
        return {
            "term": "2026—2027学年第一学期", "first_on": str(first), "last_on": str(monday + timedelta(days=6)),
            "figures": figures(0 if self.empty else 78, 66),
            "subjects": [{"subject": subject(code), "figures": figures(30, n)} for code, n in subjects],
            "weeks": [
                {"monday": str(first + timedelta(days=7 * n)), "figures": one} for n, one in enumerate(of_week)
            ],
        }  # fmt: skip

    @staticmethod
    def _evenings(query: dict[str, str]) -> list[dict[str, Any]]:
        first = date.fromisoformat(query["day"])
        found = []
        for child, tasks, limits in (
            (CHILDREN[0], (0, 1, 2), {"written": 60, "total": 60}),
            (CHILDREN[1], (2,), {"written": 0, "total": None}),
        ):
            for n in range(int(query["days"])):
                day = first + timedelta(days=n)
                ahead = (day - TODAY).days
                chosen = tasks if ahead == 0 else tasks[: (ahead * ahead) % 3] if ahead < 2 else ()
                items = [item(number) for number in chosen]
                found.append({
                    "child_id": child["id"], "child_name": child["name"], "class_name": child["class_name"],
                    "day": str(day), "minutes": sum(one["minutes"] for one in items), "limits": limits, "items": items,
                })  # fmt: skip
        return found
