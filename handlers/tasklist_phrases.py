"""What is said of the virtual class by a code: refusals and fields. `handlers.phrases` takes it in."""

from __future__ import annotations

ERRORS = {
    "tasklist": "这是一份周末与假期的任务清单，请在清单里收回",
    "voluntary": "任务清单是自愿的，不催、不提醒",
    "tasklist_over": "这份清单的日子已经过了，可以看，不能再改",
    "not_the_author": "只有发布的老师和班主任可以收回",
    "file_used": "有图片已经用在别处了，请重新选择图片",
    "group_closed": "这个小组由老师安排，请换一个小组，或者和老师说一声",
    "group_full": "这个小组已经满了，请换一个小组",
    "comments_full": "这份清单里的留言已经够多啦",
    "questions_full": "这份清单里的提问已经很多了，请直接联系老师",
    "words_held": "里面的话还在等学校看，先不能公开",
    "not_answered": "请先回答，再公开给大家",
}
FIELD_NAMES = {
    "intro": "说明",
    "first_on": "开始的日子",
    "last_on": "结束的日子",
    "steps": "步骤",
    "words": "内容",
    "link": "链接",
    "groups": "小组",
    "class_id": "班级",
}
MISSING = {
    "words": "请写一写内容",
    "steps": "请至少写一步",
    "first_on": "请选开始的日子",
    "last_on": "请选结束的日子",
    "class_id": "请选一个班级",
}
PROBLEMS = {
    "school_day": "{field}要上学。任务清单只放在周末和假期",
    "school_between": "中间有要上学的日子。请分成两份清单",
    "before_begin": "{field}要在开始之后",
    "pictures_only": "这里只能交图片",
    "too_few": "小组至少 {limit} 个孩子；想让家长自己加入，请打开“家长可以自己加入”",
}
