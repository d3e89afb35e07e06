"""A catalogue of the published form, large enough to search in, and shelves beside it; made by the test."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from domain.catalogue import Book
from domain.catalogue_tree import parse_tree
from domain.resources import Kind
from domain.search_resources import FiledResource
from domain.shelves import Audience, Entry, Icon, ShelfLevel, place_key
from domain.starter_shelf import starter_entries
from tests.domain.catalogue_samples import NEW, OLD

_DIMENSIONS = ("zxxxd", "zxxnj", "zxxxk", "zxxbb", "zxxcc", "zxxxjjc")
_NUMERALS = "零一二三四五六七八九"
_UPPER, _LOWER = "上册", "下册"
# stage | grades | subject | editions | volumes; a grade with * is split into new and old textbooks.
_SHELF = """
小学|1*,2,3*,4,5,6|语文|统编版|上册 下册
小学|1*,2,3*,4,5,6|数学|人教版 北师大版 苏教版 冀教版 青岛版 西南师大版|上册 下册
小学|3*,4,5,6|英语|人教版（PEP）（主编：吴欣） 人教版（精通）（主编：苗兴伟） 译林版三年级起点|上册 下册
小学|3*,4,5,6|英语|外研社版（主编：陈琳）|上册 下册
小学|1*,2,3,4,5,6|英语|人教版（一年级起点）（主编：吴欣）|上册 下册
小学|1*,2,3*,4,5,6|道德与法治|统编版|上册 下册
小学|1*,2,3*,4,5,6|科学|教科版 苏教版|上册 下册
小学|1*,2,3*,4,5,6|艺术·音乐|人音版（主编：吴斌） 人教版|上册 下册
小学|1*,2,3*,4,5,6|艺术·美术|人美版（主编：杨力） 苏少版|上册 下册
小学|3,4,5,6|语文·书法练习指导|粤教版 苏少版|上册 下册
初中|7*,8,9|语文|统编版|上册 下册
初中|7*,8,9|数学|人教版 北师大版 苏科版 华东师大版|上册 下册
初中|7*,8|英语|人教版 外研社版（主编：陈琳）|上册 下册
初中|9|英语|人教版|全一册
初中|7*,8,9|道德与法治|统编版|上册 下册
初中|7*,8,9|历史|统编版|上册 下册
初中|7*,8|地理|人教版 湘教版|上册 下册
初中|7*,8|生物学|人教版 北师大版|上册 下册
初中|8|物理|人教版 苏科版|上册 下册
初中|9|物理|人教版|全一册
初中|9|化学|人教版|上册 下册
初中（五•四学制）|6,7,8,9|数学|沪教版|上册 下册
"""
_SENIOR = {
    "语文|统编版": "必修 上册,必修 下册,选择性必修 上册,选择性必修 中册,选择性必修 下册",
    "数学|人教A版": "必修 第一册,必修 第二册,选择性必修 第一册,选择性必修 第二册,选择性必修 第三册",
    "数学|北师大版": "必修 第一册,必修 第二册,选择性必修 第一册,选择性必修 第二册",
    "英语|人教版": "必修 第一册,必修 第二册,必修 第三册,选择性必修 第一册",
    "物理|人教版": "必修 第一册,必修 第二册,必修 第三册,选择性必修 第一册",
    "生物学|人教版": "必修1 分子与细胞,必修2 遗传与进化,选择性必修1 稳态与调节,选择性必修2 生物与环境",
    "历史|统编版": "必修 中外历史纲要（上）,必修 中外历史纲要（下）,选择性必修1 国家制度与社会治理",
    "思想政治|统编版": "必修1 中国特色社会主义,必修2 经济与社会,选择性必修2 法律与生活",
}


def _ways(more: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for line in (*_SHELF.strip().splitlines(), *more):
        stage, grades, subject, editions, volumes = line.split("|")
        for grade in grades.split(","):
            name = f"{_NUMERALS[int(grade[0])]}年级"
            for edition in editions.split():
                for volume in volumes.split():
                    way = (stage, name, subject, edition, volume)
                    yield from [(*way, "新"), (*way, "旧")] if grade.endswith("*") else [way]
    for key, volumes in _SENIOR.items():
        subject, edition = key.split("|")
        for volume in volumes.split(","):
            yield ("高中", "", subject, edition, volume)


def published_tree(more: Sequence[str] = ()) -> bytes:
    """It, as the platform publishes its own; with `more` lines of the same form."""
    root: dict[str, Any] = {"hierarchies": []}
    for way in _ways(more):
        here = root
        for dimension, name in zip(_DIMENSIONS, way, strict=False):
            if name:
                here = _below(here, dimension, name)
    return json.dumps(root, ensure_ascii=False).encode()


def _below(here: dict[str, Any], dimension: str, name: str) -> dict[str, Any]:
    here["hierarchies"] = here["hierarchies"] or [{"hierarchy_name": dimension, "children": []}]
    children: list[dict[str, Any]] = here["hierarchies"][0]["children"]
    if dimension == "zxxxjjc":
        made = {**(NEW if name == "新" else OLD), "hierarchies": []}
    else:
        tag = hashlib.sha256(f"{dimension}{name}".encode()).hexdigest()[:20]
        made = {"tag_id": tag, "tag_name": name, "tag_dimension_id": dimension, "hierarchies": []}
    for child in children:
        if child["tag_id"] == made["tag_id"]:
            return child
    children.append(made)
    return made


@cache
def searchable_books() -> tuple[Book, ...]:
    """Its books."""
    return parse_tree(published_tree())


_ENTRIES = (
    ("校园数字图书馆", "借书、续借、电子书", ShelfLevel.SCHOOL, "", ()),
    ("每日口算打卡", "三、四年级，每天五分钟", ShelfLevel.CLASS, "maths", (3, 4)),
    ("单词听写录音", "每周五更新", ShelfLevel.CLASS, "english", (3,)),
    ("阳光体育", "", ShelfLevel.DISTRICT, "sport", ()),
    ("名师课堂", "区里老师录的课", ShelfLevel.DISTRICT, "", ()),
    ("心理援助热线", "24 小时", ShelfLevel.CITY, "wellbeing", ()),
    ("市少年科技馆预约", "周三闭馆", ShelfLevel.CITY, "science", ()),
    ("校车时刻表", "", ShelfLevel.SCHOOL, "", ()),
    ("古诗词诵读", "小学生必背古诗", ShelfLevel.SCHOOL, "chinese", ()),
    ("食堂菜谱", "", ShelfLevel.SCHOOL, "", ()),
)


def searchable_entries() -> list[Entry]:
    """What ships with the program, and what some levels have put up; those that families see."""
    own = [
        Entry(
            id=f"own{n:03d}",
            level=level,
            place=place_key(level, "place"),
            title=title,
            address="https://basic.smartedu.cn/",
            note=note,
            icon=Icon.LESSON,
            subject=subject,
            grades=grades,
        )
        for n, (title, note, level, subject, grades) in enumerate(_ENTRIES)
    ]
    shipped = [e for e in starter_entries() if not e.audiences or Audience.FAMILIES in e.audiences]
    return own + shipped


_LESSONS = (
    "分数的初步认识", "长方形和正方形", "观潮", "走月亮", "植物的生长", "声音的产生", "百分数的应用", "圆的面积",
    "秋天的雨", "燕子", "富饶的西沙群岛", "海底世界", "面积单位", "两位数乘两位数", "年月日", "小数的意义",
    "乘法分配律", "鸟的天堂", "草船借箭", "将相和", "杠杆的平衡", "浮力", "二次函数", "勾股定理", "电流与电路",
    "古诗三首", "口语交际", "习作例文", "三角形的内角和", "平行四边形的面积", "认识钟表", "我的家乡",
)  # fmt: skip
_FORMS = (
    "教学设计",
    "课件",
    "同步练习",
    "单元测试卷",
    "微课",
    "导学案",
    "知识点归纳",
    "易错题",
    "说课稿",
    "复习",
)
_TAUGHT = ("chinese", "maths", "english", "science", "morality", "music")


def local_resources(count: int, *, place: str = "school") -> Iterator[FiledResource]:
    """What a city's teachers have filed: lessons in all forms, each with a number of its own."""
    dice = random.Random(count)
    kinds = list(Kind)
    for number in range(count):
        lesson, form = dice.choice(_LESSONS), dice.choice(_FORMS)
        yield FiledResource(
            resource_id=f"resource-{number:06d}",
            version=1,
            places=(place,),
            kind=dice.choice(kinds),
            title=f"{lesson}{form}（{dice.choice('一二三四五六七八九')}）",
            chapter=f"第{dice.choice('一二三四五六七八')}单元",
            grade=dice.randint(1, 9),
            subject=dice.choice(_TAUGHT),
            edition=dice.choice(("统编版", "人教版", "")),
            volume=dice.choice(("上册", "下册", "")),
        )
