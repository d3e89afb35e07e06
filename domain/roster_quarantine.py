"""One phone on two families: which lines bind nobody, which of them belong together, and what a person has settled.

Only four digits of a phone are stored, so the lines that share one are marked, when the list is taken in, with
a random id of their group. What a person has settled stands on the lines, by pupil: it holds for these
children alone, and another child under the same phone is asked about anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from domain.roster_changes import Stored
from domain.roster_columns import Field
from domain.roster_parsed import Parsed, Pupil, Reason, RowProblem, Shared
from domain.roster_register import stable_id
from domain.schools import Contact

Line = tuple[str, str]  # a pupil's id and four digits


@dataclass(slots=True)
class Closed:
    """The lines that bind nobody, each with its group."""

    groups: dict[Line, str] = field(default_factory=dict)


def close_shared(
    parsed: Parsed,
    stored: Stored,
    pupils: Mapping[str, Pupil],
    leavers: Container[str],
    seed: str,
) -> Closed:
    """Which lines are in quarantine; what was settled is taken out of `parsed` and of its pupils.

    `pupils` are the rows that are certainly somebody, by pupil's id; `leavers` are who leaves; `seed` is a
    random word of this import, of which the ids of new groups are made.
    """
    owners = {place: student for student, pupil in pupils.items() for place in pupil.places}
    lines = {
        (line.student_id, line.phone_last4): line
        for student in pupils
        for line in stored.contacts.get(student, ())
    }
    for shared in parsed.shared:
        students = {owners.get(place) for place in shared.places}
        known = {student for student in students if student is not None}
        if None in students or len(known) < 2:
            continue
        digits = shared.phone[-4:]
        held = {s: lines[s, digits] for s in known if (s, digits) in lines}
        if len(held) == len(known) and all(known <= {s, *held[s].siblings} for s in held):
            _open(parsed, shared, [pupils[s] for s in known])
        elif owner := _only_owner(held, known):
            _open(parsed, shared, [pupils[s] for s in known])
            _leave_out(parsed, shared, pupils, known - {owner}, pupils[owner])
    closed = Closed()
    _group(closed, pupils, lines, seed)
    _keep_closed(closed, stored, pupils, leavers)
    return closed


def _only_owner(held: Mapping[str, Contact], students: set[str]) -> str | None:
    """Of whom a person has said that the phone is theirs and nobody else's of these."""
    owners = [s for s, line in held.items() if students <= {s, *line.apart}]
    return owners[0] if len(owners) == 1 else None


def _open(parsed: Parsed, shared: Shared, pupils: Iterable[Pupil]) -> None:
    for pupil in pupils:
        pupil.quarantine -= {shared.phone}
    for place, problem in shared.problems:
        parsed.problems[place] = [p for p in parsed.problems[place] if p is not problem]
        if not parsed.problems[place]:
            del parsed.problems[place]


def _leave_out(
    parsed: Parsed, shared: Shared, pupils: Mapping[str, Pupil], others: set[str], owner: Pupil
) -> None:
    for student in others:
        pupil = pupils[student]
        pupil.guardians = tuple(g for g in pupil.guardians if g.phone != shared.phone)
        problem = RowProblem(Reason.PHONE_OF_ANOTHER, Field.PHONE, owner.row)
        for place in pupil.places:
            parsed.problems[place].append(problem)


def _group(
    closed: Closed, pupils: Mapping[str, Pupil], stored: Mapping[Line, Contact], seed: str
) -> None:
    """Lines that share a phone are one group, be it through one another. A group that is stored keeps its id."""
    by_phone: dict[str, list[Line]] = defaultdict(list)
    for student, pupil in pupils.items():
        for phone in pupil.quarantine:
            by_phone[phone].append((student, phone[-4:]))
    top: dict[Line, Line] = {}

    def root(line: Line) -> Line:
        while top.setdefault(line, line) != line:
            line = top[line]
        return line

    for lines in by_phone.values():
        for line in lines:
            top[root(line)] = root(lines[0])
    groups: dict[Line, list[Line]] = defaultdict(list)
    for line in top:
        groups[root(line)].append(line)
    taken: set[str] = set()
    for members in sorted(map(sorted, groups.values())):
        held = {stored[m].quarantine_group for m in members if m in stored} - taken - {""}
        name = min(held) if held else stable_id(seed, "quarantine", *members[0])
        taken.add(name)
        closed.groups.update(dict.fromkeys(members, name))


def _keep_closed(
    closed: Closed, stored: Stored, pupils: Mapping[str, Pupil], leavers: Container[str]
) -> None:
    """A list of one class alone does not open what another class's child shares: who is not on the list, or could
    not be read, may still have the phone."""
    elsewhere = {
        line.quarantine_group
        for student, lines in stored.contacts.items()
        if student not in pupils and student not in leavers
        for line in lines
        if line.quarantine and line.quarantine_group
    }
    if not elsewhere:
        return
    for student in pupils:
        for line in stored.contacts.get(student, ()):
            if line.quarantine and line.quarantine_group in elsewhere:
                closed.groups.setdefault((student, line.phone_last4), line.quarantine_group)
