"""Local resources at a desk: the libraries, one's own, one resource with its files, and rating it."""

from __future__ import annotations

from datetime import date
from functools import partial

from domain.chapters import chapter_key
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.resource_forms import CHAPTER_LIMIT
from domain.resource_steps import may_promote
from domain.resources import Kind, Resource
from domain.roles import Right
from domain.stages import grade_name
from handlers.base import Access
from handlers.console import resource_words
from handlers.console.base import ConsoleHandler
from handlers.files import send_file
from services.resource_access import Seen, access_resource, open_part
from services.resource_lessons import lessons_of_mine, take_lesson_back, use_in_lesson
from services.resource_packages import shelf_to_pack
from services.resource_reviews import next_rung
from services.resource_views import names_of, tabs_of, twins_for
from services.resources import (
    choices_for,
    library_chapters,
    library_page,
    own_resources,
    rate_resource,
    withdraw_resource,
)

_LONGEST = 1000
HOME = "/console/resources"


class ResourcesPage(ConsoleHandler):
    """What these pages share."""

    def seen_revision(self) -> int:
        """Which revision the page showed that this form was on. Raises ConflictError for none."""
        text = self.get_body_argument("seen", "")
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise ConflictError
        return int(text)

    async def show_one(self, seen: Seen, *, banner: str = "", status: int = 200) -> None:
        """The page of one resource."""
        resource, rung = seen.resource, seen.rung
        above = await next_rung(self.ctx, resource, rung) if rung else None
        names = await names_of(self.ctx, [resource], above)
        ratings = await self.ctx.stores.resources.ratings([resource.id])
        use = await self.ctx.stores.resources.find_use(resource.id, self.acting.person_id)
        here = resource.shelf_at(rung.place_id) if rung else None
        self.page(
            "console/resource.html",
            status=status,
            seen=seen,
            resource=resource,
            content=seen.version.content,
            school=self.acting.school,
            names=names,
            above=above,
            on_shelf=here,
            promotable=bool(rung and above and may_promote(resource, rung, above)),
            ratings=ratings.get(resource.id),
            use=use,
            lessons=await lessons_of_mine(self.ctx, self.acting, resource),
            packable=shelf_to_pack(seen) is not None,
            twins=await twins_for(self.ctx, self.acting, seen),
            banner=banner,
            told=resource_words,
            tabs=await tabs_of(self.ctx, self.acting),
        )


class LibraryHandler(ResourcesPage):
    """What stands in the libraries of one's place and those above it."""

    access = Access.STAFF
    right = Right.RESOURCES

    async def get(self) -> None:
        """`subject`, `grade`, `kind` and a `chapter` of both limit it; `before` is where the page begins."""
        grades, subjects = choices_for(self.acting)
        wanted = {name: self.get_argument(name, "")[:64] for name in ("subject", "grade", "kind")}
        subject = wanted["subject"] if wanted["subject"] in dict(subjects) else ""
        grade = {str(one): one for one in grades}.get(wanted["grade"], 0)
        kind = wanted["kind"] if wanted["kind"] in set(Kind) else ""
        chapters = await library_chapters(self.ctx, self.acting, subject=subject, grade=grade)
        typed = chapter_key(self.get_argument("chapter", "")[:CHAPTER_LIMIT])
        # As it is shown; of another book, it limits nothing here.
        chapter = next((one for one in chapters if chapter_key(one) == typed), "")
        before = self.get_argument("before", "")[:80] or None
        try:
            found = await library_page(
                self.ctx,
                self.acting,
                subject=subject,
                grade=grade,
                kind=kind,
                chapter=chapter,
                before=before,
            )
        except ValueError:  # no position of ours
            raise NotFoundError from None
        self.page(
            "console/resources.html",
            found=found,
            names=await names_of(self.ctx, [resource for resource, _ in found.lines]),
            school=self.acting.school,
            wanted={"subject": subject, "grade": grade, "kind": kind, "chapter": chapter},
            chapters=chapters,
            grades=grades,
            subjects=subjects,
            grade_name=grade_name,
            told=resource_words,
            tabs=await tabs_of(self.ctx, self.acting),
        )


class OwnHandler(ResourcesPage):
    """What one has filed, newest first, with what is to be done about it."""

    access = Access.STAFF
    right = Right.RESOURCES

    async def get(self) -> None:
        """Show it."""
        found: list[Resource] = await own_resources(self.ctx, self.acting)
        self.page(
            "console/resources_own.html",
            found=found,
            names=await names_of(self.ctx, found),
            ratings=await self.ctx.stores.resources.ratings([r.id for r in found]),
            school=self.acting.school,
            told=resource_words,
            tabs=await tabs_of(self.ctx, self.acting),
        )


class ResourceHandler(ResourcesPage):
    """One resource, as far as this post may see it."""

    access = Access.STAFF
    right = Right.RESOURCES

    async def get(self, resource_id: str) -> None:
        """Show it."""
        await self.show_one(await access_resource(self.ctx, self.acting, resource_id))

    async def post(self, resource_id: str) -> None:
        """`action`: withdraw one's own, rate what one has used, say in which lesson it was, or take that back."""
        action = self.get_body_argument("action", "")
        if action not in ("withdraw", "rate", "lesson", "no_lesson"):
            raise NotFoundError
        try:
            await self._act(action, resource_id)
        except ConflictError as error:
            await self.refused(resource_id, resource_words.conflict(error), 409)
        except InvalidError as error:
            said = next(iter(resource_words.problems(error).values()))
            await self.refused(resource_id, said, 422)
        else:
            self.go(f"{HOME}/{resource_id}?done=resource_{action}")

    async def _act(self, action: str, resource_id: str) -> None:
        if action == "withdraw":
            seen = self.seen_revision()
            await withdraw_resource(self.ctx, self.acting, resource_id, seen=seen)
        elif action == "rate":
            stars = self.get_body_argument("stars", "")[:_LONGEST]
            await rate_resource(self.ctx, self.acting, resource_id, stars)
        else:
            act = use_in_lesson if action == "lesson" else take_lesson_back
            await act(self.ctx, self.acting, resource_id, *self._lesson())

    def _lesson(self) -> tuple[str, date]:
        """The class and day of the form. Raises NotFoundError for what is no day."""
        try:
            day = date.fromisoformat(self.get_body_argument("day", "")[:10])
        except ValueError:
            raise NotFoundError from None
        return self.get_body_argument("class_id", "")[:_LONGEST], day

    async def refused(self, resource_id: str, banner: str, status: int) -> None:
        """The page as it is now, and why nothing was done."""
        seen = await access_resource(self.ctx, self.acting, resource_id)
        await self.show_one(seen, banner=banner, status=status)


class ResourceFileHandler(ConsoleHandler):
    """A file of a resource, for who may open it at this moment; a video by ranges."""

    access = Access.STAFF
    right = Right.RESOURCES

    async def get(self, resource_id: str, file_id: str) -> None:
        """Stream it."""
        file, _ = await open_part(self.ctx, self.acting, resource_id, file_id)
        read = partial(self.ctx.stores.files.read, file.id)
        await send_file(self, file, read(), read)
