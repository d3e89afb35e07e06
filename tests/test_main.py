"""What `main.py` starts, as processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import dev_environment
from tests.programs import program

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
