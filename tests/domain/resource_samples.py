"""A resource on its way: one valid one, and who decides about it."""

from __future__ import annotations

from typing import Any

from domain.files import FileKind
from domain.resource_steps import file_new
from domain.resources import By, Claim, Content, Kind, Part, Resource, Rung, Tier
from tests.domain.samples import NOW

AUTHOR = By("person-author", "周敏")
REVIEWERS = {
    Tier.SCHOOL: By("person-school", "陈静"),
    Tier.DISTRICT: By("person-district", "郑磊"),
    Tier.CITY: By("person-city", "于洋"),
}
LADDER = (
    Rung(Tier.SCHOOL, "school-a"),
    Rung(Tier.DISTRICT, "district-a"),
    Rung(Tier.CITY, "city-a"),
)
SCHOOL, DISTRICT, CITY = LADDER


def a_part(**changes: Any) -> Part:
    given: dict[str, Any] = {
        "file_id": "file-1",
        "kind": FileKind.DOCUMENT,
        "name": "教案.docx",
        "size_bytes": 1000,
        "sha256": "a" * 64,
    }
    return Part(**(given | changes))


def a_content(**changes: Any) -> Content:
    given: dict[str, Any] = {
        "kind": Kind.PLAN,
        "title": "分数的初步认识",
        "summary": "用折纸引入",
        "claim": Claim.OWN,
        "whence": "",
        "grade": 3,
        "subject": "maths",
        "chapter": "第八单元 第 1 课",
        "parts": (a_part(),),
    }
    return Content(**(given | changes))


def a_resource(**changes: Any) -> Resource:
    given: dict[str, Any] = {
        "resource_id": "resource-1",
        "school_id": "school-a",
        "author": AUTHOR,
        "content": a_content(),
        "at": NOW,
    }
    return file_new(**(given | changes))
