"""A file's sheets and rows in order → each row to the list of the school it belongs to.

One file is one school's list, or a district's: then a column 学校, the sheet's title or the words above its
header say whose list a row belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.names import folded_name
from domain.roster_cells import Cell, CellError, name_of
from domain.roster_columns import Column, Field, HeaderError
from domain.roster_guardians import text_or_nothing
from domain.roster_headers import HeaderSeeker
from domain.roster_parsed import Parsed, Reason, RefusedRow, RowProblem
from domain.rosters import RosterParser, first_of, is_remark, values_of
from domain.schools import School

Route = Callable[[str, str], "RosterParser | None"]


@dataclass(slots=True)
class _Sheet:
    title: str = ""
    above: list[str] = field(default_factory=list)
    columns: tuple[Column, ...] | None = None
    seeker: HeaderSeeker | None = None
    header: tuple[int, int] = (0, 0)  # place and width of the row that may be one
    begun: set[int] = field(default_factory=set)


class ListReader:
    """Takes a file's rows in order. `common` says what was found of the file as a whole, and of rows of no school."""

    def __init__(self, route: Route, common: Parsed) -> None:
        self.common = common
        self._route = route
        self._sheet = _Sheet()
        self._told: dict[tuple[str, str], RosterParser | None] = {}

    @classmethod
    def of_school(cls, parser: RosterParser) -> ListReader:
        """A file that is one school's."""
        return cls(lambda said, title: parser, parser.parsed)

    def open_sheet(self, title: str) -> None:
        """What is fed from now on is another sheet."""
        self.close_sheet()
        self._sheet = _Sheet(title, seeker=HeaderSeeker())

    def feed(self, number: int, cells: Sequence[Cell]) -> None:
        """The next row; `number` as Excel counts it."""
        place = self.common.places
        self.common.places += 1
        if not any(c is not None and c != "" for c in cells):
            return
        sheet = self._sheet
        if sheet.seeker is not None and self._look(place, cells, sheet.seeker):
            return
        if sheet.columns is not None:
            self._read(place, number, cells, sheet.columns)

    def close_sheet(self) -> None:
        """The sheet, or the file, is over."""
        sheet = self._sheet
        if sheet.seeker is None:
            return
        if sheet.seeker.found is not None:
            self._begin(sheet.seeker.found)
        elif sheet.above:
            self.common.headless.append(sheet.title)
        sheet.seeker = None

    def _look(self, place: int, cells: Sequence[Cell], seeker: HeaderSeeker) -> bool:
        """Whether this row belongs to what stands above the list."""
        sheet = self._sheet
        try:
            header = seeker.look(cells)
        except HeaderError:
            self.common.twofold.append(sheet.title)
            sheet.seeker = None
            return True
        if header is not None:
            if header.is_row:
                sheet.header = (place, max(len(cells), sheet.header[1]))
            self._begin(header.columns)
            return header.is_row
        sheet.header = (place, len(cells))
        if seeker.found is None:
            sheet.above.append("".join(text_or_nothing(c) for c in cells[:4])[:200])
        if seeker.gave_up:
            self.close_sheet()
        return True

    def _begin(self, columns: tuple[Column, ...]) -> None:
        sheet = self._sheet
        place, width = sheet.header
        self.common.headers[place] = width
        sheet.columns, sheet.seeker = columns, None

    def _read(
        self, place: int, number: int, cells: Sequence[Cell], columns: tuple[Column, ...]
    ) -> None:
        values = values_of(columns, cells)
        if is_remark(values):
            return
        said = text_or_nothing(first_of(values, Field.SCHOOL))
        parser = self._parser(said)
        if parser is None:
            self._refuse(place, number, said, values)
            return
        if id(parser) not in self._sheet.begun:
            self._sheet.begun.add(id(parser))
            parser.begin(columns, self._sheet.title, self._sheet.above)
        parser.read(place, number, cells)

    def _parser(self, said: str) -> RosterParser | None:
        key = (said, self._sheet.title)
        if key not in self._told:
            heading = " ".join((self._sheet.title, *self._sheet.above))
            self._told[key] = self._route(said, heading)
        return self._told[key]

    def _refuse(
        self, place: int, number: int, said: str, values: Sequence[tuple[Column, Cell]]
    ) -> None:
        reason = Reason.UNKNOWN_SCHOOL if said else Reason.MISSING
        self.common.problems[place].append(RowProblem(reason, Field.SCHOOL))
        name = ""
        try:
            name = name_of(first_of(values, Field.NAME))
            self.common.unclear_names.add(folded_name(name))
        except CellError:
            self.common.nobody_leaves |= not said  # it may be anybody of any school
        self.common.refused[place] = RefusedRow(self._sheet.title, number, name)


class DistrictLists:
    """The lists of a district's schools in one file, each its own.

    `found` makes a school that nobody knows by this name, or is None where none may be founded.
    """

    def __init__(
        self,
        schools: Sequence[School],
        parser_of: Callable[[School], RosterParser],
        found: Callable[[str], School] | None = None,
    ) -> None:
        self.reader = ListReader(self._route, Parsed())
        self.schools: dict[str, School] = {}
        self._parsers: dict[str, RosterParser] = {}
        self._parser_of, self._found = parser_of, found
        self._known: dict[str, School] = {}
        for school in schools:
            self._known[folded_name(school.name)] = school
        for school in schools:
            self._known[folded_name(school.id)] = school

    def _route(self, said: str, heading: str) -> RosterParser | None:
        school = self._known.get(folded_name(said)) if said else self._in_heading(heading)
        if school is None and said and self._found is not None:
            school = self._found(said)
            self._known[folded_name(said)] = school
        if school is None:
            return None
        if school.id not in self._parsers:
            self.schools[school.id] = school
            self._parsers[school.id] = self._parser_of(school)
        return self._parsers[school.id]

    def _in_heading(self, heading: str) -> School | None:
        """The only school whose name stands there; of 青禾小学 and 新青禾小学 the longer name."""
        plain = folded_name(heading)
        names = [name for name in self._known if name in plain]
        longest = [n for n in names if not any(n != other and n in other for other in names)]
        found = {self._known[name].id for name in longest}
        return self._known[longest[0]] if len(found) == 1 else None

    def finish(self) -> Mapping[str, Parsed]:
        """What each school's list says, by the school's id. Whoever has the name of a row of no school has not left."""
        self.reader.close_sheet()
        lists = {school_id: parser.finish() for school_id, parser in self._parsers.items()}
        for parsed in lists.values():
            parsed.unclear_names |= self.reader.common.unclear_names
            parsed.nobody_leaves = self.reader.common.nobody_leaves
        return lists
