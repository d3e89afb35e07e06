"""The adults of a school's list: joined from a row's columns, and compared across the file. One phone on two
families is the worst mistake a list can carry, so such lines are kept out of binding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from domain.names import folded_name
from domain.roster_cells import Cell, CellError, Guardian, guardians_in, relation_of, text_of
from domain.roster_classes import ClassName
from domain.roster_columns import Column, Field
from domain.roster_parsed import Parsed, Pupil, Reason, RowProblem, Shared

_DOUBLE_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "夏侯",
        "端木",
        "南宫",
        "轩辕",
        "宇文",
        "长孙",
    ]
)
_MOST_SIBLINGS = 4  # a number on more children than this is an office's or a teacher's


def text_or_nothing(cell: Cell) -> str:
    """A cell as text, or nothing where it is none."""
    try:
        return text_of(cell)
    except CellError:
        return ""


def guardians_of(
    values: Sequence[tuple[Column, Cell]],
) -> tuple[tuple[Guardian, ...], list[tuple[str, Field]]]:
    """Names, relations and phones joined by their columns' group; each phone once."""
    names = {c.group: text_or_nothing(v) for c, v in values if c.field is Field.GUARDIAN}
    relations = {c.group: text_or_nothing(v) for c, v in values if c.field is Field.RELATION}
    found: dict[str, Guardian] = {}
    errors: list[tuple[str, Field]] = []
    for column, value in values:
        if column.field not in (Field.PHONE, Field.GUARDIAN):
            continue
        for adult in _in_cell(value):
            if isinstance(adult, CellError):
                errors.append((adult.code, column.field))
                continue
            name = adult.name or _beside(names, column.group)
            said = adult.relation or column.relation or _beside(relations, column.group)
            found.setdefault(adult.phone, Guardian(adult.phone, name, relation_of(said)))
    return tuple(found.values()), errors


def _in_cell(value: Cell) -> list[Guardian | CellError]:
    try:
        return list(guardians_in(value))
    except CellError as error:
        return [error]


def _beside(words: dict[str, str], group: str) -> str:
    """Of the same group, or of the only one that there is for an unnumbered or first phone."""
    word = words.get(group, "")
    if not word and group in ("", "1") and len(words) == 1:
        word = next(iter(words.values()))
    return "" if any(character.isdigit() for character in word) else word[:40]


def join_repeated(parsed: Parsed) -> list[Pupil]:
    """One pupil for rows that are certainly one; those that cannot be told apart are refused, all of them."""
    groups: dict[tuple[object, ...], list[Pupil]] = defaultdict(list)
    for pupil in parsed.pupils:
        name = folded_name(pupil.name)
        groups[(pupil.code,) if pupil.code else (pupil.school_class, name)].append(pupil)
    kept: list[Pupil] = []
    for same in groups.values():
        first, rest = same[0], same[1:]
        if reason := _cannot_be_one(first, rest):
            for pupil in same:
                other = first if pupil is not first else rest[0]
                parsed.refuse(pupil, RowProblem(reason, Field.CODE, other.row))
            continue
        for pupil in rest:
            parsed.problems[pupil.places[0]].append(RowProblem(Reason.REPEATED, None, first.row))
            by_phone = {g.phone: g for g in (*pupil.guardians, *first.guardians)}
            first.guardians = tuple(by_phone[p] for p in sorted(by_phone))
            first.places += pupil.places
            first.quarantine |= pupil.quarantine
            first.sure = first.sure and pupil.sure
        kept.append(first)
    return _without_namesakes(parsed, kept)


def _cannot_be_one(first: Pupil, rest: Sequence[Pupil]) -> Reason | None:
    if first.code:
        wanted = (folded_name(first.name), first.school_class)
        if any((folded_name(p.name), p.school_class) != wanted for p in rest):
            return Reason.CODE_TWICE
        return None
    phones = {g.phone for g in first.guardians}
    if any({g.phone for g in p.guardians} != phones or p.seat != first.seat for p in rest):
        return Reason.NAMESAKES
    return None


def _without_namesakes(parsed: Parsed, pupils: list[Pupil]) -> list[Pupil]:
    """Of two of one name in a class both need a number; one with and one without cannot be told apart."""
    by_name: dict[tuple[ClassName, str], list[Pupil]] = defaultdict(list)
    for pupil in pupils:
        by_name[pupil.school_class, folded_name(pupil.name)].append(pupil)
    refused: set[int] = set()
    for same in by_name.values():
        if len(same) > 1 and not all(p.code for p in same):
            for pupil in same:
                other = next(p for p in same if p is not pupil)
                parsed.refuse(pupil, RowProblem(Reason.NAMESAKES, Field.CODE, other.row))
                refused.add(pupil.places[0])
    return [p for p in pupils if p.places[0] not in refused]


def surname(name: str) -> str:
    """欧阳娜娜 → 欧阳, 李小明 → 李."""
    return name[:2] if name[:2] in _DOUBLE_SURNAMES else name[:1]


def quarantine_shared(parsed: Parsed) -> None:
    """One phone on children who are not siblings by any sign: every such line is kept out of binding.

    A sign is the same surname, or the same guardian's name beside the phone.
    """
    lines: dict[str, list[tuple[Pupil, Guardian]]] = defaultdict(list)
    for pupil in parsed.pupils:
        for guardian in pupil.guardians:
            lines[guardian.phone].append((pupil, guardian))
    for phone, sharing in lines.items():
        if len(sharing) < 2 or _are_siblings(sharing):
            continue
        shared = Shared(phone)
        for pupil, _ in sharing:
            pupil.quarantine |= {phone}
            other = next(p for p, _ in sharing if p is not pupil)
            for place in pupil.places:
                problem = RowProblem(Reason.SHARED_PHONE, Field.PHONE, other.row)
                parsed.problems[place].append(problem)
                shared.places.append(place)
                shared.problems.append((place, problem))
        parsed.shared.append(shared)


def _are_siblings(lines: Sequence[tuple[Pupil, Guardian]]) -> bool:
    """Whether signs join all of them, be it through one another."""
    if len({p.code or (p.school_class, folded_name(p.name)) for p, _ in lines}) > _MOST_SIBLINGS:
        return False
    signs = [
        {("s", surname(p.name))} | ({("g", folded_name(g.name))} if g.name else set())
        for p, g in lines
    ]
    joined, waiting = signs[0], signs[1:]
    while near := [s for s in waiting if s & joined]:
        joined = joined.union(*near)
        waiting = [s for s in waiting if s not in near]
    return not waiting
