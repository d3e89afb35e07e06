"""What a head teacher does is in the school's log before it happens, and nobody's name is."""

import json
from typing import Any

import pytest

from domain.audit import Act, Entry, verify
from domain.errors import ConflictError
from storage.audit import AuditStore
from tests.handlers.conftest import Village, drawn
from tests.town import SCHOOL, child_name, claim_text, school_class
from tests.waiting import wait_until

CHILD = f"{school_class(1).id}-0003"


async def entries_of(village: Village, chain: str = SCHOOL.id) -> list[Entry]:
    """The chain as it is kept, and that it is whole."""
    audit = village.town.ctx.stores.audit
    found = [entry for entry in await audit.stretch(chain, 1, 1000) if entry is not None]
    head = await audit.head(chain)
    assert verify(chain, found, [head] if head else []) is None
    return found


async def a_claim(village: Village) -> str:
    """The stranger asks for child 3, whose line of the list the mother holds."""
    phone = village.stranger
    await phone.follow()
    await phone.say(claim_text(3))
    await village.let_the_family_be_late()
    person = await village.person(phone)
    (claim,) = await village.town.ctx.stores.claims.of_person(person)
    return str(claim.id)


async def decide(village: Village, claim: str, action: str) -> int:
    form = {"claim": claim, "student": CHILD, "action": action}
    return (await village.teacher.post("/h5/teach/claims", form)).status


async def end(village: Village) -> int:
    person = await village.person(village.mother)
    path = f"/h5/teach/families/{CHILD}/{person}/end"
    return (await village.teacher.post(path, {"reason": "wrong"})).status


async def test_a_binding_that_is_ended_is_noted_once(village: Village) -> None:
    assert await end(village) == 200
    await end(village)
    (entry,) = await entries_of(village)
    teacher, mother = await village.person(village.teacher), await village.person(village.mother)
    assert (entry.act, entry.subject_kind) == (Act.BINDING_ENDED, "binding")
    assert entry.subject_id == f"{CHILD}:{mother}"
    assert (entry.actor.person_id, entry.actor.role) == (teacher, "head_teacher")
    assert (entry.actor.place_id, entry.actor.address) == (SCHOOL.id, "127.0.0.1")
    assert entry.after == {"state": "ended", "reason": "wrong"}


@pytest.mark.parametrize(
    ("action", "act"), [("approve", Act.CLAIM_APPROVED), ("refuse", Act.CLAIM_REFUSED)]
)
async def test_a_request_that_is_decided_is_noted_once(
    village: Village, action: str, act: Act
) -> None:
    claim = await a_claim(village)
    for _ in range(2):
        assert await decide(village, claim, action) == 200
    (entry,) = await entries_of(village)
    assert (entry.act, entry.subject_kind, entry.subject_id) == (act, "claim", claim)
    assert (entry.after or {})["person_id"] == await village.person(village.stranger)


async def test_what_could_not_be_noted_does_not_happen(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = await a_claim(village)

    async def refuse(*_: object) -> None:
        raise ConflictError("audit_busy")

    monkeypatch.setattr(AuditStore, "append", refuse)
    assert await end(village) == 409
    for action in ("approve", "refuse"):
        assert await decide(village, claim, action) == 409
    await village.teacher.get(f"/h5/teach/invite?class={school_class(1).id}")
    stores = village.town.ctx.stores
    bindings, claims = stores.bindings, stores.claims
    assert len(await bindings.active_of_students(SCHOOL.id, [CHILD])) == 1
    assert len(await claims.waiting_in_school(SCHOOL.id)) == 1
    assert await village.count("invitations") == 0


async def test_what_was_refused_is_no_act(village: Village) -> None:
    claim = await a_claim(village)
    person = await village.person(village.mother)
    form = {"claim": claim, "student": CHILD, "action": "approve"}
    assert (await village.rival.post("/h5/teach/claims", form)).status == 404
    path = f"/h5/teach/families/{CHILD}/{person}/end"
    assert (await village.rival.post(path, {"reason": "wrong"})).status == 404
    assert (await village.teacher.post(path, {"reason": "invented"})).status == 422
    assert await village.count("audit") == 0


async def test_looking_at_a_signature_and_taking_the_list_are_noted(village: Village) -> None:
    notice = await village.publish(confirm="sign")
    mother = await village.person(village.mother)

    async def there() -> bool:
        return await village.count_where("deliveries", notice_id=notice.id, push=None) == 1

    await wait_until(there, description="the notice is sent")
    headers = {"X-CSRF-Token": await village.mother.csrf(), "Content-Type": "image/png"}
    url = village.mother.url(f"/h5/notices/{notice.id}/confirm?version=1")
    async with village.mother.client.post(url, data=drawn(), headers=headers) as answer:
        assert answer.status == 200
    teacher, path = village.teacher, f"/h5/teach/notices/{notice.id}"
    await teacher.get(path)
    assert await village.count("audit") == 0  # receipts are looked at all day
    for part in (f"guardians/{CHILD}/{mother}/signature", "receipts.xlsx"):
        async with teacher.client.get(teacher.url(f"{path}/{part}")) as answer:
            assert answer.status == 200
    seen, taken = await entries_of(village)
    assert (seen.act, seen.subject_id) == (Act.SIGNATURE_SEEN, f"{notice.id}:{CHILD}:{mother}")
    assert (taken.act, taken.subject_id) == (Act.RECEIPTS_EXPORTED, notice.id)
    assert (taken.after or {})["children"] == 3


async def test_nobodys_name_or_openid_is_in_the_log(village: Village) -> None:
    claim = await a_claim(village)
    await decide(village, claim, "approve")
    await end(village)
    await village.teacher.get(f"/h5/teach/invite?class={school_class(1).id}")
    acts = [entry.act for entry in await entries_of(village)]
    assert acts == [Act.CLAIM_APPROVED, Act.BINDING_ENDED, Act.INVITATION_MADE]
    documents: list[Any] = await village.town.ctx.stores.database["audit"].find({}).to_list(None)
    whole = json.dumps(documents, ensure_ascii=False, default=str)
    canaries = [child_name(n) for n in (1, 2, 3)]
    canaries += [phone.user.openid for phone in village.town.phones.values()]
    canaries += ["王老师"]
    assert [c for c in canaries if c in whole.replace(CHILD, "")] == []
