"""A guardian's pages: the list, a notice, confirming and signing it."""

from __future__ import annotations

import base64
import binascii
import re

from tornado.web import HTTPError

from domain.errors import NotFoundError
from domain.notices import ConfirmMode, NoticeKind, NoticeState
from handlers.base import Access, PageHandler
from handlers.submission_phrases import lead
from handlers.submissions import work_path
from services.given_links import for_family
from services.notices import access_notice_as_author
from services.people import access_teaching
from services.reading import Reading, confirm_notice, notices_of_guardian, record_read
from services.submissions import works_of

PAGE_SIZE = 20
# A position of `domain.times.list_position`.
_PLACE = re.compile(r"\d{14}:\S{1,200}")


def pack_cursor(place: str) -> str:
    """A place in a list, opaque to the page that carries it."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def unpack_cursor(cursor: str) -> str | None:
    """The place in the list; None for an empty cursor. Raises HTTPError 400 for one that is none of ours."""
    if not cursor:
        return None
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        raise HTTPError(400) from None
    if not _PLACE.fullmatch(place):
        raise HTTPError(400)
    return place


class NoticeListHandler(PageHandler):
    """A guardian's notices, newest first."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Twenty of them."""
        before = unpack_cursor(self.get_query_argument("cursor", ""))
        page = await notices_of_guardian(
            self.ctx, self.session.person_id, before=before, limit=PAGE_SIZE
        )
        self.page(
            "h5/notices.html",
            entries=page.entries,
            cursor=pack_cursor(page.next_position) if page.next_position else "",
            is_first=before is None,
        )


class NoticeHandler(PageHandler):
    """One notice; opening it is reading it."""

    access = Access.VISITOR

    async def get(self, notice_id: str) -> None:
        """Record the reading, then show."""
        try:
            reading = await record_read(self.ctx, self.session.person_id, notice_id)
        except NotFoundError:
            await self._send_author_to_receipts(notice_id)
            return
        notice = reading.notice
        confirmed = [e.delivery.confirmed_at for e in reading.entries if e.delivery.confirmed_at]
        self.page(
            "h5/notice.html",
            notice=notice,
            version=notice.current,
            links={
                version.number: await for_family(
                    self.ctx, reading.entries[0].child.school_class, version.links
                )
                for version in notice.versions
            },
            reading=reading,
            works=await self._works(reading),
            withdrawn=notice.state is NoticeState.WITHDRAWN,
            confirmed_at=max(confirmed) if confirmed and reading.confirmed else None,
            needs_tap=notice.confirm is ConfirmMode.TAP and not reading.confirmed,
            needs_signature=notice.confirm is ConfirmMode.SIGN and not reading.confirmed,
            hosts=self.ctx.policy.link_hosts,
        )

    async def _works(self, reading: Reading) -> list[tuple[str, str]]:
        """Where each child's work is, of a homework and of what came back; and what the link is called."""
        notice = reading.notice
        about = {NoticeKind.HOMEWORK: notice.id, NoticeKind.RETURN: notice.about}.get(notice.kind)
        if not about:
            return []
        children = [entry.child for entry in reading.entries]
        works = await works_of(self.ctx, about, children)
        named = len(children) > 1
        return [
            (
                work_path(about, w.child.student.id),
                (f"{w.child.student.name}：" if named else "") + lead(w.submission),
            )
            for w in works
        ]

    async def _send_author_to_receipts(self, notice_id: str) -> None:
        """Who wrote it and opens the families' link finds the receipts; anybody else finds nothing."""
        teaching = await access_teaching(
            self.ctx, self.session.person_id, acting=self.session.acting
        )
        notice = await access_notice_as_author(self.ctx, teaching, notice_id)
        self.redirect(self.link(f"/h5/teach/notices/{notice.id}"), status=302)


class ConfirmHandler(PageHandler):
    """Confirming by a tap (a form) or with a signature (a PNG as the request's body)."""

    access = Access.VISITOR

    async def post(self, notice_id: str) -> None:
        """Confirm; a second time changes nothing and says the same."""
        signature = None
        if self.request.headers.get("Content-Type", "").startswith("image/png"):
            signature = self.request.body
        await confirm_notice(
            self.ctx,
            self.session.person_id,
            notice_id,
            version=self._version(),
            signature=signature,
        )
        if self.wants_json:
            self.data({"confirmed": True})
            return
        self.go(f"/h5/notices/{notice_id}?done=confirmed")

    def _version(self) -> int:
        """Which version the page showed."""
        try:
            return int(self.get_query_argument("version"))
        except ValueError:
            raise HTTPError(400) from None
