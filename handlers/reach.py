"""Before sending: the block that says how many families WeChat can reach, and why the others can't be."""

from __future__ import annotations

from domain.roles import Right
from handlers.base import Access, PageHandler
from services.reach import forecast_reach


class ForecastHandler(PageHandler):
    """The forecast for an audience, drawn, for the form's script."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self) -> None:
        """A class that isn't theirs is refused as if it did not exist."""
        class_ids = list(dict.fromkeys(self.get_query_arguments("class_ids")))
        forecast = await forecast_reach(self.ctx, self.teaching, class_ids)
        self.data({"html": self.fragment("h5/_forecast.html", forecast=forecast)})
