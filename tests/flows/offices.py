"""A school's office with its lists: somebody at a desk, files as Excel saves them, what is stored afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from domain.imports import Import
from domain.roles import Appointment, Role, appointment_id
from domain.roster_changes import Kind
from domain.schools import Contact, School
from services.import_runs import apply_import, try_import
from services.imports import access_import, begin_applying, hand_in
from services.people import Post
from storage.documents import from_document
from tests import school_lists as lists
from tests.town import Town

QINGHE = School(id="qinghe", name="青禾小学")
HEADER = ["学号", "姓名", "班级", "家长姓名", "电话", "母亲电话"]
LI = ["20230001", "李小明", "三（1）班", "李大海", "13800001234", ""]
WANG = ["20230002", "王小红", "三（1）班", "王强", "13900005678", ""]
ZHANG = ["20230003", "张三丰", "三（2）班", "张山", "13700001111", ""]
COLLECTIONS = ("schools", "classes", "students", "contacts", "bindings", "lines")


class Desk:
    """Somebody of the school's office, and the worker that does what they ask for."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town, self.ctx = town, town.ctx
        self.file = folder / "list.xlsx"
        appointment = Appointment(
            id=appointment_id(Role.OFFICE, "office", place_id=QINGHE.id),
            person_id="office",
            role=Role.OFFICE,
            name="陈主任",
            school_id=QINGHE.id,
        )
        self.post = Post("office", (appointment,), QINGHE)

    async def hand_in(self, *rows: Sequence[Any]) -> Import:
        """A list of these rows, uploaded and waiting for a worker."""
        if await self.ctx.stores.schools.find_school(QINGHE.id) is None:
            await self.ctx.stores.schools.save_school(QINGHE)
        lists.write_xlsx(self.file, [HEADER, *map(list, rows)])
        return await hand_in(self.ctx, self.post, "名册.xlsx", self.file)

    async def tried(self, *rows: Sequence[Any]) -> Import:
        """The same, after the worker has tried it."""
        handed_in = await self.hand_in(*rows)
        await try_import(self.ctx, handed_in.id)
        return await self.look(handed_in)

    async def applied(self, handed_in: Import, *, sure: bool = True) -> Import:
        """All of it, written."""
        kinds = [k for k in handed_in.found.counts if k not in ("refused", "noted")]
        await begin_applying(self.ctx, self.post, handed_in.id, [Kind(k) for k in kinds], sure=sure)
        await apply_import(self.ctx, handed_in.id)
        return await self.look(handed_in)

    async def look(self, handed_in: Import) -> Import:
        """How it stands now."""
        return await access_import(self.ctx, self.post, handed_in.id)

    async def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All that a list could change."""
        database = self.ctx.stores.database
        return {
            name: await database[name].find({}, {"unsettled": 0}, sort=[("_id", 1)]).to_list(None)
            for name in COLLECTIONS
        }

    async def lines(self) -> dict[str, Contact]:
        """The school's lines by pupil's name, of pupils who have one."""
        from_db = self.ctx.stores.database["contacts"].find({"school_id": QINGHE.id})
        return {d["student_name"]: from_document(Contact, d) async for d in from_db}
