"""Packages of resources at a desk: what stands in one's library in a term is ticked and taken along as a ZIP."""

from __future__ import annotations

from domain.errors import ConflictError
from domain.packages import MOST_PACKED, Package
from domain.resources import Kind
from domain.roles import Right
from handlers.base import Access
from handlers.console import resource_words
from handlers.console.periods import PeriodPage
from handlers.console.resources import ResourcesPage
from handlers.files import send_made
from services.resource_access import access_resource
from services.resource_packages import pack_chosen, pack_resource, shelved_in_term, stream_package
from services.resource_views import names_of, tabs_of
from services.resources import choices_for

_ZIP = "application/zip"


class PackageHandler(PeriodPage):
    """What can be packed of a term, and the package of what was ticked."""

    access = Access.STAFF
    right = Right.CURATE
    root = "/console/resources/package"

    async def get(self) -> None:
        """`day` says which term, `subject` and `kind` limit it."""
        await self._show()

    async def post(self) -> None:
        """`id`, once for each that is ticked."""
        wanted = [one[:64] for one in self.get_body_arguments("id")[: MOST_PACKED + 1]]
        if not wanted:
            await self._show(banner="请先勾选要打包的资源", status=422)
            return
        try:
            package = await pack_chosen(self.ctx, self.acting, wanted)
        except ConflictError as error:
            await self._show(banner=resource_words.conflict(error), status=409)
        else:
            await self.send_package(package)

    async def send_package(self, package: Package) -> None:
        """Hand it over while it is made."""
        await send_made(self, package.file_name, _ZIP, stream_package(self.ctx, package))

    async def _show(self, *, banner: str = "", status: int = 200) -> None:
        _, subjects = choices_for(self.acting)
        subject, kind = (self.get_query_argument(name, "")[:64] for name in ("subject", "kind"))
        subject = subject if subject in dict(subjects) else ""
        kind = kind if kind in set(Kind) else ""
        found = await shelved_in_term(self.ctx, self.acting, self.day, subject=subject, kind=kind)
        self.show(
            "console/resources_package.html",
            found.period,
            found=found,
            lines=[(r, r.version(shelf.version).content) for r, shelf in found.lines],
            names=await names_of(self.ctx, [resource for resource, _ in found.lines]),
            school=self.acting.school,
            wanted={"subject": subject, "kind": kind},
            subjects=subjects,
            most=MOST_PACKED,
            banner=banner,
            status=status,
            told=resource_words,
            tabs=await tabs_of(self.ctx, self.acting),
        )


class OnePackageHandler(ResourcesPage):
    """The package of one resource."""

    access = Access.STAFF
    right = Right.RESOURCES

    async def post(self, resource_id: str) -> None:
        """Hand it over while it is made."""
        try:
            package = await pack_resource(self.ctx, self.acting, resource_id)
        except ConflictError as error:
            seen = await access_resource(self.ctx, self.acting, resource_id)
            await self.show_one(seen, banner=resource_words.conflict(error), status=409)
        else:
            await send_made(self, package.file_name, _ZIP, stream_package(self.ctx, package))
