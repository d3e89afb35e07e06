"""The phones' page and its websocket: what happens in the world is seen at once.

The page's buttons go through the same control verbs as tests do; the socket only tells news.
"""

import json
from pathlib import Path
from typing import Any

from tornado import web, websocket

from simulator.control import Control
from simulator.people import describe
from simulator.world import Entry, World

PAGE = Path(__file__).parent / "static" / "phone.html"


class PhonesPage(web.RequestHandler):
    """The page with the phones; its data comes over the websocket."""

    def get(self) -> None:
        """Show the page."""
        self.set_header("Cache-Control", "no-cache")
        self.finish(PAGE.read_bytes())


class PhoneSocket(websocket.WebSocketHandler):
    """Everything the page shows, whole at first, then piece by piece."""

    world: World
    control: Control

    def initialize(self, world: World, control: Control) -> None:
        """Take the world from the route."""
        self.world, self.control = world, control

    def open(self, *args: str, **kwargs: str) -> None:
        """Send everything, then listen."""
        self.world.listeners.append(self.send)
        self.send(snapshot(self.world, self.control))

    def send(self, news: Entry) -> None:
        """Hand news on; a change of everything becomes a new snapshot."""
        if news["type"] == "reload":
            news = snapshot(self.world, self.control)
        if self.ws_connection is not None:
            self.write_message(json.dumps(news, ensure_ascii=False))

    def on_message(self, message: str | bytes) -> None:
        """The page says nothing here."""

    def on_close(self) -> None:
        """Stop listening."""
        if self.send in self.world.listeners:
            self.world.listeners.remove(self.send)


def snapshot(world: World, control: Control) -> dict[str, Any]:
    """The phones as the page first sees them."""
    return {
        "type": "all",
        "account": {"name": world.account.name, "id": world.account.account_id},
        "public_url": world.public_url,
        "menu": world.menu,
        "templates": {
            template.id: {"title": template.title, "keys": template.keys}
            for template in world.templates.values()
        },
        "faults": world.faults.to_json(),
        "crowd": control.crowd.progress(),
        "users": [{**describe(user), "chat": user.chat} for user in world.shown()],
    }
