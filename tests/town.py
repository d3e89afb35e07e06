"""A whole installation in the test's own loop: application, worker, and the simulator as the only double.

People act through the simulator (chat, menu, scan) and through real HTTP with cookies of their own, as
their phones would.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.testing import bind_unused_port
from tornado.web import Application

from app import Running, make_application, running
from bot.conversation import finish_background
from domain.names import folded_name
from domain.roles import Appointment, Role, appointment_id
from domain.schools import Contact, Roster, School, SchoolClass, Student
from main import make_server
from services.bindings import bind_guardian
from services.people import note_follow, recognise
from settings import Settings, dev_environment
from simulator.app import Simulator
from simulator.prefix import PhoneRouter
from simulator.world import Account, User, World
from tests.programs import command

SCHOOL = School(id="school-a", name="青禾小学")
OTHER_SCHOOL = School(id="school-b", name="云杉小学")
# From a minute to the same minute is no time at all; a story must not depend on the hour it is told in.
NEVER_QUIET = {"YANSHU_QUIET_START": "00:00", "YANSHU_QUIET_END": "00:00"}


def school_class(number: int, school: School = SCHOOL) -> SchoolClass:
    """The class 三年级1班, 三年级2班 … of a school."""
    return SchoolClass(
        id=f"{school.id}-class-{number}",
        school_id=school.id,
        name=f"三年级{number}班",
        grade=3,
    )


@dataclass
class Reply:
    """What came back over HTTP."""

    status: int
    text: str
    url: str
    headers: Mapping[str, str]

    @property
    def data(self) -> Any:
        """The JSON inside `data`."""
        return json.loads(self.text)["data"]


@dataclass
class Phone:
    """One person: their WeChat and the browser inside it."""

    town: Town
    user: User
    client: aiohttp.ClientSession

    async def act(self, act: str, **body: Any) -> dict[str, Any]:
        """An act in WeChat: follow, say, tap, scan, unfollow."""
        outcome = await self.town.simulator.control.handle(
            "POST", f"users/{self.user.key}/{act}", {}, body
        )
        assert isinstance(outcome, dict)
        return outcome

    async def say(self, text: str) -> str:
        """Type something; returns the account's answer."""
        return await self._heard("say", text=text)

    async def tap(self, key: str) -> str:
        """Tap a menu button; returns the account's answer."""
        return await self._heard("tap", key=key)

    async def follow(self, scene: str = "") -> str:
        """Follow, by a QR's scene where one is given; returns the greeting."""
        return await self._heard("follow", scene=scene)

    async def scan(self, scene: str) -> str:
        """Scan a QR of the account while following it; returns the answer."""
        return await self._heard("scan", scene=scene)

    async def _heard(self, act: str, **body: str) -> str:
        outcome = await self.act(act, **body)
        assert not outcome["fault"], outcome
        return "\n".join(str(reply.get("text", "")) for reply in outcome["replies"])

    def url(self, path: str) -> str:
        """A page as this person's phone opens it."""
        return f"{self.town.base}/as/{self.user.key}{path}"

    async def get(self, path: str, **headers: str) -> Reply:
        """Open a page, signing in on the way as WeChat does."""
        return await self._request("GET", path, headers=headers)

    async def post(
        self, path: str, form: Sequence[tuple[str, str]] | Mapping[str, str] = (), **headers: str
    ) -> Reply:
        """Send a form, with the session's CSRF token as the page holds it."""
        pairs = list(form.items()) if isinstance(form, Mapping) else list(form)
        data = [("csrf", await self.csrf()), *pairs]
        return await self._request("POST", path, data=data, headers=headers)

    async def upload(self, name: str, content: bytes, path: str = "/h5/teach/files") -> Reply:
        """Attach a file as the page's script does."""
        headers = {
            "X-CSRF-Token": await self.csrf(),
            "X-File-Name": quote(name, safe=""),
            "Accept": "application/json",
        }
        return await self._request("POST", path, data=content, headers=headers)

    async def csrf(self) -> str:
        """The token of this person's session; signs in when there is none yet."""
        page = await self.get("/h5/")
        marker = 'name="csrf" content="'
        assert marker in page.text, page.text[:300]
        return page.text.partition(marker)[2].partition('"')[0]

    async def _request(self, method: str, path: str, **options: Any) -> Reply:
        async with self.client.request(method, self.url(path), **options) as response:
            text = (await response.read()).decode("utf-8", "replace")
            return Reply(response.status, text, str(response.url), dict(response.headers))

    @property
    def cards(self) -> list[dict[str, Any]]:
        """The template cards in their chat, oldest first."""
        return [entry for entry in self.user.chat if entry.get("kind") == "template"]


