"""What lies below a region: a tree of regions and schools, founding them, renaming and moving them."""

from __future__ import annotations

import re

from domain.errors import InvalidError
from domain.regions import Region, RegionLevel, fits_below
from domain.roles import Right
from domain.schools import School
from domain.stages import Stage, System
from handlers.base import Access
from handlers.console import staff_words
from handlers.console.base import ConsoleHandler
from services.places import access_place, edit_place, found_place_below, places_at

_LONGEST = 200
_PAGE = 50
_KEY = re.compile(r"[0-9a-f]{28}")


class PlacesPage(ConsoleHandler):
    """What the pages about places share."""

    access = Access.STAFF
    right = Right.PLACES

    def form_sent(self, *names: str) -> dict[str, str]:
        """The fields as typed; ticked stages as one field."""
        form = {name: self.get_body_argument(name, "")[:_LONGEST] for name in names}
        return form | {"stages": ",".join(self.get_body_arguments("stages")[:_LONGEST])}


class PlacesHandler(PlacesPage):
    """The tree, and one region of it."""

    async def get(self) -> None:
        """The region `at`, one's own where none is named; `q` searches all below it."""
        query = self.get_query_argument("q", "")[:_LONGEST]
        view = await places_at(self.ctx, self.acting, self._query_word("at"), query=query)
        pages = max(1, -(-len(view.schools) // _PAGE))
        number = self._query_word("page")
        current = min(max(1, int(number) if number.isdecimal() else 1), pages)
        self.page(
            "console/places.html",
            view=view,
            query=query,
            shown=view.schools[(current - 1) * _PAGE : current * _PAGE],
            current=current,
            pages=pages,
            told=staff_words,
        )


class NewPlaceHandler(PlacesPage):
    """Founding a school or a region."""

    async def get(self) -> None:
        """The form; `kind` says what, `below` where."""
        form = {"kind": self._query_word("kind") or "school", "below": self._query_word("below")}
        await self._show(form | {"system": System.SIX_THREE.value}, self.ctx.new_id())

    async def post(self) -> None:
        """Found it; the same form again founds nothing more."""
        form = self.form_sent("kind", "below", "name", "place_id", "system")
        key = self.get_body_argument("key", "")
        if not _KEY.fullmatch(key):
            key = self.ctx.new_id()
        try:
            place = await found_place_below(self.ctx, self.acting, form, place_id=key)
        except InvalidError as error:
            await self._show(form, key, error)
            return
        parent = place.parent_id if isinstance(place, Region) else place.region_ids[-1]
        self.go(f"/console/places?at={parent}&done=place_founded")

    async def _show(
        self, form: dict[str, str], key: str, error: InvalidError | None = None
    ) -> None:
        view = await places_at(self.ctx, self.acting)
        levels = [
            level
            for level in RegionLevel
            if level is not view.here.level and fits_below(level, view.here.level)
        ]
        self.page(
            "console/place_new.html",
            status=422 if error else 200,
            form={"name": "", "place_id": "", "stages": "", **form},
            key=key,
            levels=levels,
            regions=view.tree,
            stages=tuple(Stage),
            systems=tuple(System),
            problems=staff_words.problems(error) if error else {},
            told=staff_words,
        )


class EditPlaceHandler(PlacesPage):
    """Renaming a place, and moving a school."""

    async def get(self) -> None:
        """The form with what is there."""
        place_id = self._query_word("place")
        place = await access_place(self.ctx, self.acting, Right.PLACES, place_id or "-")
        form = {"name": place.name, "stages": "", "system": "", "below": ""}
        if isinstance(place, School):
            form |= {
                "stages": ",".join(place.stages),
                "system": place.system.value,
                "below": place.region_ids[-1],
            }
        await self._show(place_id, form)

    async def post(self) -> None:
        """Save."""
        place_id = self.get_body_argument("place", "")[:_LONGEST] or "-"
        form = self.form_sent("name", "system", "below")
        try:
            place = await edit_place(self.ctx, self.acting, place_id, form)
        except InvalidError as error:
            await self._show(place_id, form, error)
            return
        parent = place.parent_id if isinstance(place, Region) else place.region_ids[-1]
        self.go(f"/console/places?at={parent}&done=place_saved")

    async def _show(
        self, place_id: str, form: dict[str, str], error: InvalidError | None = None
    ) -> None:
        place = await access_place(self.ctx, self.acting, Right.PLACES, place_id or "-")
        view = await places_at(self.ctx, self.acting)
        self.page(
            "console/place_edit.html",
            status=422 if error else 200,
            place=place,
            is_school=isinstance(place, School),
            form=form,
            regions=view.tree,
            stages=tuple(Stage),
            systems=tuple(System),
            problems=staff_words.problems(error) if error else {},
            told=staff_words,
        )
