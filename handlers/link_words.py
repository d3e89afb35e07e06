"""The words of shelves and links; nothing is decided here."""

from __future__ import annotations

from domain.catalogue import Book, Dimension, Page
from domain.errors import InvalidError, Problem
from domain.schools import School
from domain.shelves import Audience, Health, Icon, ShelfLevel
from domain.stages import school_grades
from domain.subjects import subject_name

LEVELS = {
    ShelfLevel.CLASS: "班级",
    ShelfLevel.SCHOOL: "学校",
    ShelfLevel.DISTRICT: "区县",
    ShelfLevel.CITY: "市级",
    ShelfLevel.PROVINCE: "省级",
    ShelfLevel.NATIONAL: "国家平台",
}
AUDIENCES = {
    Audience.MANAGERS: "管理者",
    Audience.TEACHERS: "教师",
    Audience.FAMILIES: "学生和家长",
    Audience.PUBLIC: "社会公众",
}
PAGES = {Page.STUDENT: "课程学习", Page.TEACHER: "备课", Page.TEXTBOOK: "电子教材"}
ICONS = {
    Icon.LESSON: "课程",
    Icon.BOOK: "教材",
    Icon.EXERCISE: "练习",
    Icon.READING: "阅读",
    Icon.VIDEO: "视频",
    Icon.ART: "艺术",
    Icon.SPORT: "体育",
    Icon.FAMILY: "家庭教育",
    Icon.SCHOOL: "学校",
    Icon.TOOL: "工具",
}
# One sign each, drawn large: no picture has to be loaded on a weak line.
SIGNS = {
    Icon.LESSON: "课",
    Icon.BOOK: "书",
    Icon.EXERCISE: "练",
    Icon.READING: "读",
    Icon.VIDEO: "影",
    Icon.ART: "艺",
    Icon.SPORT: "体",
    Icon.FAMILY: "家",
    Icon.SCHOOL: "校",
    Icon.TOOL: "具",
}
HEALTH = {
    Health.UNKNOWN: "",
    Health.GOOD: "能打开",
    Health.SHAKY: "上次没有打开，会再试",
    Health.MOVED: "已经换了地址，不再展示，请改一下",
    Health.DEAD: "打不开了，不再展示，请改一下",
}

CHANGED = "刚刚在别处改过。您填的还在，请核对后再保存一次"
_PROBLEMS = {
    "missing": "这里要填",
    "link_refused": "网址要以 https:// 开头，而且是允许的网站",
    "control_characters": "里面有看不见的字符，请重新输入",
    "unknown": "请从列出的里面选",
    "form": "日期不对，请写成 2027-01-31 这样",
}


def problems(error: InvalidError) -> dict[str, str]:
    """Field → what is wrong with it."""
    return {field: _problem(problem) for field, problem in error.fields.items()}


def _problem(problem: Problem) -> str:
    if problem.code == "too_long":
        return f"最多 {problem.limit} 个字"
    if problem.code == "too_many":
        return f"一个资源架最多 {problem.limit} 条，请先撤下一些"
    return _PROBLEMS[problem.code]


def book_subject(book: Book, local: tuple[tuple[str, str], ...] = ()) -> str:
    """语文."""
    return subject_name(book.subject, local) or book.name_of(Dimension.SUBJECT)


def book_note(book: Book) -> str:
    """统编版 上册 新教材."""
    parts = (Dimension.EDITION, Dimension.VOLUME, Dimension.RENEWAL)
    return " ".join(word for word in map(book.name_of, parts) if word)


def grades_of(school: School) -> tuple[int, ...]:
    """The grades of a school, where its stages are known."""
    return school_grades(school.stages, school.system)
