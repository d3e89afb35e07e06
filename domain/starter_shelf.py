"""The nation's shelf as it ships: the entrances of the national platform, each seen at its own address.

List pages that nobody has confirmed (德育, 家庭教育, 体育 …) are not here: a level may put them up itself.
"""

from __future__ import annotations

from domain.catalogue import BASE
from domain.shelves import (
    ENTRY_CODE_LENGTH,
    Audience,
    Entry,
    Icon,
    ShelfLevel,
    place_key,
    short_code,
)

_ALL: tuple[Audience, ...] = ()
_PUPILS = (Audience.FAMILIES, Audience.PUBLIC)
_STAFF = (Audience.MANAGERS, Audience.TEACHERS)
# title, address, note, icon, for whom, whether it is one tap away
_ENTRIES: tuple[tuple[str, str, str, Icon, tuple[Audience, ...], bool], ...] = (
    ("国家中小学智慧教育平台", f"{BASE}/", "国家平台首页", Icon.SCHOOL, _ALL, True),
    ("课程教学", f"{BASE}/syncClassroom", "按教材章节自主学习", Icon.LESSON, _PUPILS, True),
    ("教师备课", f"{BASE}/syncClassroom/prepare", "课件、教学设计、作业", Icon.LESSON, _STAFF, True),
    ("电子教材", f"{BASE}/tchMaterial", "各版本教科书", Icon.BOOK, _ALL, True),
    ("课后服务", f"{BASE}/schoolService", "经典阅读、影视、科普", Icon.READING, _PUPILS, False),
    ("精品课", "https://jpk.basic.smartedu.cn/", "名师名校的课", Icon.VIDEO, _STAFF, False),
    ("语博书屋", "https://szyb.smartedu.cn/", "语言文字学习", Icon.READING, _ALL, False),
    ("智慧教育读书平台", "https://reading.smartedu.cn/", "读书", Icon.READING, _ALL, False),
    ("国家智慧教育公共服务平台", "https://www.smartedu.cn/", "各级各类教育的入口", Icon.TOOL, _ALL, False),
)  # fmt: skip


def starter_entries() -> tuple[Entry, ...]:
    """The entries, with codes that are the same on every installation."""
    return tuple(
        Entry(
            id=short_code(f"starter:{address}", ENTRY_CODE_LENGTH),
            level=ShelfLevel.NATIONAL,
            place=place_key(ShelfLevel.NATIONAL),
            title=title,
            address=address,
            note=note,
            icon=icon,
            audiences=audiences,
            order=number,
            one_tap=one_tap,
            made_of="starter",
        )
        for number, (title, address, note, icon, audiences, one_tap) in enumerate(_ENTRIES)
    )
