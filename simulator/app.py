"""The simulator as Tornado routes, all under /simulator.

`Simulator(world)` holds what runs beside the state (callbacks, crowd, saving); `routes(world)` is
the short way for a caller that never closes it.
"""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tornado import web

from simulator import oauth, saving
from simulator.api import Api, Call
from simulator.callbacks import Courier
from simulator.control import BadControl, Control
from simulator.crowd import Crowd
from simulator.miniprogram.showing import MiniProgram
from simulator.miniprogram.showing import routes as mini_routes
from simulator.people import People
from simulator.phone import PhoneSocket, PhonesPage, mini_of
from simulator.world import OAUTH_PATH, World

log = logging.getLogger("simulator.app")

STATIC = Path(__file__).parent / "static"
API_PREFIX = "/simulator/api"
CONTROL_PREFIX = "/simulator/control/"
SAVE_EVERY_SECONDS = 2.0

Routes = list[tuple[str, type[web.RequestHandler], dict[str, Any]]]


class Simulator:
    """One running simulator.

    Args:
        world: the state.
        save_to: a file that keeps people, chats and tokens over a restart; read now, written
            while `start` runs and when closed.
        mini_folder: where the mini-program is built at `start`, for the phones; without it they
            have none.
    """

    def __init__(
        self, world: World, *, save_to: Path | None = None, mini_folder: Path | None = None
    ) -> None:
        self.world = world
        self.save_to = save_to
        self.mini = MiniProgram(mini_folder, self._tell_of_mini) if mini_folder else None
        self.courier = Courier(world)
        self.people = People(world, self.courier)
        self.crowd = Crowd(world, self.courier)
        self.api = Api(world, self.courier.report_finish, self.courier.inspect)
        self.control = Control(world, self.courier, self.people, self.crowd)
        self._saver: asyncio.Task[None] | None = None
        if save_to is not None:
            saving.load(world, save_to)

    def routes(self) -> Routes:
        """Everything under /simulator."""
        sim = {"sim": self}
        return [
            *(mini_routes(self.mini) if self.mini else []),
            (API_PREFIX + r"(/.*)", ApiHandler, sim),
            (OAUTH_PATH, AuthorizeHandler, sim),
            (CONTROL_PREFIX + r"(.*)", ControlHandler, sim),
            (r"/simulator/ws", PhoneSocket, sim),
            (r"/simulator/?", PhonesPage, {}),
            (r"/simulator/static/(.*)", web.StaticFileHandler, {"path": str(STATIC)}),
        ]

    def start(self) -> None:
        """Begin to save what changes, and to build the mini-program. Needs a running loop."""
        if self.mini is not None:
            self.mini.start()
        if self.save_to is not None and self._saver is None:
            self._saver = asyncio.get_running_loop().create_task(self._keep_saving(self.save_to))

    def _tell_of_mini(self) -> None:
        self.world.tell({"type": "mini", "mini": mini_of(self.mini)})

    async def _keep_saving(self, path: Path) -> None:
        saved = self.world.changes
        while True:
            await asyncio.sleep(SAVE_EVERY_SECONDS)
            if self.world.changes != saved:
                saved = self.world.changes
                saving.save(self.world, path)

    async def close(self) -> None:
        """End what runs, save, close connections."""
        if self._saver is not None:
            self._saver.cancel()
            await asyncio.gather(self._saver, return_exceptions=True)
        await self.crowd.close()
        await self.courier.close()
        if self.mini is not None:
            await self.mini.close()
        if self.save_to is not None:
            saving.save(self.world, self.save_to)


def routes(world: World) -> Routes:
    """The routes of a world, for an application that mounts them."""
    return Simulator(world).routes()


def make_app(simulator: Simulator) -> web.Application:
    """The simulator alone, with the phones at /."""
    handlers: list[Any] = [*simulator.routes(), (r"/", PhonesPage)]
    return web.Application(handlers, log_function=lambda handler: None)


class Handler(web.RequestHandler):
    """What the simulator's handlers share: WeChat's servers carry no XSRF cookie."""

    sim: Simulator

    def initialize(self, sim: Simulator) -> None:
        """Take the simulator from the route."""
        self.sim = sim

    def check_xsrf_cookie(self) -> None:
        """Not asked here, also when the application around asks for it."""

    def query(self) -> dict[str, str]:
        """The query's parameters, the last of each name."""
        return {
            name: values[-1].decode("utf-8", "replace")
            for name, values in self.request.query_arguments.items()
        }


class ApiHandler(Handler):
    """The API: every method and path goes to Api."""

    def compute_etag(self) -> str | None:
        """WeChat sends none."""
        return None

    async def get(self, path: str) -> None:
        """Answer a GET call."""
        await self._answer("GET", path)

    async def post(self, path: str) -> None:
        """Answer a POST call."""
        await self._answer("POST", path)

    async def _answer(self, method: str, path: str) -> None:
        call = Call(method, path, self.query(), self.request.body)
        answer = await self.sim.api.serve(call)
        if answer.drop:
            if self.request.connection is not None:
                self.detach().close()
            return
        if answer.html:
            self.set_status(502)
            self.set_header("Content-Type", "text/html")
        else:
            is_json = answer.body[:1] in (b"{", b"")
            self.set_header("Content-Type", "text/plain" if is_json else "image/jpeg")
        await self.finish(answer.body)


class AuthorizeHandler(Handler):
    """The page that WeChat shows, or skips, between a link and the page behind it."""

    def get(self) -> None:
        """Send the browser on with a code, or say why not."""
        try:
            target = oauth.authorize(
                self.sim.world,
                self.query(),
                cookie_user=self.get_cookie("sim_user", "") or "",
                host=self.request.host,
            )
        except oauth.BadRequest as error:
            page = (STATIC / "oops.html").read_text(encoding="utf-8")
            self.finish(page.replace("{{words}}", error.words))
            return
        self.redirect(target)


class ControlHandler(Handler):
    """The control API: JSON in, JSON out."""

    def prepare(self) -> None:
        """Refuse what a page from elsewhere sends: this API is for tests and its own page."""
        origin = self.request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != self.request.host:
            raise web.HTTPError(403)

    async def get(self, path: str) -> None:
        """Read something."""
        await self._answer("GET", path, {})

    async def post(self, path: str) -> None:
        """Do something; the body is a JSON object or empty."""
        try:
            body = json.loads(self.request.body or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            self._refuse(BadControl("not_json", "the body must be a JSON object"))
            return
        await self._answer("POST", path, body)

    async def _answer(self, method: str, path: str, body: dict[str, Any]) -> None:
        try:
            data = await self.sim.control.handle(method, path, self.query(), body)
        except BadControl as error:
            self._refuse(error)
            return
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps({"data": data}, ensure_ascii=False))

    def _refuse(self, error: BadControl) -> None:
        self.set_status(error.status)
        self.finish({"error": {"code": error.code, "message": error.message}})
