"""A small school behind real HTTP: a head teacher, a mother, somebody from another school, a stranger."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image, ImageDraw

from domain.notices import Notice
from services.notices import draft_notice, publish_notice
from services.people import Teaching, access_teaching, recognise
from tests.desk import Browser, sign_in_at_desk
from tests.town import OTHER_SCHOOL, Phone, Town, open_town, school_class

HOSTS = "example.edu.cn"
Desk = Callable[[Phone], Awaitable[Browser]]


@dataclass
class Village:
    """The people of a test, and what they do behind the pages."""

    town: Town
    teacher: Phone
    mother: Phone
    rival: Phone  # head teacher at another school
    stranger: Phone

    async def person(self, phone: Phone) -> str:
        """The person behind a phone."""
        return await recognise(self.town.ctx, phone.user.openid)

    async def teaching(self, phone: Phone | None = None) -> Teaching:
        """What a head teacher may act on."""
        return await access_teaching(self.town.ctx, await self.person(phone or self.teacher))

    async def publish(
        self,
        *,
        by: Phone | None = None,
        key: str = "key-0001",
        files: tuple[str, ...] = (),
        **form: str,
    ) -> Notice:
        """Publish a notice to the author's first class."""
        teaching = await self.teaching(by)
        draft = await draft_notice(
            self.town.ctx,
            teaching,
            {"title": "秋季运动会", "body": "周五早上八点，操场集合。", **form},
            class_ids=[teaching.classes[0].id],
            file_ids=files,
            links=[],
        )
        return await publish_notice(self.town.ctx, teaching, draft, idempotency_key=key)

    async def let_the_family_be_late(self) -> None:
        """As if the hours were over in which a family decides alone."""
        past = self.town.ctx.now() - timedelta(minutes=1)
        await self.town.ctx.stores.database["claims"].update_many(
            {}, {"$set": {"school_from": past}}
        )

    async def count(self, collection: str) -> int:
        """How many documents a collection holds."""
        counted = await self.town.ctx.stores.database[collection].count_documents({})
        assert isinstance(counted, int)
        return counted

    async def count_where(self, collection: str, **query: Any) -> int:
        """How many documents of a collection are like this."""
        counted = await self.town.ctx.stores.database[collection].count_documents(query)
        assert isinstance(counted, int)
        return counted


@pytest.fixture
async def village(mongodb_uri: str, redis_url: str, database_name: str) -> AsyncIterator[Village]:
    """The school, with a worker that runs."""
    async with open_town(
        mongodb_uri=mongodb_uri,
        redis_url=redis_url,
        database=database_name,
        YANSHU_LINK_HOSTS=HOSTS,
    ) as town:
        town.start_worker()
        teacher = await town.settle_school(children=3)
        rival = await town.settle_school(teacher="rival", school=OTHER_SCHOOL, children=1)
        mother = town.phone("mother", following=True)
        # Child 3 is not on the other school's list: bound at once, and to this school.
        await bind(town, mother, 3)
        yield Village(town, teacher, mother, rival, town.phone("stranger"))


async def bind(town: Town, phone: Phone, child: int) -> None:
    """Make somebody a following guardian of this child."""
    await town.settle_guardian(phone.user.key, child)


def drawn(*, ink: bool = True, size: tuple[int, int] = (300, 120)) -> bytes:
    """A signature as the page's canvas makes it: black on nothing; without ink, nothing at all."""
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    if ink:
        ImageDraw.Draw(picture).line([(20, 90), (120, 20), (280, 100)], fill="black", width=4)
    content = io.BytesIO()
    picture.save(content, format="PNG")
    return content.getvalue()


def photograph() -> bytes:
    """A small JPEG."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(content, format="JPEG")
    return content.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

Form = list[tuple[str, str]]


def notice_form(*, key: str | None = "key-from-the-form", **changes: Any) -> Form:
    """A form that would be taken, with some fields changed; None leaves a field out, a list repeats it."""
    fields: dict[str, Any] = {
        "key": key,
        "title": "秋季运动会",
        "body": "周五早上八点，\n操场集合。",
        "class_ids": [school_class(1).id],
        "confirm": "tap",
        "when": "now",
        **changes,
    }
    pairs: Form = []
    for name, value in fields.items():
        values = value if isinstance(value, list) else [value]
        pairs += [(name, one) for one in values if one is not None]
    return pairs


@pytest.fixture
async def desk(village: Village) -> AsyncIterator[Desk]:
    """`await desk(phone)`: a browser in which this person is signed in."""
    opened: list[Browser] = []

    async def sign_in(phone: Phone) -> Browser:
        browser = Browser(village.town)
        opened.append(browser)
        await sign_in_at_desk(browser, phone)
        return browser

    yield sign_in
    for browser in opened:
        await browser.client.close()
