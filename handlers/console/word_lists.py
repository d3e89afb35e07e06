"""The list of words of a school or region: what holds back, what refuses, what is not minded."""

from __future__ import annotations

from domain.errors import ConflictError, InvalidError
from domain.roles import Right
from domain.word_lists import LEVELS, WordList
from handlers import phrases
from handlers.base import Access
from handlers.console.base import ConsoleHandler
from services.word_lists import save_words, words_at

_LONGEST = 600_000  # ten thousand words
_MEANWHILE = "词表刚刚在别处改过。您填的还在，请核对后再保存一次。"


class WordListHandler(ConsoleHandler):
    """Three boxes, one word a line."""

    access = Access.STAFF
    right = Right.SETTINGS

    async def get(self) -> None:
        """As it is."""
        held = await words_at(self.ctx, self.acting)
        form = {name: "\n".join(getattr(held, name)) for name in LEVELS}
        self._show(form, held)

    async def post(self) -> None:
        """Save it, unless somebody else did since it was opened."""
        form = {name: self.get_body_argument(name, "")[:_LONGEST] for name in LEVELS}
        seen = self.get_body_argument("seen", "")
        try:
            version = int(seen[:9]) if seen.isascii() and seen.isdecimal() else -1
            await save_words(self.ctx, self.acting, form, seen=version)
        except InvalidError as error:
            held = await words_at(self.ctx, self.acting)
            self._show(form, held, problems=phrases.field_messages(error), status=422)
        except ConflictError:
            held = await words_at(self.ctx, self.acting)
            self._show(form, held, banner=_MEANWHILE, status=409)
        else:
            self.go("/console/words?done=words_saved")

    def _show(
        self,
        form: dict[str, str],
        held: WordList,
        *,
        problems: dict[str, str] | None = None,
        banner: str = "",
        status: int = 200,
    ) -> None:
        place = self.acting.school or self.acting.region
        self.page(
            "console/word_lists.html",
            status=status,
            form=form,
            seen=held.version,
            place_name=place.name if place else "",
            is_region=self.acting.school is None,
            problems=problems or {},
            banner=banner,
        )
