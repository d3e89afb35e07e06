"""Requests to be bound at a desk: the queue, and beside it one of them with everything that helps to decide."""

from __future__ import annotations

from urllib.parse import urlencode

from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.roles import Right
from handlers.base import Access
from handlers.console import people_words
from handlers.console.base import ConsoleHandler
from services.approvals import WaitingClaim, approve_claim, refuse_claim, waiting_claims
from services.claim_details import Queue, claim_detail, fits

_LONGEST = 1000  # a request that may mean several children has a long id
_HOME = "/console/claims"


class ClaimsHandler(ConsoleHandler):
    """`queue` and `class` narrow it down, `claim` is the one that is looked at."""

    access = Access.STAFF
    right = Right.CLAIMS

    async def get(self) -> None:
        """The queue, with the request that was asked for or the first."""
        await self._show(self.get_query_argument("claim", "")[:_LONGEST])

    async def post(self) -> None:
        """Decide one, and go on to the one after it. Twice decides once."""
        claim_id = self.get_body_argument("claim", "")[:_LONGEST]
        student_id = self.get_body_argument("student", "")[:_LONGEST]
        approves = self.get_body_argument("action", "") == "approve"
        if not approves and self.get_body_argument("action", "") != "refuse":
            raise NotFoundError
        teaching = await self.teaching_for(self.right)
        following = self._after(await self._queue(), claim_id)
        try:
            if not approves:
                await refuse_claim(self.ctx, teaching, claim_id)
            elif student_id:
                await approve_claim(self.ctx, teaching, claim_id, student_id)
            else:
                raise InvalidError({"student": Problem("missing")})
        except ConflictError as error:
            await self._show(claim_id, banner=people_words.conflict(error.code), status=409)
            return
        except InvalidError:
            await self._show(claim_id, banner="请选一选是哪个孩子。", status=422)
            return
        done = "approved" if approves else "refused"
        self.go(f"{_HOME}?{urlencode({**self._narrowed(), 'claim': following, 'done': done})}")

    def _narrowed(self) -> dict[str, str]:
        """What the queue is narrowed down to, in the address or the form."""
        queue = self.get_argument("queue", Queue.ALL)
        if queue not in set(Queue):
            raise NotFoundError
        return {"queue": queue, "class": self.get_argument("class", "")[:_LONGEST]}

    async def _queue(self) -> list[WaitingClaim]:
        teaching = await self.teaching_for(self.right)
        narrowed = self._narrowed()
        queue, class_id = Queue(narrowed["queue"]), narrowed["class"]
        return [
            w
            for w in await waiting_claims(self.ctx, teaching)
            if fits(w, queue) and (not class_id or class_id in {s.class_id for s in w.candidates})
        ]

    @staticmethod
    def _after(queue: list[WaitingClaim], claim_id: str) -> str:
        """The one after this in the queue, else the one before; empty when it is the last."""
        ids = [w.claim.id for w in queue]
        if claim_id not in ids:
            return ""
        place = ids.index(claim_id)
        return next(iter([*ids[place + 1 :], *reversed(ids[:place])]), "")

    async def _show(self, claim_id: str, *, banner: str = "", status: int = 200) -> None:
        teaching = await self.teaching_for(self.right)
        queue = await self._queue()
        chosen = next((w for w in queue if w.claim.id == claim_id), queue[0] if queue else None)
        self.page(
            "console/claims.html",
            status=status,
            told=people_words,
            queue=queue,
            chosen=chosen,
            detail=await claim_detail(self.ctx, teaching, chosen) if chosen else None,
            narrowed=self._narrowed(),
            grades=people_words.by_grade(teaching.classes),
            class_names={c.id: c.name for c in teaching.classes},
            address=lambda **more: f"{_HOME}?{urlencode({**self._narrowed(), **more})}",
            banner=banner,
        )
