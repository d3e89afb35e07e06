"""Five hundred families want forty places at once through two web processes, one of which may be killed meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from domain.activities import QuestionDraft, QuestionKind
from domain.answers import answer_id, counts
from services.activities import draft_activity, publish_activity
from services.bearers import start_bearer
from services.people import access_teaching
from tests.chaos.pair import Pair, open_pair
from tests.settling import settle_families
from tests.town import pupil, school_class

pytestmark = pytest.mark.chaos

FAMILIES, PLACES, CLASS_SIZE = 500, 40, 50


@dataclass
class Rush(Pair):
    """Everybody's phone at two processes."""

    activity: str = ""

    async def want(self, number: int, base: str, *, form: str = "first") -> str:
        """One family's request; what came of it, `gone` when the server was. Another `form` is another request."""
        seat = {"question_id": "q0", "option_ids": ["o0"]}
        body = {"child_id": child(number), "answers": [seat]}
        url = f"{base}/api/v1/activities/{self.activity}/answers"
        key = f"key-of-family-{number:03d}-{form}"
        found = await self.post(number, url, body, key=key)
        if "data" in found:
            return str(found["data"]["subject"]["seat"]["standing"])
        return str(found["error"]["code"])

    async def holders(self) -> set[str]:
        """Who has a place: nobody twice, and whoever has one has answered."""
        activity = await self.ctx.stores.activities.find(self.activity)
        seats = await self.ctx.stores.seats.find(self.activity)
        assert activity is not None
        assert seats is not None
        held = [h.subject_id for h in seats.holders]
        assert len(set(held)) == len(held) <= PLACES
        answers = await self.ctx.stores.answers.many(answer_id(activity.id, s) for s in held)
        assert all(counts(a, activity, seats) for a in answers.values())
        assert len(answers) == len(held)
        return set(held)


def child(number: int) -> str:
    """The id of the child of family number N."""
    group = school_class(number // CLASS_SIZE + 1)
    return pupil(group, number % CLASS_SIZE + 1)[0].id


@pytest.fixture
async def rush(
    mongodb_uri: str, redis_url: str, database_name: str, tmp_path: Path
) -> AsyncIterator[Rush]:
    async with open_pair(Rush, mongodb_uri, redis_url, database_name, tmp_path) as opened:
        ctx = opened.ctx
        openids = [f"openid-{n}" for n in range(FAMILIES)]
        classes = await settle_families(
            ctx, ctx.policy.app_id, openids, teacher="teacher", class_size=CLASS_SIZE
        )
        opened.tokens += [
            (await start_bearer(ctx, f"person-{n:06d}", openid)).access
            for n, openid in enumerate(openids)
        ]
        teaching = await access_teaching(ctx, "teacher")
        talk = QuestionDraft(
            kind=QuestionKind.CHOICE, text="报名", required=True, options=(("讲座", PLACES),)
        )
        form = {
            "kind": "sign_up",
            "per": "child",
            "title": "家庭教育讲座",
            "body": "周五晚上七点，报告厅。",
            "closes_at": (ctx.now() + timedelta(days=1)).isoformat(),
        }
        draft = await draft_activity(
            ctx, teaching, form, [talk], staff=False, class_ids=classes, file_ids=[]
        )
        made = await publish_activity(ctx, teaching, draft, idempotency_key="key-of-the-talk")
        opened.activity = made.id
        yield opened


async def test_forty_get_one_nobody_twice_and_the_rest_hear_it_at_once(rush: Rush) -> None:
    bases = [await rush.serve("one"), await rush.serve("other")]
    said = await asyncio.gather(*(rush.want(n, bases[n % 2]) for n in range(FAMILIES)))
    held = await rush.holders()
    assert (said.count("held"), said.count("full")) == (PLACES, FAMILIES - PLACES)
    assert held == {child(n) for n in range(FAMILIES) if said[n] == "held"}


async def test_one_dies_in_between_and_every_place_is_given_once(rush: Rush) -> None:
    bases = [await rush.serve("mortal", last=25), await rush.serve("other")]
    said = await asyncio.gather(*(rush.want(n, bases[n % 2]) for n in range(FAMILIES)))
    assert "gone" in said
    held = await rush.holders()
    assert len(held) == PLACES
    assert {child(n) for n in range(FAMILIES) if said[n] == "held"} <= held
    # Whoever heard nothing asks again, with the same key: who has a place hears so, nobody else gets one.
    # Where the dead process still counts as being at it, that is said; another request goes through.
    unsure = [n for n in range(FAMILIES) if said[n] == "gone"]
    again = await asyncio.gather(*(rush.want(n, bases[1]) for n in unsure))
    assert set(again) <= {"held", "full", "in_progress"}
    assert {child(n) for n, answer in zip(unsure, again, strict=True) if answer == "held"} <= held
    late = [n for n, answer in zip(unsure, again, strict=True) if answer == "in_progress"]
    once_more = await asyncio.gather(*(rush.want(n, bases[1], form="second") for n in late))
    assert {child(n) for n, answer in zip(late, once_more, strict=True) if answer == "held"} <= held
    assert set(once_more) <= {"held", "full"}
    assert await rush.holders() == held
