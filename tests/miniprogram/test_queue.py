"""The phone's queue of what was tapped: by itself, over a clock and a server turned by hand, and on the screen."""

from __future__ import annotations

import json
import subprocess
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import expect

from simulator.miniprogram.building import CLIENT
from tests.browser.phones import Screenshot
from tests.miniprogram.handset import Handset
from tests.miniprogram.talk_stub import GROUP, TalkStub

# `answers` says what the server answers to an address, first to last; then it takes everything. `turn` lets time pass.
STAGE = """
let now = 1000000;
Date.now = () => now;
const timers = [];
globalThis.setTimeout = (act, pause = 0) => {
  const timer = { act, at: now + pause };
  timers.push(timer);
  return timer;
};
globalThis.clearTimeout = (timer) => { if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1); };
const stored = {}, asked = [], told = [], answers = {};
globalThis.wx = {
  getAccountInfoSync: () => ({ miniProgram: { envVersion: 'develop' } }),
  getStorageSync: (name) => (name in stored ? JSON.parse(stored[name]) : ''),
  setStorageSync: (name, value) => { stored[name] = JSON.stringify(value); },
  removeStorageSync: (name) => { delete stored[name]; },
  request({ url, header, success, fail }) {
    const path = url.slice(url.indexOf('/api/v1') + 7);
    const { status, rest } = (answers[path] || []).shift() || { status: 201 };
    asked.push(header['Idempotency-Key']);
    const data = status < 300 ? { data: {} } : { error: { code: 'x' } };
    if (status) success({ statusCode: status, data, header: { 'Retry-After': rest } });
    else fail();
  },
};
require('./lib/session').token = async () => 'token';
const queue = require('./lib/queue');
queue.listen(({ about, state }) => told.push(`${about} ${state}`));
const settled = async () => { for (let n = 0; n < 50; n += 1) await Promise.resolve(); };
const turn = async (ms) => {
  now += ms;
  for (const timer of timers.filter(({ at }) => at <= now)) { clearTimeout(timer); timer.act(); }
  await settled();
};
const add = (about, path, key) => queue.add({ about, path, key, method: 'POST', body: {} });
const say = (thread, key) => add(`say:${thread}:${key}`, `/threads/${thread}/messages`, key);
const confirm = (notice) => add(`confirm:${notice}`, `/notices/${notice}/confirmation`, notice);
const heard = () => told.splice(0), sent = () => asked.splice(0);
const shown = [];
const show = (...values) => shown.push(...values);
"""


@pytest.fixture
def played(node: str) -> Any:
    """What a play on that stage shows."""

    def play(script: str) -> list[Any]:
        program = (
            f"{STAGE}(async () => {{ {script} }})().then(() => console.log(JSON.stringify(shown)));"
        )
        done = subprocess.run([node, "-e", program], cwd=CLIENT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        shown: list[Any] = json.loads(done.stdout)
        return shown

    return play


def test_what_is_too_much_rests_as_long_as_the_server_says_and_the_others_go_on(
    played: Any,
) -> None:
    asked, left, minutes, early, late = played("""
        answers['/threads/a/messages'] = [{ status: 429, rest: '90' }];
        say('a', 'a1'); say('a', 'a2'); say('b', 'b1'); confirm('n1');
        await settled();
        show(sent(), queue.size(), queue.minutes(queue.under('say:')));
        await turn(89000); show(sent());
        await turn(1000); show(sent());
    """)
    assert asked == ["a1", "n1"]
    assert (left, minutes) == (3, 2)
    assert early == []
    assert late == ["a1", "a2", "b1"]  # in the order in which they were said


def test_neither_the_network_nor_the_app_in_front_ends_the_rest(played: Any) -> None:
    asked, hurried, added, late = played("""
        answers['/threads/a/messages'] = [{ status: 429, rest: '600' }];
        say('a', 'a1'); await settled(); show(sent());
        queue.hurry(); await settled(); show(sent());
        say('a', 'a2'); confirm('n1'); await settled(); show(sent());
        await turn(600000); show(sent());
    """)
    assert (asked, hurried, added, late) == (["a1"], [], ["n1"], ["a1", "a2"])


def test_whoever_taps_meanwhile_is_told_that_it_waits(played: Any) -> None:
    first, second, last = played("""
        answers['/threads/a/messages'] = [{ status: 429, rest: '60' }];
        say('a', 'a1'); await settled(); show(heard());
        say('b', 'b1'); await settled(); show(heard());
        await turn(60000); show(heard());
    """)
    assert first == ["say:a:a1 waiting"]
    assert "say:b:b1 waiting" in second
    assert last == ["say:a:a1 done", "say:b:b1 done"]


def test_a_server_that_does_not_say_how_long_is_asked_after_a_minute(played: Any) -> None:
    early, late = played("""
        answers['/threads/a/messages'] = [{ status: 429 }];
        say('a', 'a1'); await settled(); sent();
        await turn(59000); show(sent());
        await turn(1000); show(sent());
    """)
    assert (early, late) == ([], ["a1"])


def test_without_a_network_everything_stands_behind_the_first(played: Any) -> None:
    asked, minutes, late = played("""
        answers['/threads/a/messages'] = [{ status: 0 }];
        say('a', 'a1'); confirm('n1'); await settled();
        show(sent(), queue.minutes(queue.under('')));
        queue.hurry(); await settled(); show(sent());
    """)
    assert (asked, minutes, late) == (["a1"], 0, ["a1", "n1"])


@pytest.fixture
async def stub() -> AsyncIterator[TalkStub]:
    """Conversations at will, held to the API's declarations."""
    stub = TalkStub()
    yield stub
    assert stub.drift == []


async def test_who_says_too_much_is_told_when_it_goes_out(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    await phone.open(f"talk/thread/index?id={GROUP}")
    stub.rest = 1500
    for words in ("明天几点到校？", "要带水杯吗？"):
        await phone.type("说点什么", words)
        await phone.tap("send")
    await expect(phone.part("pending")).to_have_text(["发得有点密，约 25 分钟后自动送出"] * 2)
    await phone.shoot(screenshot, "1-rests")
    assert (
        len([one for one in stub.asked if one.startswith("POST ") and one.endswith("/messages")])
        == 1
    )
