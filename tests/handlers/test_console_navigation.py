"""Who sees which page of the console, and that docs/console.md says the same."""

from pathlib import Path

from domain.roles import RIGHTS, Role
from handlers.console.navigation import SECTIONS

COLUMNS = (
    Role.HEAD_TEACHER,
    Role.SUBJECT_TEACHER,
    Role.GRADE_LEADER,
    Role.OFFICE,
    Role.SCHOOL_ADMIN,
    Role.DISTRICT_ADMIN,
    Role.OBSERVER,
)
OF_REGIONS = (Role.DISTRICT_ADMIN, Role.CITY_ADMIN, Role.PROVINCE_ADMIN)
DOCUMENT = Path(__file__).parents[2] / "docs" / "console.md"


def test_the_document_names_every_page_and_who_sees_it() -> None:
    rows = {}
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == len(COLUMNS) + 2:
            rows[cells[0]] = cells[2:]
    for entry in (e for section in SECTIONS for e in section.entries):
        seen = [
            "●" if entry.right in RIGHTS[r] and not (entry.school_only and r in OF_REGIONS) else ""
            for r in COLUMNS
        ]
        assert rows[entry.label] == seen, entry.label


def test_the_regions_see_the_same_pages() -> None:
    assert RIGHTS[Role.DISTRICT_ADMIN] == RIGHTS[Role.CITY_ADMIN] == RIGHTS[Role.PROVINCE_ADMIN]
