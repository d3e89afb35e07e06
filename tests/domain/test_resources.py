"""The three levels of review: by hand, and as a machine that takes any step at any time."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.errors import ConflictError, InvalidError
from domain.regions import Region, RegionLevel
from domain.resource_forms import PARTS_LIMIT, parse_draft
from domain.resource_steps import (
    VERSION_LIMIT,
    allow,
    promote,
    rework,
    send_back,
    take_down,
    with_outcome,
    withdraw,
)
from domain.resource_uses import LEAST_RATERS, Ratings, parse_stars
from domain.resources import (
    LIBRARIES,
    REVIEW_TIME,
    By,
    Did,
    Kind,
    Resource,
    Rung,
    Stand,
    Tier,
    digests,
    ladder,
    listed_under,
    listings,
    rung_of,
)
from domain.safety import Outcome
from tests.domain.resource_samples import (
    AUTHOR,
    CITY,
    DISTRICT,
    LADDER,
    REVIEWERS,
    SCHOOL,
    a_content,
    a_part,
    a_resource,
)
from tests.domain.samples import NOW

HEAD = REVIEWERS[Tier.SCHOOL]


def region(level: RegionLevel, region_id: str) -> Region:
    return Region(id=region_id, level=level, name=region_id)


def test_the_ladder_of_a_school() -> None:
    regions = [
        region(RegionLevel.PROVINCE, "province-a"),
        region(RegionLevel.CITY, "city-a"),
        region(RegionLevel.DISTRICT, "district-a"),
    ]
    assert ladder("school-a", regions) == LADDER
    assert ladder("school-a", regions[:2]) == (SCHOOL, CITY)
    assert ladder("school-a", []) == (SCHOOL,)
    assert rung_of(regions[0]) is None
    assert rung_of(regions[2]) == DISTRICT


def test_every_kind_is_in_one_library() -> None:
    found = [kind for kinds in LIBRARIES.values() for kind in kinds]
    assert sorted(found) == sorted(Kind)
    assert len(LIBRARIES) == 4
    assert len(Kind) == 8


def test_up_through_all_levels() -> None:
    resource = a_resource()
    assert resource.stand is Stand.WAITING
    assert resource.waiting is not None
    assert resource.waiting.due_at == NOW + REVIEW_TIME[Tier.SCHOOL]
    assert not resource.waiting.is_late(NOW + timedelta(days=7))
    assert resource.waiting.is_late(NOW + timedelta(days=7, seconds=1))
    resource = allow(resource, SCHOOL, by=HEAD, at=NOW, above=DISTRICT)
    assert [s.rung for s in resource.shelves] == [SCHOOL]
    assert resource.stand is Stand.WAITING
    resource = allow(resource, DISTRICT, by=REVIEWERS[Tier.DISTRICT], at=NOW)
    assert resource.stand is Stand.SHELVED
    resource = promote(resource, DISTRICT, CITY, by=REVIEWERS[Tier.DISTRICT], at=NOW)
    resource = allow(resource, CITY, by=REVIEWERS[Tier.CITY], at=NOW)
    assert [s.rung for s in resource.shelves] == list(LADDER)
    assert [s.did for s in resource.steps] == [
        Did.FILED, Did.ALLOWED, Did.PROMOTED, Did.ALLOWED, Did.PROMOTED, Did.ALLOWED,
    ]  # fmt: skip
    with pytest.raises(ConflictError, match="already_above"):
        promote(resource, SCHOOL, CITY, by=HEAD, at=NOW)


def test_sent_back_and_worked_over_it_keeps_its_history_and_its_place() -> None:
    resource = allow(a_resource(), SCHOOL, by=HEAD, at=NOW, above=DISTRICT)
    with pytest.raises(InvalidError):
        send_back(resource, DISTRICT, by=REVIEWERS[Tier.DISTRICT], at=NOW, reason=" ")
    by = REVIEWERS[Tier.DISTRICT]
    resource = send_back(resource, DISTRICT, by=by, at=NOW, reason="缺少板书")
    assert resource.stand is Stand.RETURNED
    assert resource.last_reason is not None
    assert resource.last_reason.reason == "缺少板书"
    assert resource.shelf_at("school-a") is not None
    resource = rework(resource, a_content(title="分数，第二版"), at=NOW)
    shelf = resource.shelf_at("school-a")
    assert shelf is not None
    assert resource.version(shelf.version).content.title == "分数的初步认识"
    assert resource.waiting is not None
    assert resource.waiting.rung == SCHOOL
    resource = allow(resource, SCHOOL, by=HEAD, at=NOW)
    shelf = resource.shelf_at("school-a")
    assert shelf is not None
    assert shelf.version == 2
    assert resource.last_reason is None


def test_a_level_sees_again_what_it_asked_for_until_it_decides() -> None:
    district = REVIEWERS[Tier.DISTRICT]
    resource = allow(a_resource(), SCHOOL, by=HEAD, at=NOW, above=DISTRICT)
    assert resource.asked_by(DISTRICT) is None
    resource = send_back(resource, DISTRICT, by=district, at=NOW, reason="补上答案")
    resource = rework(resource, a_content(title="有答案"), at=NOW)
    resource = allow(resource, SCHOOL, by=HEAD, at=NOW, above=DISTRICT)
    asked = resource.asked_by(DISTRICT)
    assert asked is not None
    assert asked.reason == "补上答案"
    assert resource.asked_by(SCHOOL) is None
    resource = allow(resource, DISTRICT, by=district, at=NOW, above=CITY)
    assert resource.asked_by(DISTRICT) is None
    assert resource.asked_by(CITY) is None


def test_nobody_decides_about_their_own() -> None:
    resource = a_resource()
    with pytest.raises(ConflictError, match="own"):
        allow(resource, SCHOOL, by=AUTHOR, at=NOW)
    with pytest.raises(ConflictError, match="own"):
        send_back(resource, SCHOOL, by=AUTHOR, at=NOW, reason="x")
    allowed = allow(resource, SCHOOL, by=HEAD, at=NOW)
    with pytest.raises(ConflictError, match="own"):
        promote(allowed, SCHOOL, DISTRICT, by=AUTHOR, at=NOW)


def test_what_is_taken_down_below_is_gone_above() -> None:
    resource = allow(a_resource(), SCHOOL, by=HEAD, at=NOW, above=DISTRICT)
    by = REVIEWERS[Tier.DISTRICT]
    up = allow(resource, DISTRICT, by=by, at=NOW, above=CITY)
    down = take_down(up, DISTRICT, by=by, at=NOW, reason="有错")
    assert [s.rung for s in down.shelves] == [SCHOOL]
    assert down.waiting is None
    gone = take_down(up, SCHOOL, by=HEAD, at=NOW, reason="有错")
    assert gone.shelves == ()
    assert gone.stand is Stand.DOWN
    with pytest.raises(ConflictError, match="not_shelved"):
        take_down(gone, SCHOOL, by=HEAD, at=NOW, reason="有错")
    # What waits at one's own level is not touched: it is another version.
    again = rework(up, a_content(), at=NOW)
    assert take_down(again, SCHOOL, by=HEAD, at=NOW, reason="有错").waiting == again.waiting


def test_words_that_are_held_or_refused_are_shown_nowhere() -> None:
    held = a_resource(outcome=Outcome.HOLD)
    with pytest.raises(ConflictError, match="held"):
        allow(held, SCHOOL, by=HEAD, at=NOW)
    shown = allow(with_outcome(held, 1, Outcome.PASS), SCHOOL, by=HEAD, at=NOW)
    assert listings(shown)
    refused = with_outcome(shown, 1, Outcome.REFUSE)
    assert refused.shelf_at("school-a") is None
    assert listings(refused) == ()


def test_lists_in_which_it_stands() -> None:
    shown = allow(a_resource(), SCHOOL, by=HEAD, at=NOW)
    assert len(listings(shown)) == 10
    chapter = shown.newest.content.chapter
    assert chapter
    maths = listed_under("school-a", subject="maths", grade=3, chapter=f" {chapter} ")
    assert maths in listings(shown)
    assert maths == listed_under("school-a", subject="maths", grade=3, chapter="第8单元第１课")
    # A chapter of no book limits nothing.
    assert listed_under("school-a", chapter=chapter) == listed_under("school-a")
    assert listed_under("school-a") in listings(shown)
    assert listed_under("school-a", subject="maths", grade=3, kind="plan") in listings(shown)
    assert listed_under("school-a", subject="chinese") not in listings(shown)
    assert digests(shown) == ("a" * 64,)
    gone = withdraw(shown, at=NOW)
    assert (listings(gone), digests(gone), gone.stand) == ((), (), Stand.WITHDRAWN)
    with pytest.raises(ConflictError, match="withdrawn"):
        rework(gone, a_content(), at=NOW)


def test_a_resource_has_an_end_of_versions() -> None:
    resource = a_resource()
    for _ in range(VERSION_LIMIT - 1):
        resource = rework(resource, a_content(), at=NOW)
    with pytest.raises(ConflictError, match="too_many_versions"):
        rework(resource, a_content(), at=NOW)


FORM = {
    "kind": "plan",
    "title": "分数",
    "summary": "折纸",
    "claim": "own",
    "grade": "3",
    "subject": "maths",
    "chapter": "第八单元",
}


def wrong(form: dict[str, str], files: tuple[str, ...] = ("f",)) -> dict[str, str]:
    with pytest.raises(InvalidError) as error:
        parse_draft(form, files, grades=(1, 2, 3), subjects=("maths",))
    return {field: problem.code for field, problem in error.value.fields.items()}


def test_every_wrong_field_is_named_at_once() -> None:
    draft = parse_draft(FORM, ("f",), grades=(3,), subjects=("maths",))
    assert (draft.kind, draft.grade, draft.open) == (Kind.PLAN, 3, False)
    assert wrong({}, ()) == {
        "kind": "missing",
        "claim": "missing",
        "grade": "unknown",
        "subject": "unknown",
        "title": "missing",
        "summary": "missing",
        "chapter": "missing",
        "file_ids": "missing",
    }
    for claim in ("licensed", "open"):
        assert wrong(FORM | {"claim": claim}) == {"whence": "missing"}
    assert wrong(FORM | {"title": "x" * 61, "summary": "a\x00"}) == {
        "title": "too_long",
        "summary": "control_characters",
    }
    many = tuple(str(n) for n in range(PARTS_LIMIT + 1))
    assert wrong(FORM, many) == {"file_ids": "too_many"}
    assert wrong(FORM | {"grade": "9", "subject": "alchemy"}).keys() == {"grade", "subject"}


def test_an_average_is_nobodys_own() -> None:
    assert Ratings(5, LEAST_RATERS - 1, 9).average is None
    assert Ratings(5, 3, 13).average == 4.3
    assert parse_stars("5") == 5
    for text in ("", "0", "6", "五", "1.5"):
        with pytest.raises(InvalidError):
            parse_stars(text)


@given(st.text(max_size=700))
@settings(max_examples=50, deadline=None)
def test_no_text_gets_past_the_limits(text: str) -> None:
    good = 0 < len(text.strip()) <= 60 and text.strip().isprintable()
    with nullcontext() if good else pytest.raises(InvalidError, match=r"^title: [a-z_]+$"):
        draft = parse_draft(FORM | {"title": text}, ("f",), grades=(3,), subjects=("maths",))
        assert draft.title == text.strip()


RUNGS = st.sampled_from(LADDER)
PEOPLE = st.sampled_from([AUTHOR, *REVIEWERS.values()])


class Review(RuleBasedStateMachine):
    """Anybody tries anything at any time; refused is what changes nothing."""

    resource: Resource
    seen: dict[Tier, set[int]]

    @initialize()
    def begin(self) -> None:
        self.resource, self.seen = a_resource(), {tier: set() for tier in Tier}

    def _try(self, act: Any, *arguments: Any, **named: Any) -> bool:
        before = self.resource
        try:
            self.resource = act(before, *arguments, **named)
        except (ConflictError, InvalidError):
            assert self.resource is before
            return False
        assert len(self.resource.steps) > len(before.steps)
        assert self.resource.steps[: len(before.steps)] == before.steps
        return True

    @rule(rung=RUNGS, by=PEOPLE, upwards=st.booleans())
    def allow(self, rung: Rung, by: By, upwards: bool) -> None:
        at = LADDER.index(rung)
        above = LADDER[at + 1] if upwards and at < 2 else None
        waited = self.resource.waiting
        if self._try(allow, rung, by=by, at=NOW, above=above):
            assert waited is not None
            assert waited.rung == rung
            self.seen[rung.tier].add(self.resource.newest.number)

    @rule(rung=RUNGS, by=PEOPLE, reason=st.sampled_from(["", "改一改"]))
    def send_back(self, rung: Rung, by: By, reason: str) -> None:
        if self._try(send_back, rung, by=by, at=NOW, reason=reason):
            assert self.resource.stand is Stand.RETURNED

    @rule(at=st.integers(0, 1), by=PEOPLE)
    def promote(self, at: int, by: By) -> None:
        self._try(promote, LADDER[at], LADDER[at + 1], by=by, at=NOW)

    @rule(rung=RUNGS, by=PEOPLE)
    def take_down(self, rung: Rung, by: By) -> None:
        if self._try(take_down, rung, by=by, at=NOW, reason="有错"):
            assert self.resource.shelf_at(rung.place_id) is None

    @rule(outcome=st.sampled_from([Outcome.PASS, Outcome.HOLD]))
    def rework(self, outcome: Outcome) -> None:
        parts = (a_part(file_id=f"file-{len(self.resource.versions) + 1}"),)
        self._try(rework, a_content(parts=parts), at=NOW, outcome=outcome)

    @rule(outcome=st.sampled_from([Outcome.PASS, Outcome.REFUSE]), number=st.integers(1, 3))
    def settle(self, outcome: Outcome, number: int) -> None:
        self.resource = with_outcome(self.resource, number, outcome)

    @rule(really=st.sampled_from([False] * 9 + [True]))
    def withdraw(self, really: bool) -> None:
        if really:
            self._try(withdraw, at=NOW)

    @invariant()
    def a_library_has_what_its_level_has_seen(self) -> None:
        for shelf in getattr(self, "resource", a_resource()).shelves:
            assert shelf.version in self.seen[shelf.rung.tier]

    @invariant()
    def shelves_lie_in_order_without_doubles(self) -> None:
        order = [
            list(Tier).index(s.rung.tier) for s in getattr(self, "resource", a_resource()).shelves
        ]
        assert order == sorted(set(order))

    @invariant()
    def what_waits_above_stands_below(self) -> None:
        resource = getattr(self, "resource", a_resource())
        waiting = resource.waiting
        if waiting is not None and waiting.rung != SCHOOL:
            held = [s for s in resource.shelves if s.version == resource.newest.number]
            assert held

    @invariant()
    def nothing_of_a_withdrawn_one_is_left(self) -> None:
        resource = getattr(self, "resource", a_resource())
        if resource.withdrawn_at is not None:
            assert not resource.shelves
            assert resource.waiting is None
            assert listings(resource) == ()

    @invariant()
    def every_step_of_a_level_is_by_somebody_else(self) -> None:
        for step in getattr(self, "resource", a_resource()).steps:
            if step.rung is not None and step.did is not Did.TAKEN_DOWN:
                assert step.by != AUTHOR


TestReview = Review.TestCase
TestReview.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_files_of_all_versions_belong_to_it() -> None:
    resource = rework(a_resource(), a_content(parts=(a_part(file_id="file-2"),)), at=NOW)
    assert resource.files() == {"file-1", "file-2"}
    assert replace(resource, versions=resource.versions[:1]).files() == {"file-1"}
