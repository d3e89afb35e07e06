"""Shelves on a phone: a family's and a teacher's links, keeping a class's own shelf, and which textbooks it has."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from domain.catalogue import Page
from domain.editions import Choice
from domain.roles import Right
from domain.shelves import ORDER_LIMIT, Audience, Draft, Entry, Health, Icon, ShelfLevel
from domain.subjects import LocalSubjects, subject_name
from handlers.base import Access
from miniapp.endpoints import Call, Day, Number, Registry, Schema
from miniapp.homework_shapes import Subject, subject_row
from miniapp.shapes import Done
from services.editions import EditionsView, choose_for_class, class_editions
from services.shelf_uses import EntryUse, uses_of_shelf
from services.shelf_views import (
    ShelfView,
    ShownBook,
    ShownEntry,
    attachable_links,
    family_view,
    teacher_view,
)
from services.shelves import (
    access_entry_as_keeper,
    change_entry,
    class_shelf,
    draft_entry,
    entries_of,
    put_up,
    take_down,
)

# Who may write to a class's families may put links up for them; a region has no class.
links = Registry("links")


class LinkRow(Schema):
    """One link: `url` is its short link, `address` where it leads by now."""

    code: str
    title: str
    note: str
    icon: Icon
    level: ShelfLevel
    subject: Subject | None
    pinned: bool
    one_tap: bool
    url: str
    address: str


class BookPage(Schema):
    """A page of the national platform at a book."""

    page: Page
    url: str


class BookRow(Schema):
    """A textbook of the class; the first page is the one this reader wants most."""

    id: str
    subject: Subject
    title: str
    pages: list[BookPage]


class ChildTab(Schema):
    """A child whose links can be shown."""

    id: str
    name: str


class Links(Schema):
    """What is on the shelves for one class; `children` are those one can turn to."""

    school_id: str
    school_name: str
    class_id: str
    class_name: str
    child_id: str | None
    children: list[ChildTab]
    books: list[BookRow]
    links: list[LinkRow]


class LinksQuery(Schema):
    """Of which child; of the first without it."""

    child: str = Field("", max_length=200)


class TeacherLinksQuery(Schema):
    """Of which class; of the first without it."""

    class_id: str = Field("", max_length=200)


class AttachableRow(Schema):
    """A link to be ticked where something is written; `url` is what then stands among its links."""

    title: str
    url: str
    subject: str


class AttachableRows(Schema):
    """The class's books, then what is on the shelves, in order."""

    links: list[AttachableRow]


class EntryIn(Schema):
    """A link for the class's own shelf: to an address, or to a book's page."""

    title: str = Field(max_length=1000)
    address: str = Field("", max_length=4000)
    book_id: str = Field("", max_length=64)
    page: Page = Page.STUDENT
    note: str = Field("", max_length=1000)
    icon: Icon = Icon.LESSON
    subject: str = Field("", max_length=64)
    valid_until: Day | None = None
    order: int = Field(0, ge=0, le=ORDER_LIMIT)
    pinned: bool = False


class EntryChange(EntryIn):
    """The same, over the version that was seen."""

    version: Number


class EntryRow(Schema):
    """An entry as its keeper sees it."""

    code: str
    title: str
    address: str
    book_id: str
    page: Page
    note: str
    icon: Icon
    subject: str
    valid_until: date | None
    order: int
    pinned: bool
    health: Health
    url: str
    version: int


class EntryUseRow(Schema):
    """How often an entry was opened in the last seven days, by families, by teachers, by other ways; and all term."""

    code: str
    families: int
    teachers: int
    others: int
    term: int


class EntryRows(Schema):
    """The class's own shelf; `uses` is null where there are too few children to say how often it was opened."""

    entries: list[EntryRow]
    uses: list[EntryUseRow] | None


class EditionOption(Schema):
    """One that can be chosen."""

    value: str
    name: str


