"""schemathesis asks the real server everything its own OpenAPI document says it can be asked, and more.

Every endpoint, well-formed and malformed, as a guardian and as a head teacher, then sequences in which an answer's
ids are used for the next question. All its checks are on: no 5xx, statuses, content types and bodies as declared, no
answer without the session, nothing accepted that the document forbids, nothing refused that it allows.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import time
from typing import Any

import pytest
import schemathesis
import schemathesis.core
import schemathesis.engine
import schemathesis.generation
import schemathesis.specs
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from tests.miniapp.conftest import Device
from tests.miniapp.village import Village, camera_picture
from tests.town import Town

# It loads its parts when they are first needed, in a thread beside ours: two threads that compile at one moment
# are one too many for CPython 3.11 (SystemError: AST constructor recursion depth mismatch).
for _part in (schemathesis.core, schemathesis.engine, schemathesis.generation, schemathesis.specs):
    for _module in pkgutil.walk_packages(_part.__path__, f"{_part.__name__}."):
        importlib.import_module(_module.name)

# They end the session that everything else is asked with; tests/miniapp/test_sessions.py has them.
SIGN_OUT = ("DELETE /api/v1/sessions/mine", "DELETE /api/v1/sessions/all")
# Where a 422 (of a file also a 413 or 415) may answer what fits the document: what JSON Schema cannot say is said by
# a rule of the domain.
RULED = {
    **dict.fromkeys(
        (
            "GET /api/v1/notices",
            "GET /api/v1/teaching/notices",
            "GET /api/v1/teaching/homework",
            "GET /api/v1/teaching/resources",
            "GET /api/v1/teaching/activities",
            "GET /api/v1/teaching/tasklists",
            "GET /api/v1/circles/{circle_id}/topics",
            "GET /api/v1/topics/{topic_id}/comments",
        ),
        "a cursor is one that a page before gave",
    ),
    **dict.fromkeys(
        (
            "POST /api/v1/teaching/classes/{class_id}/links",
            "PUT /api/v1/teaching/classes/{class_id}/links/{code}",
            "POST /api/v1/teaching/classes/{class_id}/practice",
        ),
        "a link leads to a host that is allowed, and its fields are heard of at once",
    ),
    "PUT /api/v1/teaching/classes/{class_id}/editions": "the editions are those of the catalogue",
    **dict.fromkeys(
        (
            f"POST /api/v1/teaching/reviews/{{review_id}}/{act}"
            for act in ("decision", "mute", "freeze")
        ),
        "a refusal has a reason, and a reason has words",
    ),
    "POST /api/v1/bindings": "the name may be left out through a child's invitation only",
    **dict.fromkeys(
        ("POST /api/v1/uploads", "POST /api/v1/teaching/own-resources/files"),
        "how large a file may be depends on what its name says it is",
    ),
    **dict.fromkeys(
        (
            "PUT /api/v1/uploads/{upload_id}/pieces",
            "PUT /api/v1/teaching/own-resources/files/{upload_id}/pieces",
        ),
        "a piece is at its place, and its bytes give its sum",
    ),
    "PUT /api/v1/quiet": "quiet hours have a beginning and an end, and leave some of the day",
    "PUT /api/v1/subscriptions": "the templates are those that the school has",
    "POST /api/v1/files": "a file is judged by its content",
    "POST /api/v1/threads/{thread_id}/messages": "what a message needs depends on its kind",
    "POST /api/v1/children/{student_id}/feedback": "a title is one line, and blanks are nothing",
    **dict.fromkeys(
        ("GET /api/v1/messages", "GET /api/v1/threads/{thread_id}/search"),
        "words to look for are more than blanks",
    ),
    **dict.fromkeys(
        ("GET /api/v1/search", "GET /api/v1/search/suggest"),
        "what is looked for is more than blanks and signs",
    ),
    "POST /api/v1/circles/{circle_id}/topics": "a topic says or shows something, its pictures are one's own",
    **dict.fromkeys(
        (
            "POST /api/v1/topics/{topic_id}/comments",
            "POST /api/v1/topics/{topic_id}/freeze",
            "POST /api/v1/circles/{circle_id}/freeze",
            "PUT /api/v1/topics/{topic_id}/hiding",
            "PUT /api/v1/topic-comments/{comment_id}/hiding",
        ),
        "blanks are no words",
    ),
    "PUT /api/v1/groups/{group_id}": "the school says which modes there are",
    "POST /api/v1/notices/{notice_id}/signature": "a signature is judged by its content",
    **dict.fromkeys(
        (
            "POST /api/v1/notices",
            "PUT /api/v1/notices/{notice_id}",
            "POST /api/v1/teaching/homework",
            "POST /api/v1/teaching/activities",
            "POST /api/v1/teaching/activities/{activity_id}/deadline",
            "POST /api/v1/teaching/activities/{activity_id}/change",
            "POST /api/v1/children/{student_id}/leaves",
            "POST /api/v1/teaching/leaves/{leave_id}/decision",
            "POST /api/v1/teaching/tasklists",
            "POST /api/v1/teaching/own-resources",
            "POST /api/v1/teaching/own-resources/{resource_id}/versions",
            "POST /api/v1/teaching/waiting-resources/{resource_id}/decision",
        ),
        "a draft hears of all its fields at once, with a sentence for each",
    ),
    "POST /api/v1/activities/{activity_id}/answers": "an answer fits its question",
    "POST /api/v1/teaching/claims/{claim_id}/decision": "which child is meant is said where several fit",
}

# As long as a run may take on a machine that has much else to do; on a quiet one it is over before.
ENOUGH_SECONDS = 100
LEAST = 2  # requests for each address


def configuration(base: str, token: str) -> SchemathesisConfig:
    """The same questions in every run; a few of each kind, so that all of them take seconds."""
    accepted = ["2xx", "401", "403", "404", "409", "429", "503"]
    ruled = {"positive_data_acceptance": {"expected-statuses": [*accepted, "413", "415", "422"]}}
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "base-url": base,
            "headers": {"Authorization": f"Bearer {token}"},
            "continue-on-failure": True,
            # Who may not ask at all hears that first, and it sounds like nothing being there.
            "checks": {"missing_required_header": {"expected-statuses": [404, 422]}},
            "generation": {
                "deterministic": True,
                "max-examples": 4,
                "database": "none",
                "no-shrink": True,
            },
            "phases": {"stateful": {"max-steps": 4}},
            "operations": [
                *({"include-name": name, "enabled": False} for name in SIGN_OUT),
                *({"include-name": name, "checks": ruled} for name in RULED),
            ],
        }
    )


def ask_everything(document: dict[str, Any], config: SchemathesisConfig) -> tuple[int, list[str]]:
    """How many requests were made, and what was wrong, each kind once."""
    asked, found = 0, {}
    started = time.monotonic()
    stream = from_schema(schemathesis.openapi.from_dict(document, config=config)).execute()
    for event in stream:
        # A machine that is too busy to ask enough in that time goes on until it has.
        if time.monotonic() - started > ENOUGH_SECONDS and asked > LEAST * len(document["paths"]):
            stream.stop()
        if isinstance(event, events.NonFatalError | events.FatalError):
            found[str(event)] = repr(event)
        if not isinstance(event, events.ScenarioFinished):
            continue
        asked += len(event.recorder.interactions)
        for case, checks in event.recorder.checks.items():
            label = event.recorder.cases[case].value.operation.label
            for check in checks:
                if (info := check.failure_info) is not None:
                    what = f"{label}: {check.name}: {info.failure.message}\n{info.code_sample}"
                    found.setdefault(f"{label} {check.name} {info.failure.title}", what)
    return asked, list(found.values())


@pytest.fixture
async def village(town: Town, device: Device) -> Village:
    """A class with a mother, a notice to confirm with a picture, and one to sign."""
    village = Village(town, device, await town.settle_school(children=3))
    await village.guardian("mother", 1)
    picture = await village.upload(camera_picture((64, 48)))
    await village.publish(key="key-tap-1", confirm="tap", files=(picture,))
    await village.publish(key="key-sign-1", confirm="sign")
    return village


# schemathesis' own draws ask `random`, which hypothesis would rather not see.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
@pytest.mark.parametrize("who", ["mother", "teacher"])
async def test_the_server_is_as_its_document_says(village: Village, who: str) -> None:
    mini = await village.somebody(who)
    async with mini.client.get(f"{village.town.base}/api/v1/openapi.json") as answer:
        document = await answer.json()
    config = configuration(village.town.base, mini.access)
    asked, found = await asyncio.to_thread(ask_everything, document, config)
    assert found == [], "\n\n".join(found)
    assert asked > LEAST * len(document["paths"])  # however busy the machine is
