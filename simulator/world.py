"""The state of one simulated WeChat: accounts, people, chats, menu, scenes, tokens, the ledger.

Pure state: no network, no disk, no waiting; the clock is handed in. What is promised outside stands
in api.py, people.py and control.py. It must hold ten thousand people and a hundred thousand
messages without slowing, so every look-up on the sending path is one dictionary away.
"""

import base64
import hashlib
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from simulator.faults import Faults
from simulator.logins import Logins
from simulator.nouns import (
    DEMO_MINI_TEMPLATES,
    DEMO_TEMPLATES,
    Account,
    Entry,
    Scene,
    Template,
    User,
    Window,
)
from simulator.safety import Inspector
from simulator.tokens import TokenDesk

MESSAGE_WINDOW_SECONDS, MESSAGE_WINDOW_SENDS = 48 * 3600, 5
ACT_WINDOW_SECONDS, ACT_WINDOW_SENDS = 60, 3
DEDUPE_SECONDS = 600
TEMPLATE_SENDS_PER_DAY = 100_000
CHAT_LIMIT = 300
BEIJING_SECONDS = 8 * 3600
OAUTH_PATH = "/simulator/open/connect/oauth2/authorize"

__all__ = ["DEMO_TEMPLATES", "Account", "Entry", "Scene", "Template", "User", "Window", "World"]


