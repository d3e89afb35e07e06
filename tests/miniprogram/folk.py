"""People as the API would tell of them, for the screens about people: with everything, and with nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.consent_texts import TEXTS
from tests.miniprogram.stub import CHILDREN, NOW, Stub

CLASS = "class-1"


def at(**ago: float) -> str:
    """A moment from now."""
    return (NOW + timedelta(**ago)).isoformat()


def claim(number: int, **changes: Any) -> dict[str, Any]:
    """Another adult's request about the first child."""
    return {
        "id": f"claim-{number}", "mine": False, "child_id": "child-1", "child_name": "李小明",
        "class_name": "三年级二班", "phone_last4": "4321", "doubt": "second", "state": "waiting",
        "side": "family", "family": True, "gone": False, "refused_by": None, "asked_at": at(hours=-3),
        "school_from": at(hours=21), "expires_at": at(days=7), "may_decide": True, "may_withdraw": False,
        "may_appeal": False, **changes,
    }  # fmt: skip


MINE: dict[str, Any] = {
    "mine": True, "child_id": None, "child_name": "王小溪", "class_name": "", "doubt": None, "may_decide": False,
}  # fmt: skip
WAITING = claim(3, **MINE, may_withdraw=True)
CLOSED = claim(
    4, **MINE | {"side": None}, family=False, state="refused", refused_by="family", may_appeal=True
)
REQUESTS = [claim(1), claim(2, phone_last4="8800", doubt="phone", side="school")]
THIRD = {
    **CHILDREN[0], "id": "child-3", "name": "欧阳若曦", "class_name": "五年级一班", "relation": "外婆",
    "custody": "read_only", "until": at(days=40), "guardians": ["", "爸爸", "妈妈"],
}  # fmt: skip


def guardian(number: int, **changes: Any) -> dict[str, Any]:
    """An adult bound to a child."""
    return {
        "person_id": f"person-{number}", "relation": "妈妈", "order": 1, "way": "list", "custody": "full",
        "bound_at": at(days=-60), "until": None, "following": True, **changes,
    }  # fmt: skip


NAMES = ["李小明", "王小溪", "欧阳若曦", "赵子涵", "古丽娜尔·买买提", "陈一"]
FAMILIES = [
    {
        "child_id": f"child-{n}", "number": n, "name": name, "bound": n not in (4, 6),
        "guardians": {
            1: [guardian(1), guardian(2, relation="爸爸", way="family", following=None)],
            2: [guardian(3, relation="外婆", way="school", custody="read_only", until=at(days=40))],
            3: [guardian(4, following=False), guardian(5, relation="老师试用", way="trial", until=at(hours=20))],
            5: [guardian(6, relation="")],
        }.get(n, []),
    }
    for n, name in enumerate(NAMES, 1)
]  # fmt: skip
BINDING = {
    "child_id": "child-1", "child_name": "李小明", "class_id": CLASS, "class_name": "三年级二班",
    "person_id": "person-1", "relation": "妈妈", "order": 1, "way": "list", "custody": "full",
    "bound_at": at(days=-60), "until": None,
}  # fmt: skip


def approval(number: int, **changes: Any) -> dict[str, Any]:
    """A request as the school sees it."""
    asked = {"id": "child-2", "name": "王小溪", "number": 2, "class_name": "三年级二班"}
    return {
        "id": f"claim-{number}", "child_name": "王小溪", "phone_last4": "4321", "doubt": "taken", "alarming": False,
        "parted": False, "appealed": False, "invited": False, "asked_at": at(days=-1, hours=-3),
        "school_from": at(hours=-3), "expires_at": at(days=6), "may_decide": True, "candidates": [asked], **changes,
    }  # fmt: skip


APPROVALS = [
    approval(1, doubt="phone", alarming=True, invited=True, parted=True, appealed=True),
    approval(2),
    approval(3, may_decide=False, school_from=at(hours=20)),
]
DETAIL = {
    "row": APPROVALS[0],
    "candidates": [
        {
            **APPROVALS[0]["candidates"][0],
            "lines": [
                {"relation": "妈妈", "fits": False, "quarantined": False},
                {"relation": "", "fits": True, "quarantined": True},
            ],
            "guardians": [guardian(1), guardian(2, relation="外婆", way="school", custody="read_only")],
            "parted_before": {"at": at(days=-90), "reason": "custody"},
        },
        {
            "id": "child-8", "name": "王小溪", "number": 18, "class_name": "三年级二班", "lines": [],
            "guardians": [], "parted_before": None,
        },
    ],
    "asked": ["妈妈"], "following": True, "other_children": [{"name": "陈一", "relation": "爸爸"}],
}  # fmt: skip