class EditionRow(Schema):
    """A subject: what can be chosen, what this class has chosen itself, and what counts."""

    subject: Subject
    options: list[EditionOption]
    own: str
    counts: str


class EditionRows(Schema):
    """Which textbooks a class has."""

    subjects: list[EditionRow]
    version: int


class EditionsIn(Schema):
    """Subject → choice; what is left out is as the grade has it."""

    chosen: dict[str, str]
    version: Number


def _url(call: Call, path: str) -> str:
    return call.ctx.policy.public_url + path


def _link_row(call: Call, shown: ShownEntry, local: LocalSubjects) -> LinkRow:
    return LinkRow(
        code=shown.code,
        title=shown.title,
        note=shown.note,
        icon=shown.icon,
        level=shown.level,
        subject=subject_row(shown.subject, local) if shown.subject else None,
        pinned=shown.pinned,
        one_tap=shown.one_tap,
        url=_url(call, shown.path),
        address=shown.address,
    )


def _book_row(call: Call, shown: ShownBook, local: LocalSubjects) -> BookRow:
    return BookRow(
        id=shown.book.id,
        subject=Subject(code=shown.book.subject, name=subject_name(shown.book.subject, local)),
        title=shown.book.title,
        pages=[BookPage(page=page, url=_url(call, path)) for page, path in shown.pages],
    )


def _links(
    call: Call, view: ShelfView, child_id: str | None = None, children: list[ChildTab] | None = None
) -> Links:
    local = view.school.rules.local_subjects
    return Links(
        school_id=view.school.id,
        school_name=view.school.name,
        class_id=view.school_class.id if view.school_class else "",
        class_name=view.school_class.name if view.school_class else "",
        child_id=child_id,
        children=children or [],
        books=[_book_row(call, one, local) for one in view.books],
        links=[_link_row(call, one, local) for one in view.entries],
    )


@links("GET", "/links", access=Access.VISITOR)
async def list_links(call: Call, query: LinksQuery) -> Links:
    """What is on the shelves for a child of mine."""
    view, chosen, children = await family_view(call.ctx, call.person_id, query.child)
    tabs = [ChildTab(id=c.student.id, name=c.student.name) for c in children]
    return _links(call, view, chosen.student.id, tabs)


@links("GET", "/teaching/links", access=Access.STAFF, right=Right.PUBLISH)
async def list_teaching_links(call: Call, query: TeacherLinksQuery) -> Links:
    """What is on the shelves for me in one of my classes."""
    class_id = query.class_id or call.teaching.classes[0].id
    return _links(call, await teacher_view(call.ctx, call.teaching, class_id))


@links("GET", "/teaching/attachable-links", access=Access.STAFF, right=Right.PUBLISH)
async def list_attachable_links(call: Call, query: TeacherLinksQuery) -> AttachableRows:
    """What may be hung on a notice or homework for a class of mine; whoever sets homework may write, too."""
    wanted = [call.teaching.find_class(query.class_id).id] if query.class_id else []
    found = await attachable_links(call.ctx, call.teaching, wanted)
    rows = [AttachableRow(title=x.title, url=x.address, subject=x.subject) for x in found]
    return AttachableRows(links=rows)


_SHELF = "/teaching/classes/{class_id}/links"


@links("GET", _SHELF, access=Access.STAFF, right=Right.PUBLISH)
async def list_class_links(call: Call, class_id: str) -> EntryRows:
    """A class's own shelf, with what is over or broken."""
    place = class_shelf(call.teaching, class_id)
    found = await entries_of(call.ctx, place)
    opened = await uses_of_shelf(call.ctx, place)
    uses = None
    if not opened.few:
        uses = [_use_row(entry.id, opened.of(entry.id)) for entry in found]
    return EntryRows(entries=[_entry_row(call, entry) for entry in found], uses=uses)


