"""The words of local resources at a desk. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from domain.errors import ConflictError, InvalidError, Problem
from domain.packages import MOST_PACKED
from domain.resource_names import (
    CLAIM_NAMES,
    KIND_NAMES,
    LIBRARY_NAMES,
    TIER_NAMES,
    library_name,
)
from domain.resource_uses import LEAST_RATERS, Ratings
from domain.resources import (
    LIBRARIES,
    Content,
    Did,
    Kind,
    Resource,
    Stand,
    Step,
)
from domain.safety import Outcome
from domain.schools import School
from domain.stages import grade_name
from domain.subjects import subject_name
from handlers import phrases, resource_phrases

KINDS, CLAIMS, library_of = KIND_NAMES, CLAIM_NAMES, library_name
_STEPS = {
    Did.FILED: "提交",
    Did.REWORKED: "修改后再次提交",
    Did.ALLOWED: "通过，入{tier}资源库",
    Did.RETURNED: "{tier}退回修改",
    Did.PROMOTED: "{tier}向上推荐",
    Did.TAKEN_DOWN: "{tier}下架",
    Did.WITHDRAWN: "作者撤回",
}
_MISSING = {**resource_phrases.MISSING, "title": "请填标题", "reason": "请写明原因，会告诉作者"}
_PROBLEMS = {
    **resource_phrases.PROBLEMS,
    "unknown": "请从列出的里面选",
    "control_characters": "里面有看不见的字符，请重新输入",
    "not_found": "有文件不在了，请重新上传",
}
_CONFLICTS = {
    "conflict": "刚刚有变化，没有保存。请按现在的情况再看一看",
    "own": "自己的资源要请别的老师评审，也不能给自己评分",
    "waiting": "它正在等上一级评审，不用再推荐",
    **resource_phrases.ERRORS,
    "already_above": "上一级已经收下了这一版",
    "withdrawn": "作者已经撤回了这份资源",
    "too_many_versions": "改的次数太多了，请作为新的资源上传",
    "too_many_packed": f"一个资源包最多放 {MOST_PACKED} 份，请少选一些",
    "files_gone": "有资源的文件刚刚被撤走了，请去掉它再打包",
    "not_used": "打开看过的老师才能评分",
}


def problems(error: InvalidError) -> dict[str, str]:
    """Field → what is wrong with it."""
    return {field: _problem(field, problem) for field, problem in error.fields.items()}


def _problem(field: str, problem: Problem) -> str:
    if problem.code == "missing":
        return _MISSING[field]
    if problem.code == "too_long":
        return f"最多 {problem.limit} 个字"
    if problem.code == "too_many":
        return f"最多 {problem.limit} 个文件"
    return _PROBLEMS[problem.code].format(limit=problem.limit)


def conflict(error: ConflictError) -> str:
    """Why an act did not count."""
    return _CONFLICTS.get(error.code) or phrases.error_message(error.code)


def twin_text(twin: Resource) -> str:
    """What is said of a file that is there already."""
    return f"已有同样的资源：《{twin.newest.content.title}》，没有再存一份"


def where_text(content: Content, school: School | None) -> str:
    """三年级 语文 统编版 上册 · 第三单元 第 2 课."""
    local = school.rules.local_subjects if school else ()
    book = (grade_name(content.grade), subject_name(content.subject, local))
    named = " ".join(filter(None, (*book, content.edition, content.volume)))
    return f"{named} · {content.chapter}"


def stand_text(resource: Resource) -> tuple[str, str]:
    """Where it stands, and the colour of its tag."""
    if resource.waiting is not None:
        return f"等{TIER_NAMES[resource.waiting.rung.tier]}评审", "new"
    if resource.stand is Stand.SHELVED:
        return f"在{TIER_NAMES[resource.shelves[-1].rung.tier]}资源库", "good"
    return {
        Stand.RETURNED: ("退回修改", "warn"),
        Stand.DOWN: ("已下架", "bad"),
        Stand.WITHDRAWN: ("已撤回", ""),
    }[resource.stand]


def step_text(step: Step, names: Mapping[str, str]) -> str:
    """烟台市芝罘区退回修改."""
    place = names.get(step.rung.place_id, TIER_NAMES[step.rung.tier]) if step.rung else ""
    return _STEPS[step.did].format(tier=place)


def held_text(resource: Resource) -> str:
    """What the check of words says of the newest version; empty where it has nothing against it."""
    if resource.newest.outcome is Outcome.PASS:
        return ""
    if resource.newest.outcome is Outcome.REFUSE:
        return "文字没有通过内容审核，请改一改再提交"
    return "文字里有需要人工看一看的词，等内容审核通过"


def rating_text(ratings: Ratings | None) -> str:
    """4.5 分（12 人评分，30 人用过）."""
    if ratings is None or not ratings.used:
        return "还没有老师用过"
    if ratings.average is None:
        few = f"评分满 {LEAST_RATERS} 人才显示"
        return f"{ratings.used} 人用过，{few}" if ratings.rated else f"{ratings.used} 人用过"
    return f"{ratings.average} 分（{ratings.rated} 人评分，{ratings.used} 人用过）"


def late_text(resource: Resource, now: datetime) -> str:
    """已超时 3 天, or 还有 2 天; empty for what waits for nothing."""
    if resource.waiting is None:
        return ""
    seconds = (resource.waiting.due_at - now).total_seconds()
    if seconds < 0:
        return f"已超时 {int(-seconds // 86400) + 1} 天"
    return f"还有 {int(seconds // 86400) + 1} 天"


def kinds_by_library() -> Iterable[tuple[str, tuple[Kind, ...]]]:
    """For a select with groups."""
    return [(LIBRARY_NAMES[one], kinds) for one, kinds in LIBRARIES.items()]
