"""Domain dataclasses through the real database and back: nothing is lost, the new is tolerated, a gap is refused."""

from dataclasses import MISSING, fields, replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from pymongo.database import Database

from domain.bindings import BindingState, ClaimState
from domain.channels import Channel, Reason
from domain.deliveries import Round
from domain.notices import NoticeState, Version, Work
from storage.documents import from_document, to_document, to_value
from storage.sessions import Session
from storage.stores import Stores
from tests.domain import samples
from tests.domain.samples import NOW

FULL_PUSH = samples.a_push(
    tries=3,
    channel=Channel.SERVICE,
    uncertain_since=NOW,
    failed=((Channel.TEMPLATE, Reason.BLOCKED), (Channel.SERVICE, Reason.WINDOW_CLOSED)),
)
THINGS = [
    samples.a_school(),
    samples.a_class(),
    samples.a_student(),
    samples.a_contact(),
    samples.an_appointment(),
    samples.an_identity(),
    samples.an_identity(following=True, followed_at=NOW, window_until=NOW, window_left=5),
    samples.a_binding(),
    samples.a_binding(
        state=BindingState.ENDED, ending=samples.an_ending(), contact_id=None, unsettled=False
    ),
    samples.a_claim(),
    samples.a_claim(state=ClaimState.APPROVED, decided_at=NOW, decided_by="t", student_id="s"),
    samples.an_invitation(),
    samples.a_notice(),
    samples.a_notice(
        state=NoticeState.WITHDRAWN,
        deadline_at=None,
        withdrawn_at=NOW,
        reminders=2,
        versions=(samples.a_version(), samples.a_version(number=2, attachments=(), links=())),
        work=(Work(purpose="edit-2", due_at=NOW), Work(purpose="withdraw", due_at=NOW)),
    ),
    samples.a_delivery(),
    samples.a_delivery(
        push=FULL_PUSH,
        outcome=samples.an_outcome(reason=Reason.QUOTA, proved_at=NOW),
        purposes=("publish", "remind-1"),
        read_at=NOW,
        confirmed_at=NOW,
        signature_id="file-9",
    ),
    samples.a_delivery(push=None),
    samples.an_attempt(),
    samples.an_attempt(message_id=None, code=45009, reason=Reason.QUOTA),
    samples.a_file(width=10, height=20),
    Round(id="n:c", run="r", held_until=NOW, sending=("d",), sending_since=NOW),
    Session(id="s", person_id="p", csrf="c", created_at=NOW, expires_at=NOW),
]


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: type(thing).__name__)
async def test_what_is_stored_comes_back_as_it_was(thing: Any, stores: Stores) -> None:
    collection = stores.database["things"]
    await collection.insert_one(to_document(thing))
    document = await collection.find_one({"_id": thing.id})
    assert document is not None
    assert "id" not in document
    assert from_document(type(thing), document) == thing


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: type(thing).__name__)
def test_a_newer_program_may_have_written_more(thing: Any) -> None:
    document = to_document(thing) | {"added_next_year": {"deep": [1]}}
    assert from_document(type(thing), document) == thing


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: type(thing).__name__)
def test_a_missing_field_is_refused(thing: Any) -> None:
    document = to_document(thing)
    required = ("school_id", "name", "person_id", "created_at", "run", "held_until")
    optional = {field.name for field in fields(thing) if field.default is not MISSING}
    must = [name for name in required if name in document and name not in optional]
    assert must
    for name in must:
        gap = {key: value for key, value in document.items() if key != name}
        with pytest.raises(ValidationError):
            from_document(type(thing), gap)


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("state", "shouted"),
        ("publish_at", "soon"),
        ("versions", [{"number": 1}]),
        ("class_ids", None),
    ],
)
def test_a_field_of_another_kind_is_refused(change: str, value: object) -> None:
    document = to_document(samples.a_notice()) | {change: value}
    with pytest.raises(ValidationError):
        from_document(type(samples.a_notice()), document)


async def test_times_come_back_in_utc_to_the_millisecond(stores: Stores) -> None:
    fine = NOW + timedelta(milliseconds=123)
    await stores.notices.insert(samples.a_notice(publish_at=fine))
    found = await stores.notices.find("notice-1")
    assert found is not None
    assert found.publish_at == fine
    assert str(found.publish_at.tzinfo) == "UTC"


async def test_enums_are_plain_words_in_the_database(
    stores: Stores, behind: Database[dict[str, Any]]
) -> None:
    await stores.deliveries.insert_missing([samples.a_delivery(push=FULL_PUSH)])
    document = behind["deliveries"].find_one()
    assert document is not None
    assert document["push"]["channel"] == "service"
    assert document["push"]["failed"] == [["template", "blocked"], ["service", "window_closed"]]


def test_an_embedded_value_has_no_key_of_its_own() -> None:
    value = to_value(samples.a_version())
    assert "_id" not in value
    assert replace(samples.a_version(), title="x") == Version(
        **(value | {"title": "x", "attachments": samples.a_version().attachments})
    )
