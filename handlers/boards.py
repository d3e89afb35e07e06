"""The public board of homework: an address that can be printed, linked and kept, of which a cache may keep a copy."""

from __future__ import annotations

from datetime import date

from domain.errors import NotFoundError
from domain.stages import LAST_GRADE, grade_name
from handlers.base import Access, PageHandler
from handlers.homework_phrases import weekday
from services.boards import board_of

_KEEP_SECONDS = 60


class BoardPage(PageHandler):
    """What the three have in common."""

    async def show_board(self, school_id: str, *, grade: int = 0, class_id: str = "") -> None:
        """`?day=2026-11-27` is the day; without one it is today."""
        board = await board_of(self.ctx, school_id, day=self._day(), grade=grade, class_id=class_id)
        self.set_header("Cache-Control", f"public, max-age={_KEEP_SECONDS}")
        self.page(
            "board/board.html",
            board=board,
            root=f"/board/{board.school.id}",
            grade_name=grade_name,
            weekday=weekday,
        )

    def _day(self) -> date | None:
        text = self.get_query_argument("day", "")
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise NotFoundError from None


class BoardHandler(BoardPage):
    """The board of a whole school."""

    access = Access.PUBLIC

    async def get(self, school_id: str) -> None:
        """Every class with the minutes of its evening."""
        await self.show_board(school_id)


class GradeBoardHandler(BoardPage):
    """The board of one grade."""

    access = Access.PUBLIC

    async def get(self, school_id: str, grade: str) -> None:
        """Its classes."""
        grades = {str(number): number for number in range(1, LAST_GRADE + 1)}
        if grade not in grades:
            raise NotFoundError
        await self.show_board(school_id, grade=grades[grade])


class ClassBoardHandler(BoardPage):
    """The board of one class, with what is to be done."""

    access = Access.PUBLIC

    async def get(self, school_id: str, class_id: str) -> None:
        """Its homework."""
        await self.show_board(school_id, class_id=class_id)
