"""What waits for a decision at a desk: words and pictures, one tap each; who may not speak for now."""

from __future__ import annotations

from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.roles import Right
from handlers import phrases
from handlers.base import Access
from handlers.console.base import ConsoleHandler
from handlers.files import send_file
from handlers.safety_phrases import KINDS, reason_text
from services.review_pictures import open_reviewed
from services.reviews import decide_review, waiting_reviews
from services.silences import Reach, freeze_around, lift_silence, mute_author, silences_at

_LONGEST = 1000
_HOME = "/console/reviews"
_LENGTHS = {"1": "1 小时", "24": "1 天", "168": "7 天"}


class ReviewsHandler(ConsoleHandler):
    """The queue, oldest first, and beneath it who may not speak."""

    access = Access.STAFF
    right = Right.MODERATE

    async def get(self) -> None:
        """What waits for whoever acts."""
        await self._show()

    async def post(self) -> None:
        """`action`: allow, refuse, mute, freeze or lift; `why` is kept, and told to whoever it is about."""
        action = self.get_body_argument("action", "")
        key = self.get_body_argument("review", "")[:_LONGEST]
        try:
            await self._act(action, key)
        except InvalidError as error:
            problem = next(iter(phrases.field_messages(error).values()))
            await self._show(wrong=key, banner=problem, status=422)
            return
        except ConflictError as error:
            await self._show(wrong=key, banner=phrases.error_message(error.code), status=409)
            return
        self.go(f"{_HOME}?done=review_{action}")

    async def _act(self, action: str, key: str) -> None:
        teaching = await self.teaching_for(self.right)
        why = self.get_body_argument("why", "")[:_LONGEST]
        if action in ("allow", "refuse"):
            seen = self.get_body_argument("seen", "")
            if not seen.isascii() or not seen.isdecimal():
                raise NotFoundError
            await decide_review(
                self.ctx, teaching, key, allow=action == "allow", why=why, seen=int(seen[:9])
            )
        elif action == "mute":
            hours, reach = self.get_body_argument("hours", ""), self.get_body_argument("reach", "")
            if hours not in _LENGTHS or reach not in set(Reach):
                raise NotFoundError
            await mute_author(
                self.ctx, teaching, key, reach=Reach(reach), hours=int(hours), why=why
            )
        elif action == "freeze":
            await freeze_around(self.ctx, teaching, key, why=why)
        elif action == "lift":
            silence = self.get_body_argument("silence", "")[:_LONGEST]
            await lift_silence(self.ctx, teaching, silence)
        else:
            raise NotFoundError

    async def _show(self, *, wrong: str = "", banner: str = "", status: int = 200) -> None:
        teaching = await self.teaching_for(self.right)
        self.page(
            "console/reviews.html",
            status=status,
            queue=await waiting_reviews(self.ctx, teaching),
            silences=await silences_at(self.ctx, teaching),
            classes={c.id: c.name for c in teaching.classes},
            kinds=KINDS,
            reason_text=reason_text,
            lengths=_LENGTHS,
            may_school=self.acting.has_everywhere(self.right),
            why=self.get_body_argument("why", "")[:_LONGEST] if wrong else "",
            wrong=wrong,
            banner=banner,
        )


class ReviewPictureHandler(ConsoleHandler):
    """A picture of what waits, small."""

    access = Access.STAFF
    right = Right.MODERATE

    async def get(self, review_id: str, file_id: str) -> None:
        """Its bytes, kept by nobody."""
        teaching = await self.teaching_for(self.right)
        file, content = await open_reviewed(self.ctx, teaching, review_id, file_id)
        self.set_header("Cache-Control", "no-store")
        await send_file(self, file, content)
