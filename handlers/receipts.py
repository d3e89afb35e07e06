"""Receipts for the head teacher: the page, its live part, one guardian's ledger, signatures, the Excel file."""

from __future__ import annotations

import hashlib
from typing import Any

from domain.deliveries import MAX_REMINDERS
from domain.errors import NotFoundError
from domain.receipts import Receipt
from domain.roles import Right
from handlers import phrases
from handlers.base import Access, PageHandler
from handlers.downloads import send_sheet
from handlers.files import send_file
from services.exports import Words, export_name, export_receipts, open_signature
from services.given_links import given_with_notice, named
from services.receipts import Receipts, ledger_of, receipts_of

# What states and reasons are called in the Excel file: as on the page.
WORDS = Words(
    state=phrases.receipt_name,
    reason=phrases.receipt_reason,
    relation=phrases.relation_name,
)


class ReceiptsPage(PageHandler):
    """What the page and its live part show alike."""

    def live_values(self, receipts: Receipts) -> dict[str, Any]:
        """The values of `h5/_receipts.html`; of one class at a time, the first unless one is named."""
        class_id = self.get_query_argument("class", "")
        groups = {group.school_class.id: group for group in receipts.classes}
        if class_id and class_id not in groups:
            raise NotFoundError
        group = groups.get(class_id) or next(iter(groups.values()), None)
        if group is None:
            raise NotFoundError
        read, bound = receipts.guardians_read()
        counts = receipts.counts()
        children = receipts.children()
        return {
            "notice": receipts.notice,
            "classes": receipts.classes,
            "group": group,
            "states": list(Receipt),
            "counts": counts,
            "bar": bar_of([(state, counts[state]) for state in Receipt]),
            "children": len(children),
            "reached": sum(child.reached for child in children),
            "guardians": bound,
            "read": read,
            "confirmed": sum(
                g.state is Receipt.CONFIRMED for child in children for g in child.guardians
            ),
            "asked": sum(g.asked for child in children for g in child.guardians),
            "waiting": receipts.waiting,
            "nameless": receipts.nameless,
            "preparing": receipts.preparing,
            "open_count": len(receipts.still_open()),
            "max_reminders": MAX_REMINDERS,
            "reminder_due": receipts.notice.reminder_due_at,
        }


def bar_of(shares: list[tuple[Any, int]]) -> list[tuple[Any, float, float]]:
    """(what, start, width) of a drawn bar, in hundredths of its length; empty shares are left out."""
    total = sum(count for _, count in shares)
    bar, start = [], 0.0
    for what, count in shares:
        if count:
            width = 100 * count / total
            bar.append((what, round(start, 3), round(width, 3)))
            start += width
    return bar


class ReceiptsHandler(ReceiptsPage):
    """The receipts of one notice."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self, notice_id: str) -> None:
        """Show them."""
        receipts = await receipts_of(self.ctx, self.teaching, notice_id)
        self.page(
            "h5/receipts.html",
            version=receipts.notice.current,
            links=await named(self.ctx, receipts.notice.current.links),
            hosts=self.ctx.policy.link_hosts,
            given=await given_with_notice(self.ctx, self.teaching, receipts.notice),
            **self.live_values(receipts),
        )


class LiveHandler(ReceiptsPage):
    """The changing part of that page: sent again only when it has changed."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self, notice_id: str) -> None:
        """`stamp` is what the page has; `html` is null when that is still true."""
        receipts = await receipts_of(self.ctx, self.teaching, notice_id)
        values = self.live_values(receipts)
        html = self.fragment("h5/_receipts.html", **values)
        stamp = hashlib.sha256(html.encode()).hexdigest()[:16]
        changed = self.get_query_argument("stamp", "") != stamp
        moving = receipts.waiting > 0 or values["preparing"]
        self.data({"stamp": stamp, "moving": moving, "html": html if changed else None})


class LedgerHandler(PageHandler):
    """Every attempt to reach one guardian of one child."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self, notice_id: str, student_id: str, person_id: str) -> None:
        """Show them, oldest first."""
        receipts = await receipts_of(self.ctx, self.teaching, notice_id)
        child, guardian = receipts.find_guardian(student_id, person_id)
        attempts = await ledger_of(self.ctx, self.teaching, notice_id, guardian.delivery.id)
        self.page(
            "h5/ledger.html",
            notice=receipts.notice,
            student=child.student,
            guardian=guardian,
            delivery=guardian.delivery,
            attempts=attempts,
        )


class SignatureHandler(PageHandler):
    """A guardian's signature, for the author of the notice."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self, notice_id: str, student_id: str, person_id: str) -> None:
        """Stream it."""
        receipts = await receipts_of(self.ctx, self.teaching, notice_id)
        _, guardian = receipts.find_guardian(student_id, person_id)
        file, content = await open_signature(self.ctx, self.teaching.actor, guardian.delivery)
        await send_file(self, file, content)


class ExportHandler(PageHandler):
    """The receipts as an Excel file."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self, notice_id: str) -> None:
        """Build it off the loop, hand it over."""
        receipts = await receipts_of(self.ctx, self.teaching, notice_id)
        content = await export_receipts(self.ctx, self.teaching.actor, receipts, WORDS)
        send_sheet(self, export_name(receipts.notice), content)
