"""My data: what is here, taking it home, and having it erased."""

from __future__ import annotations

from dataclasses import replace

from handlers.base import Access, PageHandler
from handlers.files import send_file
from services.erasure import ask_erasure, own_data, take_back_erasure
from services.family_files import ask_family_file, open_family_file, own_files


class MeHandler(PageHandler):
    """What an adult can do with their own data."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Show it."""
        self.page("h5/me.html", own=await own_data(self.ctx, self.session.person_id))


class FamilyFileHandler(PageHandler):
    """The archives of one child: ask for one, watch it being made, fetch it."""

    access = Access.VISITOR

    async def get(self, student_id: str) -> None:
        """Show them; while one is being made the page looks again by itself."""
        own = await own_files(self.ctx, self.session.person_id, student_id)
        making = next((f for f in own.files if f.file_id is None), None)
        self.page("h5/family_file.html", own=own, making=making)

    async def post(self, student_id: str) -> None:
        """One more, please."""
        await ask_family_file(self.ctx, self.session.person_id, student_id)
        self.go(f"/h5/children/{self.path_args[0]}/file")


class FamilyFileDownloadHandler(PageHandler):
    """A ready archive, for who asked for it."""

    access = Access.VISITOR

    async def get(self, file_id: str) -> None:
        """Stream it."""
        file, content = await open_family_file(self.ctx, self.session.person_id, file_id)
        day = file.created_at.strftime("%Y%m%d")
        await send_file(self, replace(file, name=f"家庭档案-{day}.zip"), content)


class EraseHandler(PageHandler):
    """What erasing takes and what stays; and, once it was asked for, until when it can be taken back."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Show it."""
        own = await own_data(self.ctx, self.session.person_id)
        self.page("h5/erase.html", own=own, wait=self.ctx.policy.erasure_wait)


class EraseConfirmHandler(PageHandler):
    """The second question, and the answer."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Ask once more."""
        own = await own_data(self.ctx, self.session.person_id)
        self.page("h5/erase_confirm.html", own=own, wait=self.ctx.policy.erasure_wait)

    async def post(self) -> None:
        """They mean it; twice is once."""
        await ask_erasure(self.ctx, self.session.person_id)
        self.go("/h5/me/erase")


class EraseKeepHandler(PageHandler):
    """Taking it back."""

    access = Access.VISITOR

    async def post(self) -> None:
        """They stay; where there was nothing to take back, nothing changes."""
        kept = await take_back_erasure(self.ctx, self.session.person_id)
        self.go("/h5/me?done=erasure_kept" if kept else "/h5/me")
