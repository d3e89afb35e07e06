"""A teacher's libraries and what they file themselves, for a server that answers at will."""

from __future__ import annotations

import json
from typing import Any

from playwright.async_api import Route

from domain.uploads import PIECE_BYTES
from tests.miniprogram.stub import NOW, ORIGIN
from tests.miniprogram.test_links_screens import KeeperStub
from tests.resourcing import a_document

MATHS = {"code": "maths", "name": "数学"}
TITLES = (
    ("分数的初步认识", "plan", "第八单元 第 1 课"),
    ("口算练习一百题：两位数乘一位数（不进位和进位混合），带答案", "exercise", "第四单元"),
    ("用折纸认识几分之一", "video", ""),
)


def row(number: int, *, used: int = 0, rated: int = 0) -> dict[str, Any]:
    """Resource number N of the list."""
    title, kind, chapter = TITLES[number]
    average = 4.5 if rated >= 3 else None
    return {
        "id": f"r{number}", "kind": kind, "title": title, "grade": 3, "subject": MATHS, "book": "人教版 上册",
        "chapter": chapter, "school": "青禾小学", "author": "周敏",
        "rating": {"used": used, "rated": rated, "average": average},
    }  # fmt: skip


def standing(stand: str, tier: str | None = None, **changes: str) -> dict[str, Any]:
    """How far one's own has come."""
    known = {"stand": stand, "tier": tier, "by": "", "reason": "", "words": "pass", "revision": 2}
    return {**known, **changes}


RETURNED = standing("returned", by="青禾小学", reason="请把学习单也放进来，并写明用几课时")
OWN = [
    {**row(number, **used), "created_at": NOW.isoformat(), "standing": stands}
    for number, used, stands in (
        (0, {}, standing("waiting", "school", words="hold")),
        (1, {}, RETURNED),
        (2, {"used": 12, "rated": 5}, standing("shelved", "district")),
    )
]
CLASSES = [{"id": "c1", "name": "三年级1班"}, {"id": "c2", "name": "三年级2班"}]
BOOKS = [{"id": "b1", "title": "三年级 数学 人教版（主编：卢江、杨刚） 上册"}]
CHOICES = {
    "grades": [1, 2, 3], "subjects": [MATHS], "file_bytes": 50 << 20, "film_bytes": 200 << 20,
    "film_endings": [".mp4", ".mov"],
}  # fmt: skip


CONTENT = {
    "kind": "plan", "title": TITLES[0][0], "summary": "用折纸引入，二十分钟。", "claim": "own", "whence": "",
    "grade": 3, "subject": "maths", "book_id": "b1", "chapter": TITLES[0][2], "open": False,
}  # fmt: skip


REVIEW = {
    "revision": 4, "due_at": "2020-01-01T00:00:00Z", "claim": "licensed", "whence": "市教研室，2026 年 9 月书面同意",
    "asked": "请把学习单也放进来，并写明用几课时", "words": "pass", "twins": [{"id": "r1", "title": TITLES[1][0]}],
    "place": "青禾小学", "above": "烟台市芝罘区",
}  # fmt: skip


