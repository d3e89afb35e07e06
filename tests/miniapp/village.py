"""A small school as the mini-program's tests need it: a head teacher, families with devices, notices."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from PIL import Image

from domain.deliveries import Delivery, delivery_id
from domain.notices import ConfirmMode, Notice, NoticeState, Version
from domain.times import list_position
from services.files import Owner, store_upload
from services.notices import draft_notice, publish_notice
from services.people import Teaching, access_teaching, learn_union, recognise
from storage.documents import to_document
from tests.miniapp.client import MiniClient
from tests.miniapp.conftest import Device
from tests.town import SCHOOL, Phone, Town, child_name, school_class
from tests.waiting import wait_until


@dataclass
class Village:
    """The people of a test."""

    town: Town
    device: Device
    teacher: Phone

    async def guardian(self, key: str, child: int) -> MiniClient:
        """Somebody who is bound to this child, signed in."""
        await self.town.settle_guardian(key, child)
        return await self.somebody(key)

    async def somebody(self, key: str) -> MiniClient:
        """Somebody whom the account knows, signed in."""
        phone = self.town.phone(key, following=True)
        await recognise(self.town.ctx, phone.user.openid)
        await learn_union(self.town.ctx, phone.user.openid)
        mini = self.device(key)
        await mini.sign_in()
        return mini

    async def person(self, key: str) -> str:
        """The person behind a phone."""
        return await recognise(self.town.ctx, self.town.phone(key).user.openid)

    async def teaching(self) -> Teaching:
        """What the head teacher may act on."""
        return await access_teaching(self.town.ctx, await self.person("teacher"))

    async def publish(
        self, *, key: str = "key-0001", files: tuple[str, ...] = (), **form: str
    ) -> Notice:
        """A notice to the class, in everybody's list."""
        ctx, teaching = self.town.ctx, await self.teaching()
        draft = await draft_notice(
            ctx,
            teaching,
            {"title": "秋季运动会", "body": "周五早上八点，操场集合。", **form},
            class_ids=[teaching.classes[0].id],
            file_ids=files,
            links=[],
        )
        notice = await publish_notice(ctx, teaching, draft, idempotency_key=key)

        async def is_out() -> bool:
            held = await ctx.stores.notices.find(notice.id)
            return held is not None and not held.work

        await wait_until(is_out, description="the notice's deliveries")
        return notice

    async def upload(self, content: bytes) -> str:
        """A file of the head teacher's, by id."""
        file = await store_upload(
            self.town.ctx, Owner.of(await self.teaching()), "运动会.jpg", content
        )
        return file.id

    async def drawn(self, file_id: str) -> None:
        """Wait until the worker has made a picture's small one."""

        async def is_drawn() -> bool:
            held = await self.town.ctx.stores.files.find(file_id)
            return held is not None and not held.undrawn

        await wait_until(is_drawn, description="the small picture")

    async def documents(self, collection: str, **query: Any) -> list[dict[str, Any]]:
        """What a collection holds."""
        found = self.town.ctx.stores.database[collection].find(query)
        return list(await found.to_list(None))


async def told(town: Town, person_id: str, child: int, numbers: range, **changes: Any) -> None:
    """Notices in an adult's list as if the class had been told one a minute, by number."""
    now, group = town.ctx.now(), school_class(1)
    student_id = f"{group.id}-{child:04d}"
    notices, deliveries = [], []
    for number in numbers:
        at = now - timedelta(minutes=10_000 - number)
        notice = a_notice(f"notice-{number:05d}", at, **changes)
        notices.append(notice)
        deliveries.append(
            Delivery(
                id=delivery_id(notice.id, student_id, person_id),
                school_id=SCHOOL.id,
                notice_id=notice.id,
                class_id=group.id,
                student_id=student_id,
                person_id=person_id,
                published_at=at,
                position=list_position(at, notice.id),
            )
        )
    await town.ctx.stores.deliveries.insert_missing(deliveries)
    await insert_notices(town, notices)


async def insert_notices(town: Town, notices: list[Notice]) -> None:
    """Store them as they are."""
    await town.ctx.stores.database["notices"].insert_many([to_document(n) for n in notices])


def a_notice(notice_id: str, at: datetime, **changes: Any) -> Notice:
    """A notice of the head teacher's."""
    version = Version(
        number=1,
        title=f"通知{notice_id[-5:]}",
        body=f"请各位家长留意：{child_name(12)}等同学的第 {notice_id} 件事，周五以前告诉老师。" * 4,
        attachments=(),
        links=(),
        written_at=at,
    )
    fields: dict[str, Any] = {
        "id": notice_id,
        "school_id": SCHOOL.id,
        "class_ids": (school_class(1).id,),
        "author_id": "somebody",
        "author_name": "王",
        "confirm": ConfirmMode.TAP,
        "deadline_at": None,
        "state": NoticeState.PUBLISHED,
        "publish_at": at,
        "position": list_position(at, notice_id),
        "created_at": at,
        "versions": (version,),
        **changes,
    }
    return Notice(**fields)


def camera_picture(size: tuple[int, int] = (2400, 1800)) -> bytes:
    """A photograph of a phone's kind: too large for a list, and full of noise."""
    noise = Image.effect_noise(size, 60).convert("RGB")
    content = io.BytesIO()
    noise.save(content, format="JPEG", quality=80)
    return content.getvalue()