@links("POST", _SHELF, access=Access.STAFF, right=Right.PUBLISH, creates=True)
async def add_class_link(call: Call, class_id: str, body: EntryIn) -> EntryRow:
    """Put a link on a class's shelf, for its families."""
    place = class_shelf(call.teaching, class_id)
    draft = await _draft(call, class_id, body)
    entry = await put_up(call.ctx, call.teaching.actor, place, draft, key=call.key)
    return _entry_row(call, entry)


@links("PUT", _SHELF + "/{code}", access=Access.STAFF, right=Right.PUBLISH)
async def change_class_link(call: Call, class_id: str, code: str, body: EntryChange) -> EntryRow:
    """Change a link of a class's shelf."""
    place = class_shelf(call.teaching, class_id)
    await access_entry_as_keeper(call.ctx, place, code)
    draft = await _draft(call, class_id, body)
    entry = await change_entry(call.ctx, call.teaching.actor, place, code, draft, seen=body.version)
    return _entry_row(call, entry)


@links("DELETE", _SHELF + "/{code}", access=Access.STAFF, right=Right.PUBLISH)
async def remove_class_link(call: Call, class_id: str, code: str) -> Done:
    """Take a link off a class's shelf: it leads nowhere any more."""
    await take_down(call.ctx, call.teaching.actor, class_shelf(call.teaching, class_id), code)
    return Done(done=True)


_EDITIONS = "/teaching/classes/{class_id}/editions"


@links("GET", _EDITIONS, access=Access.STAFF, right=Right.PUBLISH)
async def get_class_editions(call: Call, class_id: str) -> EditionRows:
    """Which textbooks a class has, and what it could have."""
    view = await class_editions(call.ctx, call.teaching, class_id)
    return _edition_rows(view, call.teaching.school.rules.local_subjects)


@links("PUT", _EDITIONS, access=Access.STAFF, right=Right.PUBLISH)
async def choose_class_editions(call: Call, class_id: str, body: EditionsIn) -> EditionRows:
    """Say which textbooks a class has where it differs from its grade."""
    view = await choose_for_class(call.ctx, call.teaching, class_id, body.chosen, seen=body.version)
    return _edition_rows(view, call.teaching.school.rules.local_subjects)


async def _draft(call: Call, class_id: str, body: EntryIn) -> Draft:
    form = {
        "title": body.title,
        "address": body.address,
        "book_id": body.book_id,
        "page": body.page.value,
        "note": body.note,
        "icon": body.icon.value,
        "subject": body.subject,
        "valid_until": body.valid_until.isoformat() if body.valid_until else "",
        "order": str(body.order),
        "pinned": "yes" if body.pinned else "",
    }
    everybody: list[str] = [one.value for one in Audience]
    place = class_shelf(call.teaching, class_id)
    return await draft_entry(call.ctx, place, form, audiences=everybody, grades=[])


def _entry_row(call: Call, entry: Entry) -> EntryRow:
    return EntryRow(
        code=entry.id,
        title=entry.title,
        address=entry.address,
        book_id=entry.book_id,
        page=entry.page,
        note=entry.note,
        icon=entry.icon,
        subject=entry.subject,
        valid_until=entry.valid_until,
        order=entry.order,
        pinned=entry.pinned,
        health=entry.health,
        url=_url(call, f"/l/{entry.id}"),
        version=entry.version,
    )


def _use_row(code: str, use: EntryUse) -> EntryUseRow:
    week = use.week
    return EntryUseRow(
        code=code,
        families=week.families,
        teachers=week.teachers,
        others=week.others,
        term=use.term.every,
    )


def _edition_rows(view: EditionsView, local: LocalSubjects) -> EditionRows:
    def row(choice: Choice) -> EditionRow:
        return EditionRow(
            subject=subject_row(choice.subject, local),
            options=[EditionOption(value=value, name=name) for value, name in choice.options],
            own=view.editions.chosen.get(choice.subject, ""),
            counts=view.chosen(choice.subject),
        )

    return EditionRows(
        subjects=[row(choice) for choice in view.choices], version=view.editions.version
    )