def consents(children: list[dict[str, Any]]) -> dict[str, Any]:
    """Answered, refused, and asked anew."""
    row = {"purpose": "", "decision": None, "decided_at": None, "asked": True}
    given = {"decision": "yes", "decided_at": at(days=-60), "asked": False}
    rows = [
        {**row, **given, "purpose": "service"},
        {**row, "purpose": "class_photos"},
        {**row, **given, "purpose": "class_work", "decision": "no"},
    ]
    return {
        "texts": [
            {
                "purpose": purpose, "version": text.version, "since": text.since.isoformat(), "title": text.title,
                "paragraphs": list(text.paragraphs), "yes": text.yes, "no": text.no,
            }
            for purpose, text in TEXTS.items()
        ],
        "children": [{"child_id": c["id"], "child_name": c["name"], "rows": rows} for c in children],
        "own": [{**row, **given, "purpose": "statistics", "asked": True}] if children else [],
        "unanswered": 0,
    }  # fmt: skip


def erasure(asked: dict[str, Any] | None = None, *, children: int = 2) -> dict[str, Any]:
    """My data, and whether they are about to go."""
    held = [{key: child[key] for key in ("id", "name", "class_name")} for child in CHILDREN]
    return {"children": held[:children], "has_role": False, "wait_days": 7, "erasure": asked}


def archives(*files: dict[str, Any]) -> dict[str, Any]:
    """The family file of the first child."""
    ready = {
        "id": "file-1", "requested_at": at(hours=-2), "expires_at": at(hours=22), "ready": True,
        "size_bytes": 3_400_000, "done": 5, "total": 5,
    }  # fmt: skip
    return {
        "child_id": "child-1", "child_name": "李小明", "left_today": 2,
        "items": [{**ready, **file} for file in files],
    }  # fmt: skip


def invitation(code: str | None = "K7M3Q2XP") -> dict[str, Any]:
    """A class's invitation, and who came."""
    held = (
        {"code": code, "text": f"{code[:4]}-{code[4:]}", "expires_at": at(days=150)}
        if code
        else None
    )
    return {
        "class_id": CLASS, "class_name": "三年级二班", "school_name": "青禾小学", "invitation": held,
        "opened": 41, "asked": 33, "bound": 29, "children": 46, "cards": 0, "mini": True,
    }  # fmt: skip


def home(stub: Stub, *, children: list[dict[str, Any]], classes: int) -> dict[str, Any]:
    """The first screen of somebody with so many children and classes."""
    _, found = stub.answer("GET", "/home", {}, b"")
    rights = ["people", "claims", "bindings", "invite"]
    taught = [
        {"id": f"class-{n}", "name": f"三年级{'一二三'[n]}班", "rights": rights}
        for n in range(1, classes + 1)
    ]
    teaching = {
        "school_name": "青禾小学",
        "name": "王",
        "classes": taught,
        "claims": 2,
        "leaves": 0,
        "newest": [],
    }
    return {
        **found,
        "children": children,
        "claims": REQUESTS,
        "teaching": teaching if taught else None,
        "unanswered": 1,
    }


def fill(stub: Stub) -> None:
    """A family and a class with everything there can be."""
    children = [*CHILDREN, THIRD]
    stub.said |= {
        "GET /home": home(stub, children=children, classes=2),
        "GET /children": {
            "children": children,
            "ended": [{"at": at(days=-5), "reason": "phone"}, {"at": at(days=-9), "reason": "wrong"}],
        },
        "GET /claims": {"items": [*REQUESTS, WAITING], "closed": [CLOSED]},
        "GET /consents": consents(children[:1]),
        "GET /me/erasure": erasure(),
        "GET /children/child-1/files": archives({}),
        f"GET /teaching/classes/{CLASS}/families": {
            "class_id": CLASS, "class_name": "三年级二班", "may_change": True, "items": FAMILIES,
        },
        "GET /teaching/bindings/child-1/person-1": BINDING,
        "GET /teaching/claims": {"items": APPROVALS},
        "GET /teaching/claims/claim-1": DETAIL,
        f"GET /teaching/classes/{CLASS}/invitation": invitation(),
    }  # fmt: skip


def strip(stub: Stub) -> None:
    """A family without a child, and a class without a pupil."""
    stub.empty = True
    stub.said |= {
        "GET /home": home(stub, children=[], classes=1),
        "GET /children": {"children": [], "ended": []},
        "GET /claims": {"items": [], "closed": []},
        "GET /consents": consents([]),
        "GET /me/erasure": erasure(children=0),
        "GET /children/child-1/files": archives(),
        f"GET /teaching/classes/{CLASS}/families": {
            "class_id": CLASS, "class_name": "三年级二班", "may_change": True, "items": [],
        },
        "GET /teaching/claims": {"items": []},
        f"GET /teaching/classes/{CLASS}/invitation": invitation(None),
    }  # fmt: skip
