"""What kinds of resources, their libraries and rights are called, at a desk and in a package that leaves it."""

from __future__ import annotations

from domain.resources import LIBRARIES, Claim, Kind, Library, Tier

KIND_NAMES = {
    Kind.PLAN: "教学设计",
    Kind.SLIDES: "课件",
    Kind.GUIDE: "学案",
    Kind.MATERIAL: "素材",
    Kind.EXERCISE: "习题",
    Kind.PAPER: "试卷",
    Kind.VIDEO: "微课",
    Kind.RESEARCH: "教研成果",
}
LIBRARY_NAMES = {
    Library.PREPARATION: "备课库",
    Library.EXERCISES: "习题库",
    Library.LESSONS: "课程库",
    Library.RESEARCH: "教研库",
}
CLAIM_NAMES = {
    Claim.OWN: "本人原创",
    Claim.SCHOOL: "本校集体创作",
    Claim.LICENSED: "已取得授权",
    Claim.OPEN: "开放许可（如 CC 协议）",
}
TIER_NAMES = {Tier.SCHOOL: "学校", Tier.DISTRICT: "区县", Tier.CITY: "市级"}


def library_name(kind: Kind) -> str:
    """备课库."""
    return next(LIBRARY_NAMES[one] for one, kinds in LIBRARIES.items() if kind in kinds)