class ResourcesStub(KeeperStub):
    """A school with a library."""

    gone = False
    twin = False  # whether a file is there already
    stuck = False
    mine: dict[str, Any] | None = None  # how one's own stands
    review: dict[str, Any] | None = None  # what this person decides about
    meanwhile = False  # whether somebody decides about one's own before the next version comes

    def __init__(self) -> None:
        super().__init__()
        self.size = 0
        self.missing: list[int] = []
        self.taught: dict[tuple[str, str], dict[str, str]] = {}
        self.opened = False
        self.stars = 0
        self.reworked: list[dict[str, Any]] = []
        self.finished_for: list[str] = []
        self.decided: list[dict[str, Any]] = []

    async def handle(self, route: Route) -> None:
        """One request; a file of a resource is bytes, and opening it is using it."""
        if "/teaching/resources/" in route.request.url and "/files/" in route.request.url:
            self.opened = True
            await route.fulfill(content_type="application/octet-stream", body=a_document())
        else:
            await super().handle(route)

    def answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """(status, data or error)."""
        match method, path.strip("/").split("/"):
            case "GET", ["search"]:
                hit: dict[str, Any] = {
                    "kind": "resource", "id": "r0", "title": TITLES[0][0], "note": TITLES[0][2], "icon": "lesson",
                    "subject": MATHS, "level": None, "url": f"{ORIGIN}/console/resources/r0", "pages": [],
                }  # fmt: skip
                return 200, {"hits": [hit], "total": 1, "next_cursor": None, "reading": False}
            case "GET", ["teaching", "resources"] if not self.gone:
                rows = [] if self.empty else [row(0, used=12, rated=5), row(1, used=2), row(2)]
                items = [
                    one
                    for one in rows
                    if query.get("kind") in (None, "", one["kind"])
                    and query.get("chapter") in (None, "", one["chapter"])
                ]
                both = query.get("grade") and query.get("subject")
                chapters = [chapter for _, _, chapter in TITLES if chapter] if both else []
                known = {
                    "subjects": [MATHS],
                    "grades": [1, 2, 3],
                    "files": True,
                    "waiting": None if self.review is None else 2,
                    "chapters": chapters,
                }
                return 200, {"items": items, "next_cursor": None, **known}
            case "PUT", ["teaching", "resources", _, "stars"]:
                self.stars = json.loads(given)["stars"]
                return 200, self.one()
            case "GET", ["teaching", "resources", _] if not self.gone:
                return 200, self.one()
            case (("PUT" | "DELETE"), ["teaching", "resources", _, "lessons", cls, day]):
                name = next(one["name"] for one in CLASSES if one["id"] == cls)
                if method == "PUT":
                    self.taught[cls, day] = {"class_id": cls, "class_name": name, "day": day}
                else:
                    del self.taught[cls, day]
                return 200, self.one()
            case "GET", ["teaching", "waiting-resources"] if not self.gone:
                late = {"due_at": "2020-01-01T00:00:00Z"}
                left = {"due_at": "2099-11-29T00:00:00Z"}
                items = [{**row(0), **late, "mine": False}, {**row(1), **left, "mine": True}]
                return 200, {"items": [] if self.empty else items}
            case "POST", ["teaching", "waiting-resources", _, "decision"]:
                return self.decide(json.loads(given))
            case _, ["teaching", "own-resources", *rest]:
                return self.filed(method, rest, query, given)
            case "GET", ["teaching", ("resources" | "waiting-resources"), *_]:
                return 404, self._error("not_found")
        return super().answer(method, path, query, given)

    def filed(
        self, method: str, rest: list[str], query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """What somebody has filed themselves."""
        match method, rest:
            case "GET", []:
                return 200, {"items": [] if self.empty else OWN}
            case "GET", ["form"]:
                books = BOOKS if query.get("grade") and query.get("subject") else []
                return 200, {**CHOICES, "books": books}
            case "POST", []:
                return 201, OWN[0]
            case _, ["files", *parts]:
                return self.upload(method, parts, query, given)
            case "GET", [_, "form"] if self.mine:
                return 200, {**CONTENT, "files": self.one()["files"], "standing": self.mine}
            case "POST", [_, "versions"] if self.mine:
                return self.rework(json.loads(given), self.mine)
            case "DELETE", [_] if self.mine:
                self.mine = standing("withdrawn")
                return 200, {**OWN[0], "standing": self.mine}
        return 404, self._error("not_found")

    def decide(self, said: dict[str, Any]) -> tuple[int, Any]:
        """A decision, unless somebody else has made one."""
        if self.stuck:
            return 503, self._error("files_away")
        self.review = None
        if self.meanwhile:
            return 409, self._error("not_waiting")
        self.decided.append(said)
        return 201, {"done": True}

    def rework(self, said: dict[str, Any], mine: dict[str, Any]) -> tuple[int, Any]:
        """Another version, unless something was decided about what it was written over."""
        if self.meanwhile:
            self.meanwhile = False
            self.mine = {**mine, "revision": mine["revision"] + 1}
            return 409, self._error("conflict")
        self.reworked.append(said)
        return 201, {**OWN[0], "standing": standing("waiting", "school")}

    def upload(
        self, method: str, rest: list[str], query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """A file on its way; from `stuck` on no answer comes that would end it."""
        if method == "POST" and not rest:
            self.size = json.loads(given)["size_bytes"]
            self.missing = list(range(0, self.size, PIECE_BYTES))
        elif method == "PUT":
            if self.stuck:
                return 503, self._error("files_away")
            self.missing.remove(int(query["offset"]))
        elif method == "POST":
            self.finished_for.append(query.get("of", ""))
            if self.twin:
                return 201, {"file": None, "twin": {"id": "r0", "title": TITLES[0][0]}}
            file = {
                "file_id": "f9",
                "kind": "document",
                "name": "教案.docx",
                "size_bytes": self.size,
            }
            return 201, {
                "file": {**file, "width": None, "height": None, "seconds": None},
                "twin": None,
            }
        state = {
            "id": "u1", "size_bytes": self.size, "piece_bytes": PIECE_BYTES, "offset": 0, "missing": self.missing,
            "expires_at": NOW.isoformat(), "file_id": None, "refused": None,
        }  # fmt: skip
        return (201 if method == "POST" else 200), state

    def one(self) -> dict[str, Any]:
        """The first, with its files."""
        files = [
            ("f1", "document", "教案.docx", 48_213, 0),
            ("f2", "video", "微课.mp4", 9_400_000, 372),
        ]
        names = ("file_id", "kind", "name", "size_bytes", "seconds")
        return {
            **row(0, used=12 + self.opened, rated=5),
            "summary": "用折纸引入，二十分钟；后面是一段微课。",
            "files": [dict(zip(names, one, strict=True)) for one in files],
            "mine": self.mine is not None,
            "used": self.opened,
            "stars": self.stars,
            "standing": self.mine,
            "lessons": {
                "classes": CLASSES,
                "first": "2026-10-24",
                "today": "2026-11-23",
                "said": list(self.taught.values()),
            },
            "review": self.review,
        }
