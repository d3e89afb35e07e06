"""Shelves at a desk: the entries of one's own place or class, their form, and the sheet that is printed of them."""

from __future__ import annotations

import secrets
from urllib.parse import quote

from domain.catalogue import Page
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.names import natural_order
from domain.roles import Right, may
from domain.schools import SchoolClass
from domain.shelves import Audience, Entry, Icon, book_code, draft_of
from domain.stages import LAST_GRADE, grade_name, school_grades
from handlers import link_words
from handlers.base import Access
from handlers.console import words
from handlers.console.base import ConsoleHandler
from handlers.drawings import qr_svg
from handlers.homework_phrases import weekday
from services.editions import books_of, grade_books
from services.links import doors_for
from services.people import Post
from services.shelf_uses import uses_of_shelf
from services.shelf_views import link_path
from services.shelves import (
    ShelfPlace,
    access_entry_as_keeper,
    access_shelf_as_keeper,
    change_entry,
    draft_entry,
    entries_of,
    put_up,
    take_down,
)
from services.terms import school_day

_LONGEST = 4000
_FIELDS = (
    "title", "address", "book_id", "page", "note", "icon", "subject", "term", "order", "pinned", "one_tap",
    "valid_until", "edition",
)  # fmt: skip


class LinksPage(ConsoleHandler):
    """What these pages share: whose shelf it is."""

    async def place(self) -> ShelfPlace:
        """`class=` names a class; without it one's own place, else the first class one has. Raises NotFoundError."""
        class_id = self.get_argument("class", "")[:200]
        if not class_id and not self.acting.has_everywhere(Right.LINKS):
            class_id = (await self.teaching_for(Right.LINKS)).classes[0].id
        return await access_shelf_as_keeper(self.ctx, self.acting, class_id)

    async def classes(self) -> tuple[SchoolClass, ...]:
        """The classes whose shelves one may keep."""
        if self.acting.school is None:
            return ()
        found = (await self.teaching_for(Right.LINKS)).classes
        return tuple(sorted(found, key=lambda c: (c.grade, natural_order(c.name))))

    @staticmethod
    def query(place: ShelfPlace) -> str:
        """What names the shelf in an address."""
        return f"?class={quote(place.school_class.id, safe='')}" if place.school_class else "?"

    def back(self, place: ShelfPlace, done: str) -> None:
        """To the shelf, with a word about what was done."""
        self.go(f"/console/links{self.query(place)}&done={done}")


class LinksHandler(LinksPage):
    """A shelf as its keeper sees it: also what is over, and what does not open any more."""

    access = Access.STAFF
    right = Right.LINKS

    async def get(self) -> None:
        """Show it."""
        place = await self.place()
        self.page(
            "console/links.html",
            place=place,
            query=self.query(place),
            entries_here=await entries_of(self.ctx, place),
            uses=await uses_of_shelf(self.ctx, place),
            weekday=weekday,
            classes=await self.classes(),
            whole=self.acting.has_everywhere(Right.LINKS),
            chooses=_chooses(self.acting),
            told=link_words,
            today=school_day(self.ctx.now()),
            grade_name=grade_name,
        )


