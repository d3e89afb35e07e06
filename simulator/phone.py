"""The phones' page and its websocket: what happens in the world is seen at once.

The page's buttons go through the same control verbs as tests do; the socket only tells news.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tornado import web, websocket

from simulator.miniprogram.showing import MiniProgram
from simulator.people import describe
from simulator.world import Entry

if TYPE_CHECKING:
    from simulator.app import Simulator

PAGE = Path(__file__).parent / "static" / "phone.html"


class PhonesPage(web.RequestHandler):
    """The page with the phones; its data comes over the websocket."""

    def get(self) -> None:
        """Show the page."""
        self.set_header("Cache-Control", "no-cache")
        self.finish(PAGE.read_bytes())


class PhoneSocket(websocket.WebSocketHandler):
    """Everything the page shows, whole at first, then piece by piece."""

    def initialize(self, sim: Simulator) -> None:
        """Take the simulator from the route."""
        self.sim, self.world = sim, sim.world

    def open(self, *args: str, **kwargs: str) -> None:
        """Send everything, then listen."""
        self.world.listeners.append(self.send)
        self.send(snapshot(self.sim))

    def send(self, news: Entry) -> None:
        """Hand news on; a change of everything becomes a new snapshot."""
        if news["type"] == "reload":
            news = snapshot(self.sim)
        if self.ws_connection is not None:
            self.write_message(json.dumps(news, ensure_ascii=False))

    def on_message(self, message: str | bytes) -> None:
        """The page says nothing here."""

    def on_close(self) -> None:
        """Stop listening."""
        if self.send in self.world.listeners:
            self.world.listeners.remove(self.send)


def mini_of(mini: MiniProgram | None) -> dict[str, Any] | None:
    """What the page is told of the mini-program; None: the phones have none."""
    return {"name": "雁书", "why": mini.why} if mini else None


def snapshot(sim: Simulator) -> dict[str, Any]:
    """The phones as the page first sees them."""
    world = sim.world
    return {
        "type": "all",
        "account": {"name": world.account.name, "id": world.account.account_id},
        "public_url": world.public_url,
        "menu": world.menu,
        "templates": {
            template.id: {"title": template.title, "keys": template.keys}
            for template in world.templates.values()
        },
        "mini_templates": {
            template.id: {"title": template.title, "keys": template.keys}
            for template in world.mini_templates.values()
        },
        "faults": world.faults.to_json(),
        "crowd": sim.crowd.progress(),
        "mini": mini_of(sim.mini),
        "users": [
            {**describe(user), "chat": user.chat, "service": user.service} for user in world.shown()
        ],
    }
