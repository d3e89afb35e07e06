"""A school before and after going up, as a drawing: grades in columns, a band for now and one for the new year, and
an arrow from each grade to where it goes. Geometry alone; the template draws it.

Each column of the lower band stands one to the right of where its children come from: children enter on
the left and leave on the right. A grade after which they leave shares its column with those who enter the next stage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from domain.rollovers import ClassMove, Plan, Way
from domain.schools import School
from domain.stages import school_grades
from handlers.console.rollover_words import label_name, short_grade

COLUMN, CHIP, GAP, HEAD, BAND, ARROWS = 108, 28, 6, 46, 30, 64
_PAD = 6
_MOST_CHIPS = 12


@dataclass(frozen=True, slots=True)
class Chip:
    """One class. `tone` is `new`, `gone`, `there` or nothing."""

    x: float
    y: float
    text: str
    note: str
    tone: str


@dataclass(frozen=True, slots=True)
class Column:
    """A grade, or the door in or out of the school."""

    x: float
    y: float
    title: str
    note: str
    chips: tuple[Chip, ...]
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """From a column above to one below."""

    path: str
    tone: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything with its place, in units of one pixel at full size."""

    width: int
    height: int
    below: int  # where the lower band begins
    columns: tuple[Column, ...]
    arrows: tuple[Arrow, ...]

    @property
    def size(self) -> str:
        """How much room it needs at least: the style sheet scrolls it where there is less."""
        columns = self.width // COLUMN
        return "small" if columns <= 9 else "middle" if columns <= 12 else "large"


@dataclass(frozen=True, slots=True)
class _Class:
    text: str
    pupils: int
    tone: str = ""


def draw(plan: Plan, school: School, leaving: Collection[int]) -> Drawing:
    """The drawing of a plan that has nothing in its way; `leaving` are the grades after which children leave."""
    now, then, coming = _cells(plan)
    grades = school_grades(school.stages, school.system)
    places, doors = _places(grades, leaving)
    for grade in set(coming) - set(doors):  # where nobody enters they stand among their own grade
        now[grade] += coming.pop(grade)
    most_now = max((len(c) for c in [*now.values(), *coming.values()]), default=0)
    below = BAND + HEAD + _height(most_now) + ARROWS
    columns, arrows = [], []
    for grade in grades:
        title = short_grade(grade, school.system)
        columns.append(_column(places[grade], BAND, title, now[grade]))
        columns.append(_column(places[grade], below + BAND, title, then[grade]))
        out = grade in leaving
        arrows.append(_arrow(places[grade], below, "gone" if out else "up"))
    for first, place in doors.items():
        new = sum(c.tone == "new" for c in then[first])
        title, note = "新生", f"新建 {new} 个班" if new else ""
        columns.append(_column(place, BAND, title, coming[first], tone="in", note=note))
        arrows.append(_arrow(place, below, "in"))
    for grade in sorted(leaving):
        gone = [_Class(c.text, c.pupils, "gone") for c in now[grade] if c.tone != "there"]
        columns.append(_column(places[grade] + 1, below + BAND, "毕业", gone, tone="out"))
    most_then = max(len(column) for column in [*then.values(), *now.values()])
    return Drawing(
        width=(max(places.values()) + 2) * COLUMN,
        height=below + BAND + HEAD + _height(most_then),
        below=below,
        columns=tuple(columns),
        arrows=tuple(arrows),
    )


_Cells = dict[int, list[_Class]]


def _cells(plan: Plan) -> tuple[_Cells, _Cells, _Cells]:
    """The classes of each grade now and then, and those at the door that came with a list already."""
    now: _Cells = defaultdict(list)
    then: _Cells = defaultdict(list)
    coming: _Cells = defaultdict(list)
    for move in plan.moves:
        if move.way is Way.ENDED:
            continue
        if move.way is Way.ARRIVED:
            coming[move.after.grade].append(_class(move, "there"))
            then[move.after.grade].append(_class(move, "there"))
            continue
        now[move.before.grade].append(_class(move))
        if move.way is Way.UP:
            then[move.after.grade].append(_class(move))
    for founded in plan.founded:
        then[founded.grade].append(_Class(label_name(founded.label, founded.name), 0, "new"))
    return now, then, coming


def _class(move: ClassMove, tone: str = "") -> _Class:
    return _Class(label_name(move.after.label, move.after.name), move.pupils, tone)


def _places(
    grades: Sequence[int], leaving: Collection[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """The column of each grade, and of the door that leads into a first grade. One column lies between a grade that
    leaves and the next: below it they graduate, above it others enter."""
    places: dict[int, int] = {}
    doors: dict[int, int] = {}
    place, enters = 0, True
    for grade in grades:
        if enters:
            doors[grade] = place
            place += 1
        places[grade] = place
        place += 1
        enters = grade in leaving
    return places, doors


def _column(
    place: int, y: float, title: str, classes: Sequence[_Class], *, tone: str = "", note: str = ""
) -> Column:
    x = place * COLUMN
    shown = list(classes[:_MOST_CHIPS])
    if len(classes) > _MOST_CHIPS:
        shown[-1:] = [_Class(f"+{len(classes) - _MOST_CHIPS + 1} 个班", 0)]
    chips = tuple(
        Chip(
            x + _PAD,
            y + HEAD + number * (CHIP + GAP),
            c.text,
            "新" if c.tone == "new" else str(c.pupils) if c.pupils else "",
            c.tone,
        )
        for number, c in enumerate(shown)
    )
    pupils = sum(c.pupils for c in classes)
    count = f"{len(classes)} 班 {pupils} 人" if pupils else f"{len(classes)} 个班"
    return Column(x, y, title, note or (count if classes else ""), chips, tone)


def _arrow(place: int, below: int, tone: str) -> Arrow:
    x, y = place * COLUMN + COLUMN / 2, below - ARROWS + 4
    to_x, to_y = x + COLUMN, below - 3
    bend = (to_y - y) * 0.6
    path = f"M{x:g} {y:g} C{x:g} {y + bend:g} {to_x:g} {to_y - bend:g} {to_x:g} {to_y:g}"
    return Arrow(path, tone)


def _height(chips: int) -> int:
    return min(chips, _MOST_CHIPS) * (CHIP + GAP) + GAP
