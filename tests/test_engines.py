"""The embedded engines: they end with their parent, come back when they die, and keep their data."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest
import redis

import engines
from engines import Engines, EnginesError
from tests.processes import is_alive
from tests.waiting import wait_until

ROOT = Path(__file__).parent.parent

# A program that starts the engines, says where they are and then only waits.
PARENT = """
import json, signal, sys
from engines import Engines
with Engines(sys.argv[1]) as engines:
    print(json.dumps({"pids": engines.pids, "uri": engines.mongodb_uri}), flush=True)
    signal.pause()
"""


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Engines]:
    with Engines(tmp_path) as running:
        yield running


def mongodb(running: Engines) -> "pymongo.MongoClient[dict[str, Any]]":
    return pymongo.MongoClient(running.mongodb_uri)


async def gone(pids: dict[str, int]) -> None:
    await wait_until(
        lambda: not any(is_alive(pid) for pid in pids.values()), description=f"the end of {pids}"
    )


def test_both_answer_on_this_machine_only(embedded: Engines) -> None:
    with mongodb(embedded) as client:
        client["school"]["notices"].insert_one({"_id": 1, "title": "家长会"})
        assert client["school"]["notices"].find_one({"_id": 1}) == {"_id": 1, "title": "家长会"}
    with redis.Redis.from_url(embedded.redis_url) as store:
        assert store.set("通知", "1")
        assert store.config_get("bind") == {"bind": "127.0.0.1"}
        assert store.config_get("appendonly") == {"appendonly": "yes"}
    assert embedded.mongodb_uri.startswith("mongodb://127.0.0.1:")
    assert set(embedded.pids) == {"supervisor", "mongodb", "redis"}


async def test_they_end_when_told_and_keep_their_data(tmp_path: Path) -> None:
    with Engines(tmp_path) as running:
        pids = running.pids
        with mongodb(running) as client, redis.Redis.from_url(running.redis_url) as store:
            client["school"]["notices"].insert_one({"_id": 1})
            store.set("kept", "yes")
    await gone(pids)
    with pytest.raises(EnginesError, match="not running"):
        _ = running.mongodb_uri
    with (
        Engines(tmp_path) as again,
        mongodb(again) as client,
        redis.Redis.from_url(again.redis_url) as store,
    ):
        assert client["school"]["notices"].count_documents({}) == 1
        assert store.get("kept") == b"yes"


@pytest.mark.chaos
async def test_they_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        said = json.loads(parent.stdout.readline())
        with pymongo.MongoClient[dict[str, Any]](said["uri"]) as client:
            client["school"]["notices"].insert_one({"_id": 1})
        parent.kill()
    # At once: the next start waits for the old engines' end instead of refusing.
    with Engines(tmp_path) as again, mongodb(again) as client:
        assert client["school"]["notices"].count_documents({}) == 1
    await gone(said["pids"])


@pytest.mark.chaos
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
async def test_they_end_when_their_supervisor_is_killed(embedded: Engines) -> None:
    pids = embedded.pids
    os.kill(pids["supervisor"], signal.SIGKILL)
    await gone(pids)


@pytest.mark.chaos
async def test_killed_engines_come_back_with_what_they_acknowledged(embedded: Engines) -> None:
    before = embedded.pids
    addresses = (embedded.mongodb_uri, embedded.redis_url)
    with mongodb(embedded) as client, redis.Redis.from_url(embedded.redis_url) as store:
        for number in range(300):
            client["school"]["notices"].insert_one({"_id": number})
            store.set(f"key{number}", number)
        os.kill(before["mongodb"], signal.SIGKILL)
        os.kill(before["redis"], signal.SIGKILL)

        def count() -> tuple[int, int] | None:
            try:
                return client["school"]["notices"].count_documents({}), int(store.dbsize())
            except (pymongo.errors.PyMongoError, redis.RedisError):
                return None  # still coming back

        counted = await wait_until(count, description="both engines again", seconds=60)
    assert counted == (300, 300)
    assert (embedded.mongodb_uri, embedded.redis_url) == addresses
    after = embedded.pids
    assert after["supervisor"] == before["supervisor"]
    assert {after["mongodb"], after["redis"]}.isdisjoint(before.values())


def test_a_second_instance_is_refused_in_words(embedded: Engines, tmp_path: Path) -> None:
    with pytest.raises(EnginesError, match="in use by a Yanshu that is running") as refused:
        Engines(tmp_path).start()
    assert f"process {os.getpid()}" in str(refused.value)
    assert str(tmp_path) in str(refused.value)
    with redis.Redis.from_url(embedded.redis_url) as store:  # the first one didn't notice
        assert store.ping()


def test_fixed_ports_are_kept(tmp_path: Path) -> None:
    ports = []
    for _ in range(2):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
    with Engines(tmp_path, mongodb_port=ports[0], redis_port=ports[1]) as running:
        assert f":{ports[0]}/" in running.mongodb_uri
        assert f":{ports[1]}/" in running.redis_url


@pytest.mark.parametrize("engine", ["mongodb", "redis"])
def test_a_taken_port_is_named(tmp_path: Path, engine: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EnginesError, match=f"port {port}, but another program has it"):
            Engines(
                tmp_path,
                mongodb_port=port if engine == "mongodb" else 0,
                redis_port=port if engine == "redis" else 0,
            ).start()
    with Engines(tmp_path) as running:  # nothing of the failed start is in the way
        assert is_alive(running.pids["redis"])


def test_an_engine_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "mongodb").write_text("a file where a folder is wanted")
    with pytest.raises(EnginesError, match=r"The embedded MongoDB does not come up: .*mongodb"):
        Engines(tmp_path).start()


def test_a_machine_without_engines_is_told_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engines.sysconfig.get_path", lambda name: str(tmp_path))
    monkeypatch.setattr("engines.importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnginesError, match="YANSHU_MONGODB_URI"):
        engines.find_mongodb()
    with pytest.raises(EnginesError, match="YANSHU_REDIS_URL"):
        engines.find_redis()
    server = tmp_path / "redis-server"
    server.write_text("#!/bin/sh\n")
    server.chmod(0o755)
    assert engines.find_redis() == str(server)