class World:
    """Everything the simulated WeChat knows.

    Args:
        account: the official account.
        users: the people of the demo; more can be added at any time.
        templates: what the account may send.
        mini: the mini-program, when there is one.
        mini_templates: what the mini-program may send (订阅消息).
        public_url: the application's own address (`http://127.0.0.1:8000`): links and OAuth
            redirects to it are allowed although they are not https.
        clock: epoch seconds; tests hand in their own.
    """

    def __init__(
        self,
        account: Account,
        *,
        users: Iterable[User] = (),
        templates: Iterable[Template] = DEMO_TEMPLATES,
        mini: Account | None = None,
        mini_templates: Iterable[Template] = DEMO_MINI_TEMPLATES,
        public_url: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.account = account
        self.mini = mini
        self.public_url = public_url.rstrip("/")
        self.clock = clock
        self.users: dict[str, User] = {}
        self.by_openid: dict[str, User] = {}
        self.by_mini_openid: dict[str, User] = {}
        self.templates = {template.id: template for template in templates}
        self.mini_templates = {template.id: template for template in mini_templates}
        self.faults = Faults()
        self.listeners: list[Callable[[Entry], None]] = []
        self.menu: dict[str, Any] | None = None
        self.scenes: dict[str, Scene] = {}
        self.media: dict[str, bytes] = {}
        self.last_id = 0
        self.forget_traffic()
        for user in users:
            self.add_user(user)

    def forget_traffic(self) -> None:
        """Forget what was sent, counted and issued; people, chats and menu stay."""
        self.tokens, self.mini_tokens = TokenDesk(), TokenDesk()
        self.jsapi_ticket = ("", 0.0)
        self.codes: dict[str, tuple[str, float, bool]] = {}
        self.logins = Logins()
        self.inspector = Inspector()
        self.ledger: list[Entry] = []
        self.per_openid: Counter[str] = Counter()
        self.per_client_id: Counter[str] = Counter()
        self.recent_ids: dict[tuple[str, str], tuple[int, float]] = {}
        self.sending: set[str] = set()
        self.template_day = (0, 0)
        self.calls: dict[str, Counter[int]] = {}
        self.deliveries: list[dict[str, Any]] = []
        self.changes = 0

    # ------------------------------------------------------------------------------- people

    def add_user(self, user: User) -> User:
        """Add a person, or take over name, role and phone of one who is already here.

        The openid follows from AppID and key, so a restarted demo knows the same people.
        """
        known = self.users.get(user.key)
        if known is not None:
            known.name, known.role, known.note = user.name, user.role, user.note
            known.show, known.shelf = user.show, user.shelf
            return known
        user.openid = user.openid or self._identity("o", self.account.app_id, user.key)
        user.unionid = user.unionid or self._identity("u", "open-platform", user.key)
        user.name = user.name or user.key
        if user.following and not user.followed_at:
            user.followed_at = int(self.clock())
        self.users[user.key] = self.by_openid[user.openid] = user
        self.changes += 1
        return user

    @staticmethod
    def _identity(lead: str, owner: str, key: str) -> str:
        digest = hashlib.sha256(f"{owner}:{key}".encode()).digest()
        return lead + base64.urlsafe_b64encode(digest).decode()[:27]

    def mini_openid(self, user: User) -> str:
        """A person's openid under the mini-program: another one than under the account."""
        return self._identity("m", self.mini.app_id if self.mini else "", user.key)

    def find_mini_user(self, openid: Any) -> User | None:
        """The person behind an openid of the mini-program."""
        if not isinstance(openid, str):
            return None
        user = self.by_mini_openid.get(openid)
        # Whoever is not known yet, or was loaded anew since, is looked for once.
        if user is None or self.users.get(user.key) is not user:
            self.by_mini_openid = {self.mini_openid(each): each for each in self.users.values()}
        return self.by_mini_openid.get(openid)

    def find_user(self, name: str) -> User | None:
        """A person by key or by openid."""
        return self.users.get(name) or self.by_openid.get(name)

    def shown(self) -> list[User]:
        """Whose phones stand on the page."""
        return [user for user in self.users.values() if user.show]

    def is_blocking(self, user: User) -> bool:
        """Whether this person refuses the account's messages today."""
        blocked = self.faults.block_users
        return bool(blocked) and (user.key in blocked or user.openid in blocked or "*" in blocked)

    # --------------------------------------------------------------------------------- chat

    def next_id(self) -> int:
        """A new id for a message: grows, is never given twice, is over 32 bits like WeChat's."""
        self.last_id = max(self.last_id + 1, 4_000_000_000_000_000_000)
        return self.last_id

    def put(self, user: User, entry: Entry) -> Entry:
        """Append an entry to a person's chat and tell the page. Fills in `id` and `at`."""
        if "id" not in entry:
            entry["id"] = str(self.next_id())
            entry["at"] = self.clock()
        user.chat.append(entry)
        if len(user.chat) > CHAT_LIMIT:
            del user.chat[: CHAT_LIMIT // 3]
        self.changes += 1
        if user.show:
            self.tell({"type": "entry", "user": user.key, "entry": entry})
        return entry

    def tell(self, news: Entry) -> None:
        """Hand news to whoever listens (the phones' page)."""
        for listener in tuple(self.listeners):
            listener(news)

    def open_window(self, user: User, *, wrote: bool) -> None:
        """A person wrote (5 messages in 48 h) or acted (3 in a minute)."""
        now = self.clock()
        if wrote:
            user.message_window = Window(now + MESSAGE_WINDOW_SECONDS, MESSAGE_WINDOW_SENDS)
        else:
            user.act_window = Window(now + ACT_WINDOW_SECONDS, ACT_WINDOW_SENDS)

    def find_window(self, user: User) -> tuple[Window | None, int]:
        """The window a customer-service message may use, or the code that refuses it."""
        now = self.clock()
        running = [w for w in (user.message_window, user.act_window) if w.until > now]
        if not running:
            return None, 45015
        for window in running:
            if window.left > 0:
                return window, 0
        return None, 45047

    # ------------------------------------------------------------------------------- ledger

    def accept(self, user: User, record: Entry, *, client_id: str = "") -> Entry:
        """Write an accepted message into the ledger and count it."""
        self.ledger.append(record)
        self.per_openid[user.openid] += 1
        if client_id:
            self.per_client_id[client_id] += 1
        return record

    def accept_mini(self, user: User, record: Entry) -> Entry:
        """Write an accepted subscription message into the ledger, and show it under 服务通知 if it arrives."""
        self.ledger.append(record)
        self.per_openid[record["openid"]] += 1
        if not self.is_blocking(user) and self.faults.finish_status == "success":
            user.service.append(record)
            del user.service[:-CHAT_LIMIT]
            self.changes += 1
            if user.show:
                self.tell({"type": "service", "user": user.key, "entry": record})
        return record

    def spend_template_quota(self) -> bool:
        """Use up one template message of today (Beijing's day); False when none is left."""
        if self.faults.quota is not None:
            if self.faults.quota <= 0:
                return False
            self.faults.quota -= 1
            return True
        today = int(self.clock() + BEIJING_SECONDS) // 86_400
        day, used = self.template_day
        if day != today:
            used = 0
        if used >= TEMPLATE_SENDS_PER_DAY:
            return False
        self.template_day = (today, used + 1)
        return True

    def count_call(self, path: str, code: int) -> None:
        """Note the outcome of one API call."""
        counter = self.calls.get(path)
        if counter is None:
            counter = self.calls[path] = Counter()
        counter[code] += 1

    # ------------------------------------------------------------------------------- scenes

    def add_scene(self, scene: str, expire_seconds: int | None) -> Scene:
        """Mint a QR code with a parameter; None means it never ends."""
        end = float("inf") if expire_seconds is None else self.clock() + expire_seconds
        made = Scene(
            ticket="gQ" + secrets.token_urlsafe(60),
            scene=scene,
            url="http://weixin.qq.com/q/02" + secrets.token_urlsafe(18),
            expires_at=end,
        )
        self.scenes[made.url] = self.scenes[made.ticket] = made
        self.changes += 1
        return made

    def find_scene(self, name: str) -> Scene | None:
        """A QR code by what its picture says, by its ticket or by its parameter."""
        found = self.scenes.get(name)
        if found is not None:
            return found
        named = (scene for scene in self.scenes.values() if scene.scene == name)
        return max(named, key=lambda scene: scene.expires_at, default=None)

    # -------------------------------------------------------------------------------- links

    def is_own_address(self, url: str) -> bool:
        """Whether a link points to the application itself."""
        own = self.public_url
        return bool(own) and url.startswith(own) and url[len(own) :][:1] in {"", "/", "?", "#"}

    def is_link_allowed(self, url: str) -> bool:
        """https, or the application's own address."""
        return url.startswith("https://") or self.is_own_address(url)

    def link_for(self, user: User, url: str) -> str:
        """A link as this person's phone opens it: the application's own under /as/{user}.

        An OAuth address of this simulator keeps its place; the page it leads back to is turned
        into the person's own instead.
        """
        parts = urlsplit(url)
        if parts.path.startswith(OAUTH_PATH):
            query = [
                (name, self.link_for(user, value) if name == "redirect_uri" else value)
                for name, value in parse_qsl(parts.query, keep_blank_values=True)
            ]
            return urlunsplit(parts._replace(query=urlencode(query)))
        if not self.is_own_address(url):
            return url
        path = url[len(self.public_url) :] or "/"
        prefix = f"/as/{user.key}"
        return url if path.startswith(prefix + "/") else f"{self.public_url}{prefix}{path}"