class EntryHandler(LinksPage):
    """The form of one entry; without a code, of a new one."""

    access = Access.STAFF
    right = Right.LINKS

    async def get(self, code: str = "") -> None:
        """The form as it is filled in at first."""
        place = await self.place()
        entry = await access_entry_as_keeper(self.ctx, place, code) if code else None
        await self._show(place, entry, _form_of(entry), _lists_of(entry))

    async def post(self, code: str = "") -> None:
        """Save it, or take it down."""
        place = await self.place()
        entry = await access_entry_as_keeper(self.ctx, place, code) if code else None
        if entry is not None and self.get_body_argument("action", "") == "remove":
            await take_down(self.ctx, self.acting.actor, place, entry.id)
            self.back(place, "link_removed")
            return
        form = {name: self.get_body_argument(name, "")[:_LONGEST] for name in _FIELDS}
        lists = {n: self.get_body_arguments(n)[:20] for n in ("audiences", "grades")}
        try:
            await self._save(place, entry, form, lists)
        except InvalidError as error:
            problems = link_words.problems(error)
            await self._show(place, entry, form, lists, problems=problems, status=422)
        except ConflictError:
            await self._show(place, entry, form, lists, banner=link_words.CHANGED, status=409)
        else:
            self.back(place, "link_saved")

    async def _save(
        self,
        place: ShelfPlace,
        entry: Entry | None,
        form: dict[str, str],
        lists: dict[str, list[str]],
    ) -> None:
        draft = await draft_entry(self.ctx, place, form, **lists)
        actor = self.acting.actor
        if entry is None:
            key = self.get_body_argument("key", "")[:64]
            await put_up(self.ctx, actor, place, draft, key=key)
            return
        seen = self.get_body_argument("seen", "")
        if not (seen.isascii() and seen.isdigit() and len(seen) < 10):
            raise ConflictError
        await change_entry(self.ctx, actor, place, entry.id, draft, seen=int(seen))

    async def _show(
        self,
        place: ShelfPlace,
        entry: Entry | None,
        form: dict[str, str],
        lists: dict[str, list[str]],
        *,
        problems: dict[str, str] | None = None,
        banner: str = "",
        status: int = 200,
    ) -> None:
        grade = place.school_class.grade if place.school_class else 0
        books = await grade_books(self.ctx, place.school, grade) if place.school and grade else ()
        self.page(
            "console/link_form.html",
            status=status,
            place=place,
            query=self.query(place),
            entry=entry,
            form=form,
            lists=lists,
            problems=problems or {},
            banner=banner or (words.FORM_REFUSED if problems else ""),
            key=secrets.token_urlsafe(12),
            told=link_words,
            icons_of=list(Icon),
            audiences=list(Audience),
            pages=list(Page),
            books=books,
            grades=_grades_of(place),
            grade_name=grade_name,
            hosts=self.ctx.policy.link_hosts,
        )


class LinkSheetHandler(LinksPage):
    """The shelf as a sheet of QR codes to print."""

    access = Access.STAFF
    right = Right.LINKS

    async def get(self) -> None:
        """What stands and opens; the codes count for the class where it is a class's sheet."""
        place = await self.place()
        today = school_day(self.ctx.now())
        found = [e for e in await entries_of(self.ctx, place) if e.stands(today)]
        door = ""
        if place.school is not None and place.school_class is not None:
            class_id = place.school_class.id
            role = Audience.FAMILIES.value
            door = (await doors_for(self.ctx, place.school.id, (class_id,), role))[class_id]
        links = [(e.title, e.note, e.id) for e in found if not e.is_broken]
        if place.school is not None and place.school_class is not None:
            books = await books_of(self.ctx, place.school, place.school_class, self.ctx.now())
            links += [(b.title, "", book_code(b.id, Page.STUDENT)) for b in books]
        cards = [
            (title, note, qr_svg(self.absolute(link_path(code, door))), self.absolute(f"/l/{code}"))
            for title, note, code in links
        ]
        self.page(
            "print/links.html",
            place=place,
            cards=cards,
            back=f"/console/links{self.query(place)}",
        )


def _chooses(post: Post) -> bool:
    """Whether somebody chooses textbooks for a whole grade."""
    whole = any(may(a.role, Right.LINKS) and not a.class_id for a in post.appointments)
    return post.school is not None and whole


def _grades_of(place: ShelfPlace) -> tuple[int, ...]:
    if place.school_class is not None:
        return ()
    known = school_grades(place.school.stages, place.school.system) if place.school else ()
    return known or tuple(range(1, LAST_GRADE + 1))


def _form_of(entry: Entry | None) -> dict[str, str]:
    if entry is None:
        return {}
    draft = draft_of(entry)
    return {
        "title": draft.title,
        "address": draft.address,
        "book_id": draft.book_id,
        "page": draft.page.value,
        "note": draft.note,
        "icon": draft.icon.value,
        "subject": draft.subject,
        "edition": draft.edition,
        "term": str(draft.term),
        "order": str(draft.order),
        "pinned": "yes" if draft.pinned else "",
        "one_tap": "yes" if draft.one_tap else "",
        "valid_until": draft.valid_until.isoformat() if draft.valid_until else "",
    }


def _lists_of(entry: Entry | None) -> dict[str, list[str]]:
    if entry is None:
        return {"audiences": [], "grades": []}
    return {
        "audiences": [one.value for one in entry.audiences],
        "grades": [str(grade) for grade in entry.grades],
    }


def found_grade(text: str) -> int:
    """A grade of an address. Raises NotFoundError."""
    grades = {str(number): number for number in range(1, LAST_GRADE + 1)}
    if text not in grades:
        raise NotFoundError
    return grades[text]
