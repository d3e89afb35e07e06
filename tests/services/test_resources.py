"""Resources where processes die, two decide at once, words are held, and people leave."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from domain.errors import ConflictError, NotFoundError
from domain.resources import Did, Stand
from domain.roles import Right
from domain.safety import Kind, Outcome, WordsRefusedError
from services.context import Context, TemplateCard
from services.people import access_teaching, note_follow
from services.promises import settle_promises
from services.resource_access import access_resource, open_part
from services.resource_erasure import clear_withdrawn, forget_ratings, unname_resources
from services.resource_reminders import remind_reviewers
from services.resource_reviews import allow_resource, promote_resource, return_resource
from services.resources import (
    file_resource,
    library_page,
    rate_resource,
    rework_resource,
    withdraw_resource,
)
from services.reviews import decide_review, settle_review, waiting_reviews
from services.safety_subjects import SUBJECTS
from services.word_lists import save_words
from tests.dying import Killed, after_each_write, dying_after
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import settle_city, settle_staff
from tests.resourcing import FORM, a_document, filed, post_of, put_file
from tests.services.test_alerts import WeChat
from tests.town import Town


@pytest.fixture
async def town(quiet_town: Town) -> Town:
    await settle_city(quiet_town)
    await settle_staff(quiet_town)
    return quiet_town


@pytest.fixture
def ctx(town: Town) -> Context:
    made: Context = town.ctx
    return made


async def test_dead_after_any_write_a_file_is_attached_only_if_a_resource_shows_it(
    town: Town, ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, deaths, left = await post_of(town, "zhou"), 0, 0
    for last in range(1, 20):
        file_id = await put_file(ctx, author, a_document(f"教案 {last}"))
        died = False
        try:
            with after_each_write(monkeypatch, dying_after(last)):
                await file_resource(ctx, author, FORM, [file_id], key=f"key-{last}")
        except Killed:
            died = True
        await settle_promises(replace(ctx, now=lambda: town.ctx.now() + timedelta(days=2)))
        (file,) = (await ctx.stores.files.many([file_id])).values()
        there = await ctx.stores.database["resources"].find({}).to_list(None)
        shown = {p["file_id"] for r in there for v in r["versions"] for p in v["content"]["parts"]}
        assert (not file.loose) == (file_id in shown), (last, died)
        deaths += died
        left += died and file_id not in shown
        if not died:
            break
    assert deaths >= 2
    assert left


async def test_two_reviewers_at_one_moment_make_one_decision(town: Town, ctx: Context) -> None:
    author, office, head = [await post_of(town, key) for key in ("zhou", "li", "chen")]
    for n in range(5):
        made = await filed(ctx, author, f"教案 {n}")
        said = await asyncio.gather(
            allow_resource(ctx, office, made.id, seen=1),
            return_resource(ctx, head, made.id, seen=1, reason="改一改"),
            return_exceptions=True,
        )
        assert sum(isinstance(one, ConflictError) for one in said) == 1, said
        held = await ctx.stores.resources.find(made.id)
        assert held is not None
        assert len(held.steps) == 2
        assert held.revision == 2


async def test_held_words_wait_for_the_office_before_any_level_can_allow_them(
    town: Town, ctx: Context
) -> None:
    head, office, author = [await post_of(town, key) for key in ("chen", "li", "zhou")]
    await save_words(ctx, head, {"hold": "密卷", "refuse": "刷单", "quiet": ""}, seen=0)
    made = await filed(ctx, author, summary="内部密卷")
    assert made.newest.outcome is Outcome.HOLD
    with pytest.raises(ConflictError, match="held"):
        await allow_resource(ctx, office, made.id, seen=1)
    with pytest.raises(WordsRefusedError):
        await filed(ctx, author, "另一份", summary="刷单")
    teaching = await access_teaching(ctx, office.person_id, Right.MODERATE)
    (review,) = await waiting_reviews(ctx, teaching)
    assert review.kind is Kind.RESOURCE
    await decide_review(ctx, teaching, review.id, allow=True, why="", seen=review.version)
    await settle_review(ctx, review.id)
    passed = await allow_resource(ctx, office, made.id, seen=2)
    assert passed.stand is Stand.SHELVED
    # Reported and refused later, it is shown nowhere.
    colleague = await post_of(town, "wang")
    assert (await library_page(ctx, colleague)).lines
    room = SUBJECTS[Kind.RESOURCE]
    assert (await room.show(ctx, colleague.person_id, review.subject_id)).author.name == "周敏"
    await room.settle(ctx, review.subject_id, Outcome.REFUSE)
    assert not (await library_page(ctx, colleague)).lines
    with pytest.raises(NotFoundError):
        await access_resource(ctx, colleague, made.id)
    await room.settle(ctx, "nothing:1:x", Outcome.PASS)


async def test_what_a_district_has_not_been_shown_it_does_not_see(town: Town, ctx: Context) -> None:
    author, office, district = [await post_of(town, key) for key in ("zhou", "li", "zhi")]
    made = await filed(ctx, author)
    first = made.newest.content.parts[0].file_id
    await allow_resource(ctx, office, made.id, seen=1, upwards=True)
    second = await put_file(ctx, author, a_document("第二版"), of=made.id)
    await rework_resource(ctx, author, made.id, FORM, [second], seen=2)
    with pytest.raises(NotFoundError):  # it waits at the school again
        await access_resource(ctx, district, made.id)
    await return_resource(ctx, office, made.id, seen=3, reason="还不行")
    with pytest.raises(ConflictError, match="not_shelved"):  # of this version nothing stands there
        await promote_resource(ctx, office, made.id, seen=4)
    colleague = await post_of(town, "wang")
    await open_part(ctx, colleague, made.id, first)
    with pytest.raises(NotFoundError):
        await open_part(ctx, colleague, made.id, second)


async def test_who_leaves_leaves_what_they_made_without_their_name(
    town: Town, ctx: Context
) -> None:
    author, office, colleague = [await post_of(town, key) for key in ("zhou", "li", "wang")]
    made = await filed(ctx, author)
    await allow_resource(ctx, office, made.id, seen=1)
    await open_part(ctx, colleague, made.id, made.newest.content.parts[0].file_id)
    await rate_resource(ctx, colleague, made.id, "5")
    await forget_ratings(ctx, colleague.person_id)
    assert await ctx.stores.resources.find_use(made.id, colleague.person_id) is None
    await unname_resources(ctx, author.person_id)
    left = (await ctx.stores.database["resources"].find({}).to_list(None))[0]
    assert author.person_id not in str(left)
    assert "周敏" not in str(left)
    assert "李芳" in str(left)
    assert (await library_page(ctx, colleague)).lines
    assert (await unname_resources(ctx, author.person_id))["unnamed"] == 0
    with pytest.raises(NotFoundError):  # it is nobody's own any more
        await withdraw_resource(ctx, author, made.id, seen=left["revision"])


async def test_what_was_withdrawn_goes_with_its_files_after_a_week(
    town: Town, ctx: Context
) -> None:
    author, office = await post_of(town, "zhou"), await post_of(town, "li")
    kept = await filed(ctx, author, "留下的")
    made = await filed(ctx, author)
    await allow_resource(ctx, office, made.id, seen=1)
    file_id = made.newest.content.parts[0].file_id
    gone = await withdraw_resource(ctx, author, made.id, seen=2)
    assert gone.steps[-1].did is Did.WITHDRAWN
    assert await clear_withdrawn(ctx) == 0
    later = replace(ctx, now=lambda: town.ctx.now() + timedelta(days=8))
    assert await clear_withdrawn(later) == 1
    assert await ctx.stores.files.find(file_id) is None
    assert await ctx.stores.resources.find(made.id) is None
    assert await ctx.stores.resources.find(kept.id) is not None
    again = await put_file(ctx, author, a_document())  # the same content may come back
    assert (await file_resource(ctx, author, FORM, [again], key="again")).id != made.id


async def test_what_is_late_is_told_once_to_who_decides(town: Town, ctx: Context) -> None:
    author, office = await post_of(town, "zhou"), await post_of(town, "li")
    made = await filed(ctx, author)

    wechat = WeChat()
    card = TemplateCard("Tm2", {"phrase1": "result", "date2": "time"})

    def days_later(days: int) -> Context:
        policy = replace(ctx.policy, binding_card=card)
        later = town.ctx.now() + timedelta(days=days)
        return replace(ctx, now=lambda: later, policy=policy, wechat=cast(Any, wechat))

    def told(key: str) -> int:
        openid = town.phone(key).user.openid
        return sum(to == openid for to, _ in wechat.templates)

    for key in ("zhou", "li", "chen", "zhi"):
        await note_follow(ctx, town.phone(key).user.openid, following=True)
    await remind_reviewers(days_later(6))
    held = await ctx.stores.resources.find(made.id)
    assert held is not None
    assert held.waiting is not None
    assert held.waiting.reminded_at is None
    for _ in range(2):
        await remind_reviewers(days_later(8))
    held = await ctx.stores.resources.find(made.id)
    assert held is not None
    assert held.waiting is not None
    assert held.waiting.reminded_at is not None
    assert [told(key) for key in ("li", "chen", "zhou", "zhi")] == [1, 1, 0, 0]
    # Decided and promoted it has a new deadline, at the next level.
    await allow_resource(days_later(8), office, made.id, seen=held.revision, upwards=True)
    await remind_reviewers(days_later(21))
    assert told("zhi") == 0
    await remind_reviewers(days_later(23))
    assert [told(key) for key in ("li", "chen", "zhi")] == [1, 1, 1]


async def test_what_was_stored_under_an_older_rule_is_brought_into_its_chapters_list(
    town: Town, ctx: Context
) -> None:
    author, office = await post_of(town, "zhou"), await post_of(town, "li")
    for said, chapter in (("一", "第三单元"), ("二", "第 3 单元")):
        made = await filed(ctx, author, said, chapter=chapter)
        await allow_resource(ctx, office, made.id, seen=made.revision)
    stored = ctx.stores.database["resources"]
    by_rule = {d["_id"]: d["listed"] async for d in stored.find({})}
    # As older versions kept them: without blanks, and otherwise as typed.
    async for document in stored.find({}):
        chapter = document["versions"][0]["content"]["chapter"]
        typed = [
            key.replace("第3单元", "".join(chapter.split())) if "单元" in key else key
            for key in document["listed"]
        ]
        await stored.update_one({"_id": document["_id"]}, {"$set": {"listed": typed}})
    page = await library_page(ctx, office, subject="maths", grade=3, chapter="第三单元")
    assert len(page.lines) == 1  # the one that was typed in digits
    before = await ctx.stores.resources.many(by_rule)
    assert await ctx.stores.resources.relist() == 1
    assert {d["_id"]: d["listed"] async for d in stored.find({})} == by_rule
    assert await ctx.stores.resources.many(by_rule) == before
    assert await ctx.stores.resources.relist() == 0
    for chapter in ("第三单元", "第3单元", "三单元"):
        page = await library_page(ctx, office, subject="maths", grade=3, chapter=chapter)
        assert len(page.lines) == 2, chapter
