"""What `main.py` starts, as processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pymongo
import pytest

from domain.resources import listings
from domain.threads import Thread, ThreadKind
from settings import dev_environment
from storage.documents import to_document
from tests.domain.resource_samples import a_resource
from tests.domain.samples import NOW
from tests.programs import command, program


def a_thread(thread_id: str, kind: ThreadKind, **whose: Any) -> Thread:
    return Thread(id=thread_id, school_id="school-a", kind=kind, created_at=NOW, **whose)


THREADS = [
    a_thread("talk:class-1", ThreadKind.TALK, group_id="class-1"),
    a_thread("child:1", ThreadKind.CHILD, student_id="student-1"),
    a_thread("question:1", ThreadKind.QUESTION, person_id="person-1"),
]
# Notes how much the collection of garbage was told to leave alone, where the first word says.
_NOTED = """
import gc, pathlib, sys
import main
place, freeze = pathlib.Path(sys.argv.pop(1)), gc.freeze
def noted():
    freeze()
    place.write_text(str(gc.get_freeze_count()))
gc.freeze = noted
sys.exit(main.main(sys.argv[1:]))
"""


@pytest.mark.parametrize("words", [("serve", "--port", "0"), ("work",)], ids=["serve", "work"])
async def test_what_is_loaded_is_left_alone_before_the_first_answer(
    mongodb_uri: str, redis_url: str, database_name: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    environment = dev_environment(
        {"YANSHU_MONGODB_DATABASE": database_name},
        port=9,
        mongodb_uri=mongodb_uri,
        redis_url=redis_url,
    )
    place = tmp_path / "frozen"
    started = program(
        *("-c", _NOTED, str(place), *words), environment=environment, log=tmp_path / "log"
    )
    async with started:
        assert int(place.read_text()) > 50_000


async def test_the_first_start_of_a_new_version_brings_along_what_older_ones_stored(
    mongodb_uri: str,
    redis_url: str,
    database_name: str,
    mongodb_client: pymongo.MongoClient[dict[str, object]],
) -> None:
    stores = {"mongodb_uri": mongodb_uri, "redis_url": redis_url, "database": database_name}
    assert await command("init-db", **stores) == (0, "indexes are there\n", "")
    held, database = a_resource(), mongodb_client[database_name]
    database["resources"].insert_one(to_document(held) | {"listed": ["of an older rule"]})
    for older in map(to_document, THREADS):
        del older["number"]  # feedback alone has one
        database["threads"].insert_one(older)
    said = "listed anew: 1 resources, 3 conversations; to be counted: 0 weeks"
    assert await command("init-db", **stores) == (0, f"indexes are there\n{said}\n", "")
    document = database["resources"].find_one({"_id": held.id})
    assert document is not None
    assert document["listed"] == list(listings(held))
    assert {d["_id"]: d["found_by"] for d in database["threads"].find()} == {
        "talk:class-1": "talk:class-1",
        "child:1": "student-1",
        "question:1": "person-1",
    }
    assert await command("init-db", **stores) == (0, "indexes are there\n", "")
