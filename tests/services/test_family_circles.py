"""A family takes all pictures of its child home, and what it posted itself; nobody else's."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from domain.consents import Decision
from domain.family_files import LIFE, FamilyFile
from domain.safety import Outcome
from services.circle_comments import say_comment
from services.circle_order import hide_topic
from services.circle_reviews import settle_topic
from services.context import Context
from services.family_archive import write_archive
from tests.circling import agree, picture, post
from tests.flows.conftest import quiet_town as quiet_town
from tests.talking import CHILD, HEAD, MOTHER, OTHER, settle_school
from tests.town import SCHOOL, Town

OTHER_CHILD = CHILD.removesuffix("1") + "2"


@pytest.fixture
async def ctx(quiet_town: Town) -> Context:
    made: Context = quiet_town.ctx
    await settle_school(made)
    for person, child in ((MOTHER, CHILD), (OTHER, OTHER_CHILD)):
        await agree(made, person, child)
    return made


async def taken(ctx: Context) -> tuple[int, list[Any]]:
    """How many photos are in the mother's archive, and what it says of circles."""
    wanted = FamilyFile(
        id="file",
        school_id=SCHOOL.id,
        person_id=MOTHER,
        student_id=CHILD,
        requested_by=MOTHER,
        requested_at=ctx.now(),
        expires_at=ctx.now() + LIFE,
    )
    out = io.BytesIO()
    await write_archive(ctx, wanted, out)
    archive = zipfile.ZipFile(out)
    photos = [name for name in archive.namelist() if name.startswith("photos/")]
    assert all(len(archive.read(name)) > 0 for name in photos)
    page = archive.read("index.html").decode()
    assert all(name.split("/")[1][:4] in page for name in photos)
    return len(photos), json.loads(archive.read("data/circles.json"))


async def test_all_pictures_of_ones_own_child_and_of_no_other(ctx: Context) -> None:
    await post(
        ctx,
        HEAD,
        "春游",
        (await picture(ctx), (CHILD,)),
        (await picture(ctx), (OTHER_CHILD,)),
        (await picture(ctx), (CHILD, OTHER_CHILD)),
        (await picture(ctx), ()),
    )
    hidden = await post(ctx, HEAD, "发错了", (await picture(ctx), (CHILD,)))
    await hide_topic(ctx, HEAD, hidden.id, "发错了")
    count, records = await taken(ctx)
    assert (count, [r["what"] for r in records]) == (2, ["photos"])
    await agree(ctx, OTHER, OTHER_CHILD, Decision.NO)
    assert (await taken(ctx))[0] == 1
    # What the class may see no more, the family may still take home.
    await agree(ctx, decision=Decision.NO)
    assert (await taken(ctx))[0] == 1


async def test_what_one_posted_and_said_and_not_what_others_did(ctx: Context) -> None:
    mine = await post(ctx, MOTHER, "我家的菜园", (await picture(ctx, MOTHER, CHILD), ()))
    await settle_topic(ctx, mine.id, Outcome.PASS)
    theirs = await post(ctx, OTHER, "别人的话题")
    await say_comment(ctx, MOTHER, theirs.id, "真好看", key="a")
    await say_comment(ctx, OTHER, mine.id, "别人的评论", key="a")
    count, records = await taken(ctx)
    assert count == 1
    assert [(r["what"], r["text"]) for r in records] == [
        ("topic", "我家的菜园"),
        ("comment", "真好看"),
    ]
