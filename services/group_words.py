"""What groups are called, the same on every page and card; the mini-program has its own words (`i18n/talk-zh.js`)."""

from __future__ import annotations

from domain.groups import Group, GroupKind

GROUP_KINDS = {
    GroupKind.CLASS: "班级群",
    GroupKind.GRADE: "年级群",
    GroupKind.COMMITTEE: "家委会",
    GroupKind.STAFF: "全体教师群",
    GroupKind.HEADS: "班主任群",
    GroupKind.RESEARCH: "教研群",
}
_OF_CHILDREN = frozenset({GroupKind.CLASS, GroupKind.GRADE})


def group_name(group: Group) -> str:
    """三年级1班 班级群, 三年级 年级群, 语文教研组; a research group that has no name goes by its number."""
    kind = GROUP_KINDS[group.kind]
    if group.kind in _OF_CHILDREN:
        return f"{group.name} {kind}"
    return group.name or (f"{kind} {group.nth}" if group.nth else kind)
