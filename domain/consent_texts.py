"""What guardians are asked, word for word: the one place of every consent text, with its version and date.

Whoever changes a text raises its version: everybody is asked again, and what was decided before stays
with the version it was decided on. `tests/domain/test_consents.py` knows the texts by their hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Purpose(StrEnum):
    """What data are used for (用途). A value that was ever stored is never renamed."""

    SERVICE = "service"
    CLASS_PHOTOS = "class_photos"
    CLASS_WORK = "class_work"
    STATISTICS = "statistics"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One purpose as it is asked for.

    `per_child`: asked for each child; else once for the adult. `yes` and `no` are what each answer means.
    """

    version: int
    since: date
    title: str
    paragraphs: tuple[str, ...]
    yes: str
    no: str
    per_child: bool = True


# The one purpose without which there is no service; the others each have a yes and a no of their own.
BASIC = Purpose.SERVICE

TEXTS: Mapping[Purpose, ConsentText] = {
    Purpose.SERVICE: ConsentText(
        version=1,
        since=date(2026, 11, 22),
        title="接收自己孩子的家校通知",
        paragraphs=(
            "为了把老师的通知送给您，学校要用到：孩子的姓名和班级，您留给学校的手机号后四位，"
            "您和孩子的关系，以及微信给这个公众号的编号。",
            "通知送到、看过、确认和签名的时间会记下来，只给发通知的老师看。",
            "不用您的微信昵称、头像和位置，不做广告，不给学校以外的人。",
            "资料存在学校的服务器上，到期自动删除；查看、带走、删除都在“我的数据”里，有疑问请问学校。",
            "没有这些就送不了通知。您不愿意，可以随时解除绑定，再删除您的资料，学校会用别的办法联系您。",
        ),
        yes="同意",
        no="不同意",
    ),
    Purpose.CLASS_PHOTOS: ConsentText(
        version=1,
        since=date(2026, 11, 22),
        title="班级照片里可以有孩子",
        paragraphs=(
            "老师有时把活动照片发给本班家长，比如运动会、春游。",
            "同意以后，照片里可以有孩子；只给本班家长看。",
        ),
        yes="可以",
        no="不可以",
    ),
    Purpose.CLASS_WORK: ConsentText(
        version=1,
        since=date(2026, 11, 22),
        title="好作业可以给全班看",
        paragraphs=(
            "老师有时把写得好的作业给全班看，上面有孩子的名字。",
            "同意以后，孩子的好作业可以展示；只给本班看。",
        ),
        yes="可以",
        no="不可以",
    ),
    Purpose.STATISTICS: ConsentText(
        version=1,
        since=date(2026, 11, 22),
        title="帮我们改进：统计您怎么用",
        paragraphs=(
            "数一数哪些页面常用、哪一步容易卡住，好把它改得更顺手。",
            "只数次数，不看通知和孩子的内容，也不给别人。",
        ),
        yes="可以",
        no="不可以",
        per_child=False,
    ),
}
