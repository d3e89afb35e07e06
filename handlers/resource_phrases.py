"""What is said of a resource that somebody files, by field and code: the same at a desk and in the mini-program."""

from __future__ import annotations

FIELD_NAMES = {
    "kind": "类型",
    "claim": "来源",
    "whence": "授权或许可的说明",
    "summary": "怎么用",
    "chapter": "章节",
    "grade": "年级",
    "book_id": "教材",
    "stars": "评分",
}
MISSING = {
    "kind": "请选类型",
    "claim": "请选一项，说明这份资源从哪里来",
    "whence": "请写明谁授权的，或者用的是哪种许可、原作者是谁",
    "summary": "请简单说说怎么用，评审和使用的老师都会看",
    "chapter": "请填章节，例如：第三单元 第 2 课",
    "file_ids": "请至少上传一个文件",
    "stars": "请选几颗星",
}
PROBLEMS = {
    "duplicate": "有文件和已有的资源完全一样，请直接用那一份",
    "to_come": "还没到的日子不能记",
    "long_ago": "只能记最近 {limit} 天的课",
}
ERRORS = {
    "not_shelved": "它现在不在您的资源库里",
    "not_waiting": "这份资源已经有了结果，或者作者刚刚改过，请按现在的情况再看一看",
    "held": "文字还在内容审核里，等审核通过才能入库",
    "no_level_above": "没有可以推荐的上一级",
}
