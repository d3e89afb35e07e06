"""The control API under /simulator/control: tests and the page's drawer tell the world what to do.

JSON in, `{"data": ...}` or `{"error": {"code", "message"}}` out. Not a part of WeChat.
"""

from collections import Counter
from typing import Any

from simulator.answers import Refusal
from simulator.callbacks import Courier
from simulator.crowd import Crowd
from simulator.faults import BadFault
from simulator.menus import check_menu
from simulator.people import CannotDo, Outcome, People, describe
from simulator.world import Template, User, World

LIST_LIMIT = 100_000


class BadControl(Exception):
    """A request the control API refuses: code, message and HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Control:
    """Every verb of the control API, by method and path below /simulator/control/."""

    def __init__(self, world: World, courier: Courier, people: People, crowd: Crowd) -> None:
        self.world, self.courier, self.people, self.crowd = world, courier, people, crowd

    async def handle(
        self, method: str, path: str, query: dict[str, str], body: dict[str, Any]
    ) -> Any:
        """Do what is asked and answer its data.

        Raises:
            BadControl: an unknown path, a bad value, or an act that cannot be done.
        """
        parts = path.strip("/").split("/")
        try:
            if parts[0] == "users" and len(parts) >= 2:
                return await self._user(method, parts[1], "/".join(parts[2:]), body)
            if method == "GET":
                return self._read("/".join(parts), query)
            return await self._write("/".join(parts), body)
        except (BadFault, CannotDo, ValueError, TypeError) as error:
            raise BadControl("refused", str(error)) from error
        except Refusal as error:
            raise BadControl("refused", f"errcode {error.code}") from error
        except KeyError as error:
            raise BadControl("missing", f"{error.args[0]} is missing") from error

    # --------------------------------------------------------------------------------- people

    async def _user(self, method: str, key: str, act: str, body: dict[str, Any]) -> Any:
        user = self.world.find_user(key)
        if user is None:
            raise BadControl("no_such_user", "no such user", 404)
        if method == "GET":
            if act == "chat":
                return user.chat
            if act == "service":
                return user.service
            return describe(user)
        if act in {"login", "phone"}:
            return self._code(user, act, body)
        return (await self._act(user, act, body)).to_json()

    def _code(self, user: User, act: str, body: dict[str, Any]) -> dict[str, str]:
        """What the mini-program's client gets of WeChat: a login code, or one for the phone number."""
        logins, now = self.world.logins, self.world.clock()
        if act == "login":
            return {"code": logins.login(user, now)}
        if body.get("number"):
            logins.phones[user.key] = str(body["number"])
        return {"code": logins.phone(user, now)}

    async def _act(self, user: User, act: str, body: dict[str, Any]) -> Outcome:
        people = self.people
        if act == "follow":
            return await people.follow(user, str(body.get("scene", "")))
        if act == "unfollow":
            return await people.unfollow(user)
        if act == "say":
            return await people.say(user, str(body["text"]))
        if act == "tap":
            return await people.tap(user, str(body["key"]))
        if act == "open":
            return people.open(user, str(body["url"]))
        if act == "scan":
            return await people.scan(user, str(body["scene"]))
        if act in {"image", "voice"}:
            return await people.send_media(user, act, body)
        if act == "authorization":
            return await people.change_authorization(
                user,
                str(body["event"]),
                revoke_info=str(body.get("revoke_info", "")),
                mini=str(body.get("mini", "")) in {"yes", "True"},
            )
        if act == "subscribe":
            return await people.answer_prompt(
                user, dict(body["answers"]), push=bool(body.get("push", True))
            )
        if act == "unsubscribe":
            return await people.switch_off(user, list(body["templates"]))
        if act == "mini":
            return await people.push_mini(user, body)
        raise BadControl("no_such_act", "no such act", 404)

    def _add_users(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """`{"users": [{key, name, role, following, show}]}` or `{"prefix", "count", "following"}`."""
        if "users" in body:
            made = [User(**item) for item in body["users"]]
        else:
            prefix, following = str(body["prefix"]), bool(body.get("following", True))
            made = [
                User(key=f"{prefix}{number}", name=f"{prefix}{number}", following=following)
                for number in range(1, int(body["count"]) + 1)
            ]
        added = [self.world.add_user(user) for user in made]
        if any(user.show for user in added):
            self.world.tell({"type": "reload"})
        return [{"key": user.key, "openid": user.openid} for user in added]

    # ----------------------------------------------------------------------------------- read

    def _read(self, path: str, query: dict[str, str]) -> Any:
        world = self.world
        if path == "state":
            return {
                "users": len(world.users),
                "following": sum(user.following for user in world.users.values()),
                "faults": world.faults.to_json(),
                "templates": {t.id: {"title": t.title, "keys": t.keys} for t in _templates(world)},
                "menu": world.menu,
                "pending_callbacks": self.courier.pending(),
                "crowd": self.crowd.progress(),
            }
        if path == "faults":
            return world.faults.to_json()
        if path == "users":
            return [describe(user) for user in world.users.values()]
        if path == "calls":
            return {name: {str(c): n for c, n in got.items()} for name, got in world.calls.items()}
        if path == "deliveries":
            return world.deliveries[-int(query.get("limit", 100)) :]
        if path == "ledger":
            return self._ledger(query)
        if path == "ledger/counts":
            return self._counts()
        raise BadControl("no_such_path", "no such path", 404)

    def _ledger(self, query: dict[str, str]) -> list[dict[str, Any]]:
        """Accepted messages, oldest first, by `openid`, `user`, `client_msg_id`, `kind`, `after`."""
        rows = self.world.ledger[int(query.get("after", 0)) :]
        if "user" in query:
            user = self.world.users.get(query["user"])
            query = {**query, "openid": user.openid if user else "-"}
        for name in ("openid", "client_msg_id", "kind"):
            if name in query:
                rows = [row for row in rows if row.get(name, "") == query[name]]
        return rows[: int(query.get("limit", LIST_LIMIT))]

    def _counts(self) -> dict[str, Any]:
        world = self.world
        return {
            "total": len(world.ledger),
            "by_kind": Counter(row["kind"] for row in world.ledger),
            "per_openid": world.per_openid,
            "per_client_msg_id": world.per_client_id,
        }

    # ---------------------------------------------------------------------------------- write

    async def _write(self, path: str, body: dict[str, Any]) -> Any:
        world = self.world
        if path == "users":
            return self._add_users(body)
        if path == "faults":
            if body.pop("clear", False):
                world.faults.clear()
            world.faults.set(body)
            world.tell({"type": "faults", "faults": world.faults.to_json()})
            return world.faults.to_json()
        if path == "reset":
            return self._reset(body)
        if path == "tokens":
            return self._tokens(str(body["do"]))
        if path == "templates":
            template = Template(str(body["id"]), str(body["title"]), dict(body["keys"]))
            world.templates[template.id] = template
            return {"id": template.id}
        if path == "scenes":
            made = world.add_scene(str(body["scene"]), int(body.get("expire_seconds", 2_592_000)))
            return {"scene": made.scene, "url": made.url, "ticket": made.ticket}
        if path == "menu":
            check_menu(b"", body)
            world.menu = {"button": body["button"]}
            world.tell({"type": "menu", "menu": world.menu})
            return world.menu
        return await self._wait_for(path, body)

    async def _wait_for(self, path: str, body: dict[str, Any]) -> Any:
        world = self.world
        if path == "safety":
            world.inspector.set(body)
            return {"words": world.inspector.words, "picture": world.inspector.picture}
        if path == "callbacks":
            account = world.mini if body.get("mini") else world.account
            if account is None:
                raise CannotDo("no mini-program")
            for name in ("callbacks", "mode", "json_format"):
                if name in body:
                    setattr(account, name, body[name])
            return {"callbacks": account.callbacks, "mode": account.mode}
        if path == "verify":
            account = world.mini if body.get("mini") else world.account
            return {"ok": account is not None and await self.courier.verify_address(account)}
        if path == "settle":
            await self.courier.settle()
            return {"pending_callbacks": self.courier.pending()}
        if path == "crowd":
            return self.crowd.start(
                at_once=int(body.get("at_once", 4)), pause_ms=int(body.get("pause_ms", 300))
            )
        raise BadControl("no_such_path", "no such path", 404)

    def _reset(self, body: dict[str, Any]) -> dict[str, Any]:
        """Forget traffic and faults; `{"chats": true}` empties chats, `{"users": true}` everyone."""
        world = self.world
        world.faults.clear()
        world.forget_traffic()
        if body.get("chats") or body.get("users"):
            for user in world.users.values():
                user.chat.clear()
                user.service.clear()
        if body.get("users"):
            world.users.clear()
            world.by_openid.clear()
            world.scenes.clear()
            world.menu = None
        world.tell({"type": "reload"})
        return {"users": len(world.users)}

    def _tokens(self, act: str) -> dict[str, Any]:
        """`expire`: the next call gets 42001. `revoke`: 40001."""
        if act == "expire":
            self.world.tokens.expire_all(self.world.clock())
        elif act == "revoke":
            self.world.tokens.end_all()
        else:
            raise CannotDo("expire or revoke")
        return {"live": len(self.world.tokens.lives)}


def _templates(world: World) -> list[Template]:
    return list(world.templates.values())
