"""What is said of circles by a code: refusals and fields. `handlers.noun_phrases` takes it in."""

from __future__ import annotations

ERRORS = {
    "circle_read_only": "您在这里可以看、可以点赞，不能发言",
    "topic_comments_full": "这个话题的评论已经够多啦，可以另发一个话题接着聊",
}
FIELD_NAMES = {"pictures": "照片"}
PROBLEMS = {
    "no_consent": "照片里有孩子的家长还没有同意给全班看。请换一张，或者先请家长在“我的数据”里同意",
    "no_children_here": "教研圈里不放孩子的照片，请发到班级圈",
    "picture_gone": "有照片找不到了，或者已经用在别处，请重新选择",
    "child_unknown": "只能标出这个班的孩子；家长标自己的孩子",
}
