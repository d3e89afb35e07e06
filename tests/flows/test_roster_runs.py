"""Taking a list in as a run: one that dies, one at a time, one that lost its turn, and the command that begins it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.roster_command import refusal
from services.roster_files import RosterError
from services.roster_turns import Turn, roster_turn
from services.rosters import Step, import_roster
from tests import school_lists as lists
from tests.flows.test_rosters import HEADER, LI, WANG, ZHANG, Office, Rows, bound
from tests.flows.test_rosters import office as office
from tests.town import Town


class DyingError(Exception):
    """The process dies here."""


@pytest.mark.parametrize("writes", range(6))
async def test_a_run_that_dies_is_run_again_and_ends_the_same(
    office: Office, town: Town, writes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.hand_in(LI, WANG, ZHANG)
    assert await bound(town, "father", "李小明 1234")
    assert await bound(town, "other", "王小红 5678")
    new = ["20230007", "赵小五", "五（1）班", "", "13700002222", ""]
    rows: Rows = ([*LI[:2], "三（2）班", LI[3], "13800009999", ""], ZHANG, new)
    rows = (*rows, ["20230008", "孙小六", "三（1）班", "", "13700003333", ""])
    done = 0

    def dying(verb: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def act(*words: Any) -> Any:
            nonlocal done
            done += 1
            if done > writes:
                raise DyingError
            return await verb(*words)

        return act

    with monkeypatch.context() as patch:
        for name in ("save_school", "save_classes", "save_contacts", "drop_contacts"):
            patch.setattr(
                town.ctx.stores.schools, name, dying(getattr(town.ctx.stores.schools, name))
            )
        for store, name in (
            (town.ctx.stores.schools, "save_students"),
            (town.ctx.stores.bindings, "end"),
        ):
            patch.setattr(store, name, dying(getattr(store, name)))
        with pytest.raises(DyingError):
            await office.hand_in(*rows)
    await office.hand_in(*rows)
    assert (await office.hand_in(*rows)).written == 0
    for key in ("father", "other"):
        assert "还没有绑定" in await town.phone(key).say("我的孩子")
    state = await office.everything()
    assert sorted(line["phone_last4"] for line in state["contacts"]) == [
        "1111",
        "2222",
        "3333",
        "9999",
    ]
    assert {s["name"] for s in state["students"] if s["left_at"]} == {"王小红"}
    assert not any(line["quarantine"] for line in state["contacts"])


async def test_the_loop_goes_on_while_a_list_is_read(office: Office, town: Town) -> None:
    lists.write_xlsx(office.file, lists.rows(3000, list(lists.DIRT)))
    steps: list[Step] = []
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    await import_roster(town.ctx, replace(office.wish, apply=False), steps.append)
    beside.cancel()
    assert [s.count for s in steps if s.phase == "reading"][:2] == [1000, 2000]
    assert turns > 100


async def test_the_command_says_what_it_does_and_refuses_in_words(
    office: Office, town: Town, tmp_path: Path
) -> None:
    lists.write_xlsx(office.file, [HEADER, LI, WANG])
    code, said, _ = await take_in(town, str(office.file), "--school-name", "青禾小学")
    assert (code, "新生：2" in said, "什么都没有改" in said) == (0, True, True)
    assert not any((await office.everything()).values())
    code, said, told = await take_in(
        town, str(office.file), "--school-name", "青禾小学", "--apply", "--only", "new"
    )
    assert (code, "已写入 2 名学生" in said, "读取名册" in told) == (0, True, True)
    assert await bound(town, "father", "李小明 1234")
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04nothing")
    before = await office.everything()
    code, said, told = await take_in(town, str(tmp_path / "bad.xlsx"), "--apply")
    assert (code, said, "另存为" in told, "Traceback" in told) == (1, "", True, False)
    assert await office.everything() == before


async def take_in(town: Town, *words: str) -> tuple[int, str, str]:
    """`main.py import-roster … --school qinghe` against this town's stores."""
    return await town.command("import-roster", "--school", "qinghe", *words)


async def test_one_list_of_a_school_at_a_time_and_the_second_hears_who_is_at_it(
    office: Office, town: Town
) -> None:
    async with roster_turn(town.ctx, "qinghe", "王老师"):
        with pytest.raises(RosterError) as refused:
            await office.hand_in(LI)
        assert "王老师" in refusal(refused.value)
        assert "开始" in refusal(refused.value)
        await office.hand_in(LI, school_id="yunshan", school_name="云杉小学")
    assert (await office.hand_in(LI)).written == 1


async def test_a_run_that_lost_its_turn_writes_nothing_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.rosters.refuse_a_wrong_file", lambda *_, **__: lose())
    held: list[Turn] = []
    taking = roster_turn

    @asynccontextmanager
    async def watched(*arguments: Any) -> AsyncIterator[Turn]:
        async with taking(*arguments) as turn:
            held.append(turn)
            yield turn

    def lose() -> None:
        held[0].lost = True

    monkeypatch.setattr("services.rosters.roster_turn", watched)
    with pytest.raises(RosterError) as refused:
        await office.hand_in(LI)
    assert refused.value.code == "turn_lost"
    assert not any((await office.everything()).values())
