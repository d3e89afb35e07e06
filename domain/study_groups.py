"""Study groups (学习小组) of a task list: three to eight children who may see what the others share.

A teacher puts them together, or opens a group that families join by themselves; whoever is in one may leave it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.errors import ConflictError, InvalidError, Problem

SMALLEST, LARGEST = 3, 8
GROUP_LIMIT = 20
NAME_LIMIT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group. `joinable`: families may join by themselves."""

    id: str
    name: str
    joinable: bool
    student_ids: tuple[str, ...]

    @property
    def is_full(self) -> bool:
        """Whether nobody more may join."""
        return len(self.student_ids) >= LARGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyGroups:
    """All groups of one list, stored and replaced as one, so that nobody is in two and none grows too large.

    `id` is the list's; `student_ids` are the members of all, for finding a child's; `made` counts groups ever made.
    """

    id: str
    school_id: str
    class_id: str
    version: int = 0
    made: int = 0
    groups: tuple[Group, ...] = ()
    student_ids: tuple[str, ...] = ()

    def of(self, student_id: str) -> Group | None:
        """The group a child is in."""
        return next((g for g in self.groups if student_id in g.student_ids), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """A group as the teacher wants it; `id` empty for a new one."""

    id: str
    name: str
    joinable: bool
    student_ids: tuple[str, ...]


def set_groups(
    held: StudyGroups, wanted: Sequence[GroupDraft], pupils: Sequence[str]
) -> StudyGroups:
    """The groups as the teacher wants them, in their order. `pupils` are the ids of the class.

    Raises InvalidError; a group's problem is under `groups.0`, with its place in `wanted`.
    """
    problems: dict[str, Problem] = {}
    if len(wanted) > GROUP_LIMIT:
        problems["groups"] = Problem("too_many", GROUP_LIMIT)
    known, seen = {g.id for g in held.groups}, set[str]()
    made, groups = held.made, []
    for number, draft in enumerate(wanted):
        name, members = draft.name.strip(), tuple(dict.fromkeys(draft.student_ids))
        if not name:
            problems[f"groups.{number}"] = Problem("missing")
        elif len(name) > NAME_LIMIT or not name.isprintable():
            problems[f"groups.{number}"] = Problem("too_long", NAME_LIMIT)
        elif len(members) > LARGEST:
            problems[f"groups.{number}"] = Problem("too_many", LARGEST)
        elif len(members) < SMALLEST and not draft.joinable:
            problems[f"groups.{number}"] = Problem("too_few", SMALLEST)
        elif not set(members) <= set(pupils) or seen & set(members) or draft.id not in {*known, ""}:
            problems[f"groups.{number}"] = Problem("unknown")
        seen |= set(members)
        known.discard(draft.id)
        made += not draft.id
        groups.append(
            Group(
                id=draft.id or f"g{made}", name=name, joinable=draft.joinable, student_ids=members
            )
        )
    if problems:
        raise InvalidError(problems)
    return _with(replace(held, made=made), groups)


def join(held: StudyGroups, group_id: str, student_id: str) -> StudyGroups:
    """The child joins a group that is open, out of the one it is in. Raises ConflictError: `group_closed`,
    `group_full`."""
    wanted = next((g for g in held.groups if g.id == group_id), None)
    if wanted is not None and student_id in wanted.student_ids:
        return held
    if wanted is None or not wanted.joinable:
        raise ConflictError("group_closed")
    if wanted.is_full:
        raise ConflictError("group_full")
    return _with(
        held,
        [
            replace(g, student_ids=(*g.student_ids, student_id)) if g.id == group_id else g
            for g in leave(held, student_id).groups
        ],
    )


def leave(held: StudyGroups, student_id: str) -> StudyGroups:
    """The child is in no group any more, whoever put it there."""
    return _with(
        held,
        [
            replace(g, student_ids=tuple(i for i in g.student_ids if i != student_id))
            for g in held.groups
        ],
    )


def _with(held: StudyGroups, groups: Sequence[Group]) -> StudyGroups:
    members = tuple(i for g in groups for i in g.student_ids)
    return replace(held, groups=tuple(groups), student_ids=members)
