"""What is counted of a link: the day, the link, its shelf, and through which door (class and role) it was reached.

A door is a mark that we put into the addresses we show: all of a class share it, so it says nothing of a person.
Whoever types a link from paper comes through no door.
"""

from __future__ import annotations

from dataclasses import dataclass

DOOR_LENGTH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A class (or a whole school) and for whom its links were shown."""

    id: str
    key: str
    role: str
    school_id: str = ""
    class_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How often a link was followed on a day through a door, as one process counted it.

    `id` carries the process: several may count the same, and their counts add up. `is_new`: not written yet.
    `subject` is the link's at that time.
    """

    id: str
    day: str
    code: str
    place: str
    count: int
    role: str = ""
    school_id: str = ""
    class_id: str = ""
    subject: str = ""
    is_new: bool = False


def door_key(school_id: str, class_id: str, role: str) -> str:
    """What a door is for."""
    return f"{class_id or school_id}:{role}"
