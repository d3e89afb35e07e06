"""What somebody finds on the shelves: their class's own books, what is one tap away, and every level's entries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from domain.catalogue import Book, Page
from domain.errors import NotFoundError
from domain.roles import Right, Role
from domain.schools import School, SchoolClass
from domain.shelves import (
    Audience,
    Entry,
    Icon,
    ShelfLevel,
    Viewer,
    book_code,
    in_order,
    place_key,
    shelves_above,
)
from services.context import Context
from services.editions import books_of, books_of_grade, edition_tags, half_of
from services.links import doors_for, entry_address
from services.people import Child, Post, Teaching, access_teaching, children_of
from services.terms import school_day

# The pages of a book that each audience has, the one it wants most first.
PAGES = {
    Audience.TEACHERS: (Page.TEACHER, Page.STUDENT, Page.TEXTBOOK),
    Audience.MANAGERS: (Page.TEACHER, Page.STUDENT, Page.TEXTBOOK),
    Audience.FAMILIES: (Page.STUDENT, Page.TEXTBOOK),
    Audience.PUBLIC: (Page.STUDENT, Page.TEXTBOOK),
}


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry as somebody sees it; `path` is its short link, with the door they come through."""

    code: str
    path: str
    address: str
    title: str
    note: str
    icon: Icon
    level: ShelfLevel
    subject: str
    pinned: bool
    one_tap: bool


@dataclass(frozen=True, slots=True)
class ShownBook:
    """A textbook and its pages: the first is the one that this reader wants most."""

    book: Book
    pages: tuple[tuple[Page, str], ...]  # the page and its short link


@dataclass(frozen=True, slots=True)
class Attachable:
    """A link that may be hung on what a teacher writes; its `address` is the short link without a door."""

    title: str
    address: str
    subject: str


@dataclass(frozen=True, slots=True)
class ShelfView:
    """All of it. `books` are the class's own; `entries` are in order, `one_tap` among them."""

    school: School
    school_class: SchoolClass | None
    grade: int
    books: tuple[ShownBook, ...]
    entries: tuple[ShownEntry, ...]

    @property
    def one_tap(self) -> tuple[ShownEntry, ...]:
        """一键直达."""
        return tuple(entry for entry in self.entries if entry.one_tap)

    def of_level(self, level: ShelfLevel) -> tuple[ShownEntry, ...]:
        """What a level put up, beside what is one tap away."""
        return tuple(e for e in self.entries if e.level is level and not e.one_tap)


async def shelf_view(
    ctx: Context,
    school: School,
    audience: Audience,
    *,
    school_class: SchoolClass | None = None,
    grade: int = 0,
) -> ShelfView:
    """What is for one audience at a school, in a class or grade of it. Who may look is the caller's to have checked."""
    now = ctx.now()
    grade = school_class.grade if school_class else grade
    if school_class is not None:
        books = await books_of(ctx, school, school_class, now)
        editions: Mapping[str, str] = await edition_tags(ctx, school, school_class)
    else:
        books = await books_of_grade(ctx, school, grade, now) if grade else []
        editions = {}
    viewer = Viewer(
        audience=audience,
        today=school_day(now),
        grade=grade,
        term=await half_of(ctx, school, now),
        editions=editions,
    )
    door = await _door(ctx, school.id, school_class.id if school_class else "", audience)
    places = [*shelves_above(school.region_ids), place_key(ShelfLevel.SCHOOL, school.id)]
    if school_class is not None:
        places.append(place_key(ShelfLevel.CLASS, school_class.id))
    found = [e for e in await ctx.stores.shelves.of_places(places) if viewer.may_see(e)]
    return ShelfView(
        school,
        school_class,
        grade,
        tuple(_shown_book(book, audience, door) for book in books),
        tuple(await _shown(ctx, in_order(found), door)),
    )


async def region_view(ctx: Context, post: Post) -> tuple[ShownEntry, ...]:
    """What an administrator of a region finds: the shelves down to their own."""
    if post.region is None:
        raise NotFoundError
    viewer = Viewer(audience=Audience.MANAGERS, today=school_day(ctx.now()))
    places = shelves_above(post.region.region_ids)
    found = [e for e in await ctx.stores.shelves.of_places(places) if viewer.may_see(e)]
    return tuple(await _shown(ctx, in_order(found), ""))


