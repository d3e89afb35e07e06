"""Short links and shelves, open to anybody: following one, its QR picture, and a school's page of links."""

from __future__ import annotations

import asyncio

from domain.errors import NotFoundError
from domain.link_uses import DOOR_LENGTH
from domain.stages import LAST_GRADE, grade_name
from handlers import link_words
from handlers.base import Access, PageHandler
from handlers.drawings import qr_card_png, qr_card_svg
from services.links import find_target, load_target, shelf_of_gone
from services.shelf_views import family_view, link_path, public_view, staff_view

_KEEP_SECONDS = 60
_KEEP_PICTURE_SECONDS = 86_400


class LinkHandler(PageHandler):
    """`/l/{code}`: on to where it leads, at once; counted when the answer is out."""

    access = Access.PUBLIC

    def set_default_headers(self) -> None:
        """What a redirect needs: a child's address is told to nobody, and nothing on the way keeps it."""
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")

    async def get(self, code: str) -> None:
        """Redirect; in WeChat, where the host does not open there, say how to go on; so where it leads nowhere."""
        ctx = self.ctx
        try:
            target = ctx.links.peek(ctx, code, load_target) or await find_target(ctx, code)
        except NotFoundError:
            if self.wants_json:
                raise
            super().set_default_headers()
            self.page("links/gone.html", status=404, shelf=await shelf_of_gone(ctx, code))
            return
        if target.closed and "MicroMessenger" in self.request.headers.get("User-Agent", ""):
            super().set_default_headers()
            self.page("links/closed.html", target=target)
            return
        self.set_status(302)
        self.set_header("Location", target.address)
        self.finish()
        if self.request.method == "GET":
            ctx.links.note(ctx, target, self._door())

    async def head(self, code: str) -> None:
        """The same, for who only looks: it is not counted."""
        await self.get(code)

    def _door(self) -> str:
        """The mark of the class and role it was shown to; anything else is none."""
        given = self.request.query_arguments.get("v")
        door = given[0].decode("ascii", "replace") if given else ""
        return door if len(door) == DOOR_LENGTH and door.isalnum() else ""


class LinkPicture(PageHandler):
    """The QR of a link, with a name under it."""

    async def drawn(self, code: str) -> tuple[str, str, str]:
        """The address, the title, and the school's name (`?school=`), or whose link it is."""
        target = await find_target(self.ctx, code)
        school_id = self.get_query_argument("school", "") or target.school_id
        school = await self.ctx.stores.schools.find_school(school_id) if school_id else None
        door = self.get_query_argument("v", "")
        known = len(door) == DOOR_LENGTH and door.isalnum()
        address = self.absolute(link_path(code, door if known else ""))
        self.set_header("Cache-Control", f"public, max-age={_KEEP_PICTURE_SECONDS}")
        return address, target.title, school.name if school else ""


class LinkPngHandler(LinkPicture):
    """As a picture that can be sent and printed."""

    access = Access.PUBLIC

    async def get(self, code: str) -> None:
        """Draw it."""
        picture = await asyncio.to_thread(qr_card_png, *await self.drawn(code))
        self.set_header("Content-Type", "image/png")
        self.finish(picture)


class LinkSvgHandler(LinkPicture):
    """As lines, sharp at any size."""

    access = Access.PUBLIC

    async def get(self, code: str) -> None:
        """Draw it."""
        drawing = qr_card_svg(*await self.drawn(code))
        self.set_header("Content-Type", "image/svg+xml; charset=utf-8")
        self.finish(drawing)


class PublicShelf(PageHandler):
    """A school's links for anybody."""

    async def show(self, school_id: str, *, class_id: str = "", grade: int = 0) -> None:
        """The shelf of the school, of a grade, or of a class."""
        view = await public_view(self.ctx, school_id, class_id=class_id, grade=grade)
        self.set_header("Cache-Control", f"public, max-age={_KEEP_SECONDS}")
        self.page(
            "links/shelf.html",
            view=view,
            words=link_words,
            root=f"/links/{view.school.id}",
            grades=link_words.grades_of(view.school),
            grade_name=grade_name,
            children=(),
            kept=[("class", class_id)] if class_id else [("grade", str(grade))] if grade else [],
        )


class ShelfHandler(PublicShelf):
    """Of the whole school."""

    access = Access.PUBLIC

    async def get(self, school_id: str) -> None:
        """Show it."""
        await self.show(school_id)


class GradeShelfHandler(PublicShelf):
    """Of one grade, with its books."""

    access = Access.PUBLIC

    async def get(self, school_id: str, grade: str) -> None:
        """Show it."""
        grades = {str(number): number for number in range(1, LAST_GRADE + 1)}
        if grade not in grades:
            raise NotFoundError
        await self.show(school_id, grade=grades[grade])


class ClassShelfHandler(PublicShelf):
    """Of one class: what its pupils need, without signing in."""

    access = Access.PUBLIC

    async def get(self, school_id: str, class_id: str) -> None:
        """Show it."""
        await self.show(school_id, class_id=class_id)


class OwnShelfHandler(PageHandler):
    """A guardian's links, by child; a teacher's, by class."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Theirs: `?child=` or `?class=`; who has children sees the first one's."""
        person_id = self.session.person_id
        class_id = self.get_query_argument("class", "")
        try:
            if class_id:
                raise NotFoundError
            view, chosen, children = await family_view(
                self.ctx, person_id, self.get_query_argument("child", "")
            )
        except NotFoundError:
            view = await staff_view(self.ctx, person_id, class_id, acting=self.session.acting)
            kept = [("class", view.school_class.id)] if view.school_class else []
            self.page(
                "links/shelf.html", view=view, words=link_words, root="", children=(), kept=kept
            )
            return
        self.page(
            "links/shelf.html",
            view=view,
            words=link_words,
            root="",
            children=children,
            chosen=chosen,
            kept=[("child", chosen.student.id)],
        )
