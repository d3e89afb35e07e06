"""What is said of words that others read, by a code. `handlers.phrases` takes the errors in."""

from __future__ import annotations

from domain.reviews import Review
from domain.safety import Kind, Reason

ERRORS = {
    "words_refused": "里面有不适合在这里发的话，没有发出去。请改一改再发",
    "muted": "老师请您先休息一会儿，暂时不能在这里发言",
    "frozen": "老师暂停了这里的讨论，现在不能发言",
    "own_words": "这是您自己发的，不用举报",
    "decides_too": "对方也是这里的管理老师，不能禁言",
}
KINDS = {
    Kind.MESSAGE: "消息",
    Kind.PEER_COMMENT: "同学互评",
    Kind.QUESTION: "提问",
    Kind.RESOURCE: "教学资源",
    Kind.TOPIC: "圈子话题",
    Kind.TOPIC_COMMENT: "圈子评论",
}
_LABELS = {
    10001: "广告",
    20001: "时政",
    20002: "色情",
    20003: "辱骂",
    20006: "违法犯罪",
    20008: "欺诈",
    20012: "低俗",
    20013: "版权",
}
_REASONS = {
    Reason.WORDS: "含有词表里的词",
    Reason.WECHAT: "微信觉得可能不合适",
    Reason.PICTURE: "微信觉得图片可能不合适",
    Reason.UNCHECKED: "图片没有经过微信检查，请您看一看",
    Reason.REPORTED: "有成员举报，现在大家还看得到",
}


def reason_text(review: Review) -> str:
    """Why it waits: `微信觉得可能不合适：广告`."""
    label = _LABELS.get(review.label, "")
    return f"{_REASONS[review.reason]}{'：' if label else ''}{label}"
