"""What WeChat brings and the runtime plays: sockets, swiper, picker, and a call that there is none of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler

from simulator.miniprogram.building import build
from tests.miniprogram.handset import CONFIGURED, Handset

PAGE = """
<view>
  <view data-test="said">{{said}}</view>
  <view data-test="dial" bind:tap="dial">dial</view>
  <view data-test="stray" bind:tap="stray">stray</view>
  <view data-test="fly" bind:tap="fly">fly</view>
  <swiper current="{{1}}" bind:change="turned"><swiper-item>one</swiper-item><swiper-item>two</swiper-item></swiper>
  <picker range="{{range}}" bind:change="picked"><view data-test="picker">{{range[chosen]}}</view></picker>
</view>
"""
SCRIPT = """
Page({
  data: { said: '', range: ['red', 'green'], chosen: 0 },
  dial() {
    const task = wx.connectSocket({ url: 'SERVER/echo' });
    task.onOpen(() => task.send({ data: 'hello' }));
    task.onMessage(({ data }) => { this.setData({ said: data }); task.close({}); });
    task.onClose(({ code }) => this.setData({ said: `${this.data.said}, ${code}` }));
  },
  stray() {
    wx.connectSocket({ url: 'wss://elsewhere.example', fail: ({ errMsg }) => this.setData({ said: errMsg }) });
  },
  fly() { wx['fl' + 'y'](); },
  turned({ detail }) { this.setData({ said: `page ${detail.current}` }); },
  picked({ detail }) { this.setData({ chosen: detail.value }); },
});
"""


class Echo(WebSocketHandler):
    """Says what it hears."""

    def on_message(self, message: str | bytes) -> None:
        self.write_message(message)


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """An origin with /echo."""
    socket, port = bind_unused_port()
    server = HTTPServer(Application([("/echo", Echo)]))
    server.add_socket(socket)
    yield f"http://127.0.0.1:{port}"
    server.stop()
    await server.close_all_connections()


@pytest.fixture
async def phone(node: str, tmp_path: Path, browser: Browser, server: str) -> AsyncIterator[Handset]:
    """A phone with a small mini-program of one page."""
    app = tmp_path / "app"
    app.mkdir()
    (app / "app.js").write_text("App({})")
    (app / "app.json").write_text('{"pages": ["page"]}')
    (app / "page.wxml").write_text(PAGE)
    (app / "page.js").write_text(SCRIPT.replace("SERVER", CONFIGURED.replace("http", "ws")))
    built = build(app, tmp_path / "out")
    assert built.problems == []
    context = await browser.new_context(has_touch=True, is_mobile=True)
    handset = Handset(context, await context.new_page(), server)

    async def nobody() -> str:
        return "code"

    await handset.prepare(built, login=nobody)
    await handset.open()
    yield handset
    await context.close()


async def test_a_socket_speaks_to_the_servers_that_may_be_reached(phone: Handset) -> None:
    await phone.tap("dial")
    await expect(phone.part("said")).to_have_text("hello, 1000")
    await phone.tap("stray")
    await expect(phone.part("said")).to_have_text("connectSocket:fail url not in domain list")
    assert phone.errors == []


async def test_swiper_and_picker_say_what_was_chosen(phone: Handset) -> None:
    swiper = phone.front.locator("wx-swiper")
    await swiper.evaluate("(one) => one.scrollTo({ left: 0, behavior: 'instant' })")
    await expect(phone.part("said")).to_have_text("page 0")
    await phone.tap("picker")
    await phone.answer("green")
    await expect(phone.part("picker")).to_have_text("green")
    assert phone.errors == []


async def test_a_call_that_wx_does_not_have_is_an_error(phone: Handset) -> None:
    await phone.tap("fly")
    await phone.page.wait_for_function("window.__mini.errors.length")
    assert "is not a function" in "".join(phone.errors)