async def public_view(
    ctx: Context, school_id: str, *, class_id: str = "", grade: int = 0
) -> ShelfView:
    """What anybody finds: on a class's page what its pupils need, on a shared tablet, too. Raises NotFoundError."""
    school, school_class = await open_place(ctx, school_id, class_id)
    audience = Audience.FAMILIES if school_class else Audience.PUBLIC
    return await shelf_view(ctx, school, audience, school_class=school_class, grade=grade)


async def open_place(
    ctx: Context, school_id: str, class_id: str = ""
) -> tuple[School, SchoolClass | None]:
    """A school, and a class of it where one is named. Raises NotFoundError."""
    school = await ctx.stores.schools.find_school(school_id)
    if school is None:
        raise NotFoundError
    found = await ctx.stores.schools.classes([class_id]) if class_id else []
    standing = [c for c in found if c.school_id == school_id and c.ended_at is None]
    if class_id and not standing:
        raise NotFoundError
    return school, standing[0] if standing else None


async def family_view(
    ctx: Context, person_id: str, student_id: str = ""
) -> tuple[ShelfView, Child, Sequence[Child]]:
    """A guardian's, for one of their children (the first for none named), with all of them. Raises NotFoundError."""
    children = await children_of(ctx, person_id)
    for child in children:
        if student_id in ("", child.student.id):
            school = await ctx.stores.schools.find_school(child.school_class.school_id)
            if school is not None:
                view = await shelf_view(
                    ctx, school, Audience.FAMILIES, school_class=child.school_class
                )
                return view, child, children
    raise NotFoundError


async def teacher_view(ctx: Context, teaching: Teaching, class_id: str) -> ShelfView:
    """A teacher's, in one of their classes. Raises NotFoundError."""
    school_class = teaching.find_class(class_id)
    managers = {Role.SCHOOL_ADMIN, Role.OFFICE}
    manages = {a.role for a in teaching.appointments} <= managers
    audience = Audience.MANAGERS if manages else Audience.TEACHERS
    return await shelf_view(ctx, teaching.school, audience, school_class=school_class)


async def staff_view(ctx: Context, person_id: str, class_id: str, *, acting: str = "") -> ShelfView:
    """A teacher's where they act now, in the class named or their first. Raises NotFoundError."""
    teaching = await access_teaching(ctx, person_id, Right.LINKS, acting=acting)
    return await teacher_view(ctx, teaching, class_id or teaching.classes[0].id)


async def attachable_links(
    ctx: Context, teaching: Teaching, class_ids: Collection[str] = ()
) -> list[Attachable]:
    """What a teacher may hang on a notice or homework: what families find of the first of their classes that is among
    these, or of their first for none: the class's books, then the shelves' entries in order."""
    mine = [c for c in teaching.classes if c.id in class_ids] or teaching.classes[:1]
    if not mine:
        return []
    view = await shelf_view(ctx, teaching.school, Audience.FAMILIES, school_class=mine[0])
    own = ctx.policy.public_url
    books = [
        Attachable(one.book.title, own + _bare(one.pages[0][1]), one.book.subject)
        for one in view.books
    ]
    return books + [Attachable(e.title, own + _bare(e.path), e.subject) for e in view.entries]


def _bare(path: str) -> str:
    """Without the door: a notice goes to several classes."""
    return path.partition("?")[0]


async def _door(ctx: Context, school_id: str, class_id: str, audience: Audience) -> str:
    found = await doors_for(ctx, school_id, (class_id,), audience.value)
    return found[class_id]


async def _shown(ctx: Context, entries: Sequence[Entry], door: str) -> list[ShownEntry]:
    shown = []
    for entry in entries:
        try:
            address = await entry_address(ctx, entry)
        except NotFoundError:  # a book of a catalogue that was taken back
            continue
        shown.append(
            ShownEntry(
                code=entry.id,
                path=link_path(entry.id, door),
                address=address,
                title=entry.title,
                note=entry.note,
                icon=entry.icon,
                level=entry.level,
                subject=entry.subject,
                pinned=entry.pinned,
                one_tap=entry.one_tap,
            )
        )
    return shown


def _shown_book(book: Book, audience: Audience, door: str) -> ShownBook:
    pages = tuple((page, link_path(book_code(book.id, page), door)) for page in PAGES[audience])
    return ShownBook(book, pages)


def link_path(code: str, door: str = "") -> str:
    """A short link's path, through a door where there is one."""
    return f"/l/{code}?v={door}" if door else f"/l/{code}"
