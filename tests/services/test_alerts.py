"""Whoever has to hear of a request hears of it once, whatever WeChat and the process do meanwhile."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from domain.bindings import EndReason
from domain.deliveries import REPEATABLE_FOR
from domain.identities import Opening
from domain.roles import Appointment, Role
from services.alerts import tell_about_claim, tell_about_ending
from services.context import Context, TemplateCard
from services.people import note_follow, note_opening, recognise
from storage.documents import to_document
from tests.domain.samples import a_binding, a_claim, an_ending
from tests.flows.conftest import quiet_town as quiet_town
from tests.town import SCHOOL, Town, pupil, school_class
from wechat.errors import Trouble, WeChatError

MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """The process dies here."""


@dataclass
class WeChat:
    """Answers as told, by openid; None is a message taken."""

    answers: dict[str, BaseException] = field(default_factory=dict)
    templates: list[tuple[str, str]] = field(default_factory=list)
    news: Counter[str] = field(default_factory=Counter)

    async def send_template(self, openid: str, *, client_msg_id: str, **_: Any) -> str:
        """Noted by the id under which WeChat counts it once."""
        self.templates.append((openid, client_msg_id))
        self._answer(openid)
        return "msgid"

    async def send_news(self, openid: str, **_: Any) -> None:
        """A customer-service message: each one is one more on the phone."""
        self.news[openid] += 1
        self._answer(openid)

    def _answer(self, openid: str) -> None:
        if openid in self.answers:
            raise self.answers[openid]


async def _people(town: Town, *keys: str) -> list[str]:
    """Head teachers of class 1 who have just written to the account."""
    openids = []
    await town.settle_school(teacher=keys[0])
    for key in keys:
        openid = town.phone(key, following=True).user.openid
        person = await recognise(town.ctx, openid)
        await note_follow(town.ctx, openid, following=True)
        await note_opening(town.ctx, openid, Opening.MESSAGE)
        if key != keys[0]:
            colleague = Appointment(
                id=f"{school_class(1).id}:head_teacher:{person}",
                school_id=SCHOOL.id,
                class_id=school_class(1).id,
                person_id=person,
                role=Role.HEAD_TEACHER,
                name="李老师",
            )
            appointments = town.ctx.stores.database["appointments"]
            await appointments.insert_one(to_document(colleague))
        openids.append(openid)
    return openids


def _context(town: Town, wechat: WeChat, *, template: bool, after: timedelta = MINUTE) -> Context:
    card = TemplateCard("tm", {"thing1": "title", "phrase2": "result", "time3": "time"})
    policy = replace(town.ctx.policy, binding_card=card if template else None)
    now = town.ctx.now() + after
    context: Context = replace(town.ctx, wechat=wechat, policy=policy, now=lambda: now)
    return context


async def _asked(town: Town) -> str:
    claim = a_claim(
        candidates=(pupil(school_class(1), 1)[0].id,),
        created_at=town.ctx.now(),
    )
    assert await town.ctx.stores.claims.add(claim)
    return claim.id


async def _untold(town: Town, claim_id: str) -> bool:
    claim = await town.ctx.stores.claims.find(claim_id)
    assert claim is not None
    return bool(claim.untold)


async def test_an_unanswered_template_is_repeated_while_wechat_remembers_it(
    quiet_town: Town,
) -> None:
    (openid,) = await _people(quiet_town, "teacher")
    claim_id = await _asked(quiet_town)
    wechat = WeChat({openid: WeChatError(Trouble.UNCERTAIN)})
    for after in (MINUTE, REPEATABLE_FOR, REPEATABLE_FOR + MINUTE, REPEATABLE_FOR + 2 * MINUTE):
        assert await _untold(quiet_town, claim_id) is (after <= REPEATABLE_FOR + MINUTE)
        await tell_about_claim(_context(quiet_town, wechat, template=True, after=after), claim_id)
    assert len(wechat.templates) == 2
    assert len(set(wechat.templates)) == 1
    assert not wechat.news
    assert not await _untold(quiet_town, claim_id)


@pytest.mark.parametrize("hit", [0, 1])
@pytest.mark.parametrize("template", [True, False], ids=["template", "customer service"])
@pytest.mark.parametrize("trouble", [WeChatError(Trouble.BUSY), Killed()], ids=["busy", "killed"])
async def test_who_was_reached_is_not_told_again_for_somebody_elses_sake(
    quiet_town: Town, hit: int, template: bool, trouble: BaseException
) -> None:
    openids = await _people(quiet_town, "teacher", "colleague")
    claim_id = await _asked(quiet_town)
    wechat = WeChat({openids[hit]: trouble})
    ctx = _context(quiet_town, wechat, template=template)
    with suppress(Killed):
        await tell_about_claim(ctx, claim_id)
    assert await _untold(quiet_town, claim_id)
    wechat.answers.clear()
    for _ in range(2):
        await tell_about_claim(ctx, claim_id)
    assert not await _untold(quiet_town, claim_id)
    # The message that was refused, or may have arrived under its id, went out once more; nothing else.
    again = template or not isinstance(trouble, Killed)
    sent = Counter(openid for openid, _ in wechat.templates) if template else wechat.news
    assert sent == {openids[hit]: 1 + again, openids[1 - hit]: 1}
    assert len(set(wechat.templates)) == (2 if template else 0)


async def test_an_ending_is_told_once_even_when_the_process_dies_over_it(quiet_town: Town) -> None:
    (openid,) = await _people(quiet_town, "parent")
    bindings = quiet_town.ctx.stores.bindings
    binding = a_binding(person_id=await recognise(quiet_town.ctx, openid))
    await bindings.save(binding)
    for times in (1, 2):  # bound and ended once more: that is another ending
        wechat = WeChat({openid: Killed()})
        ctx = _context(quiet_town, wechat, template=False, after=times * MINUTE)
        await bindings.end(binding.id, an_ending(at=ctx.now(), reason=EndReason.OTHER))
        with pytest.raises(Killed):
            await tell_about_ending(ctx, binding.id)
        await tell_about_ending(ctx, binding.id)
        assert wechat.news == {openid: 1}
        held = await bindings.find(binding.id)
        assert held is not None
        assert not held.untold
        await bindings.save(binding, decided_at=ctx.now() + MINUTE)