@dataclass
class Town:
    """The installation under test and its people."""

    program: Running
    settings: Settings
    simulator: Simulator
    server: HTTPServer
    base: str
    application: Application
    environment: Mapping[str, str]
    worker: asyncio.Task[None] | None = None
    phones: dict[str, Phone] = field(default_factory=dict)

    @property
    def ctx(self) -> Any:
        """The services' context."""
        return self.program.ctx

    @property
    def world(self) -> World:
        """What the simulated WeChat knows."""
        return self.simulator.world

    def faults(self, **changes: Any) -> None:
        """How WeChat misbehaves from now on."""
        self.world.faults.set(changes)

    def phone(self, key: str, *, following: bool = False) -> Phone:
        """A person's phone; made at the first call."""
        if key not in self.phones:
            user = self.world.add_user(User(key, following=following, show=True))
            jar = aiohttp.CookieJar(unsafe=True)
            self.phones[key] = Phone(self, user, aiohttp.ClientSession(cookie_jar=jar))
        return self.phones[key]

    async def command(self, *words: str) -> tuple[int, str, str]:
        """`main.py …` as an operator runs it, on this installation's stores."""
        return await command(
            *words,
            mongodb_uri=self.settings.mongodb_uri,
            redis_url=self.settings.redis_url,
            database=self.settings.mongodb_database,
        )

    def start_worker(self) -> None:
        """Let jobs run from now on."""
        # A second one would be left running, and its connections open, at the end.
        assert self.worker is None
        self.worker = asyncio.create_task(self.program.queue.work())

    async def close_doors(self) -> None:
        """Nobody gets through from now on: nothing listens, every connection is cut."""
        self.server.stop()
        await self.server.close_all_connections()

    def open_doors(self) -> None:
        """Listen again, at the same address."""
        self.server = make_server(PhoneRouter(self.application), self.settings)
        port = urlsplit(self.base).port
        assert port is not None
        self.server.add_sockets(bind_sockets(port, "127.0.0.1"))

    async def stop_worker(self) -> None:
        """No jobs from now on."""
        if self.worker is not None:
            self.worker.cancel()
            with suppress(asyncio.CancelledError):
                await self.worker
            self.worker = None

    async def settle_school(
        self,
        *,
        children: int = 3,
        classes: int = 1,
        teacher: str = "teacher",
        school: School = SCHOOL,
    ) -> Phone:
        """A school whose `teacher` is head teacher of all its classes; child N is 学生甲N with digits 1000+N."""
        phone = self.phone(teacher, following=True)
        person = await recognise(self.ctx, phone.user.openid)
        await note_follow(self.ctx, phone.user.openid, following=True)
        groups = [school_class(number, school) for number in range(1, classes + 1)]
        pupils = [pupil(group, n) for group in groups for n in range(1, children + 1)]
        await self.ctx.stores.schools.save_roster(led_school(groups, pupils, person, school=school))
        return phone

    async def settle_guardian(
        self, key: str, child: int, *, following: bool = True, school: School = SCHOOL
    ) -> Phone:
        """A guardian who is bound to child number `child` of class 1."""
        phone = self.phone(key, following=following)
        person = await recognise(self.ctx, phone.user.openid)
        await note_follow(self.ctx, phone.user.openid, following=following)
        asked = await bind_guardian(self.ctx, person, claim_text(child))
        assert asked.student is not None
        return phone


def child_name(number: int) -> str:
    """学生甲一 … by number; always a distinct name."""
    return "学生" + "".join("零一二三四五六七八九"[int(digit)] for digit in str(number))


def claim_text(number: int) -> str:
    """What a guardian of child `number` types."""
    return f"{child_name(number)} {1000 + number}"


def pupil(group: SchoolClass, number: int) -> tuple[Student, Contact]:
    """Child `number` of a class, and the line of the list that a guardian is bound by."""
    student = Student(
        id=f"{group.id}-{number:04d}",
        school_id=group.school_id,
        class_id=group.id,
        name=child_name(number),
        number=number,
    )
    contact = Contact(
        id=f"{student.id}-a",
        school_id=group.school_id,
        class_id=group.id,
        student_id=student.id,
        student_name=folded_name(student.name),
        phone_last4=str(1000 + number),
        relation="妈妈",
    )
    return student, contact


def led_school(
    groups: Sequence[SchoolClass],
    pupils: Sequence[tuple[Student, Contact]],
    teacher: str,
    *,
    school: School = SCHOOL,
) -> Roster:
    """A school's list, all of whose classes are led by one person, 王老师."""
    return Roster(
        school=school,
        classes=tuple(groups),
        students=tuple(student for student, _ in pupils),
        contacts=tuple(contact for _, contact in pupils),
        appointments=tuple(
            Appointment(
                id=appointment_id(
                    Role.HEAD_TEACHER, teacher, place_id=school.id, class_id=group.id
                ),
                school_id=school.id,
                class_id=group.id,
                person_id=teacher,
                role=Role.HEAD_TEACHER,
                name="王老师",
            )
            for group in groups
        ),
    )


@asynccontextmanager
async def open_town(
    *, mongodb_uri: str, redis_url: str, database: str, **environment: str
) -> AsyncIterator[Town]:
    """Start everything on free ports; stop it at the end. `environment` adds YANSHU_ names.

    No hour is too late to remind, unless `environment` says so: a story goes the same way at night.
    """
    listening, port = bind_unused_port()
    environment = dev_environment(
        {"YANSHU_MONGODB_DATABASE": database, **NEVER_QUIET, **environment},
        port=port,
        mongodb_uri=mongodb_uri,
        redis_url=redis_url,
    )
    settings = Settings.from_environment(environment)
    account, mini = settings.official_account, settings.mini_program
    base = f"http://127.0.0.1:{port}"

    def simulated(own: Any, path: str, **more: Any) -> Account:
        keys = (own.app_id, own.secret, own.token, own.aes_key)
        return Account(*keys, [base + path], mode=own.mode, **more)

    world = World(
        simulated(account, "/wechat/callback"),
        mini=simulated(
            mini, "/miniapp/callback", account_id="gh_mini", json_format=mini.format == "json"
        )
        if mini
        else None,
        public_url=base,
    )
    simulator = Simulator(world)
    async with running(settings) as program:
        await program.ctx.stores.ensure_indexes()
        application = make_application(program.ctx, settings, extra_routes=simulator.routes())
        server = make_server(PhoneRouter(application), settings)
        server.add_socket(listening)
        town = Town(program, settings, simulator, server, base, application, environment)
        try:
            yield town
        finally:
            await town.stop_worker()
            for phone in town.phones.values():
                await phone.client.close()
            town.server.stop()
            await simulator.close()
            await town.server.close_all_connections()
            with suppress(TimeoutError):  # as the program does when it is told to stop
                async with asyncio.timeout(5):
                    await finish_background()
