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
from dataclasses import dataclass, field
from typing import Any

from simulator.crypto import Seal
from simulator.faults import Faults
from simulator.fields import Check, checks_of
from simulator.tokens import TokenDesk

MESSAGE_WINDOW_SECONDS, MESSAGE_WINDOW_SENDS = 48 * 3600, 5
ACT_WINDOW_SECONDS, ACT_WINDOW_SENDS = 60, 3
DEDUPE_SECONDS = 600
TEMPLATE_SENDS_PER_DAY = 100_000
CHAT_LIMIT = 300
BEIJING_SECONDS = 8 * 3600

Entry = dict[str, Any]


@dataclass(slots=True)
class Window:
    """How many customer-service messages may still go out, and until when (epoch seconds)."""

    until: float = 0
    left: int = 0


@dataclass(slots=True)
class User:
    """A person with a phone. `key` is their name in addresses; `show` puts the phone on the page.

    `chat` holds the newest entries of the chat with the account, oldest first; `pending_scene` is
    the QR code they scanned before following.
    """

    key: str
    name: str = ""
    role: str = ""
    following: bool = False
    show: bool = False
    openid: str = ""
    unionid: str = ""
    followed_at: int = 0
    scene: str = ""
    pending_scene: str = ""
    chat: list[Entry] = field(default_factory=list)
    message_window: Window = field(default_factory=Window)
    act_window: Window = field(default_factory=Window)


@dataclass(slots=True)
class Template:
    """A message template of the account: its fields and their labels, in order."""

    id: str
    title: str
    keys: dict[str, str]
    checks: dict[str, Check] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.checks = checks_of(self.keys)


@dataclass(slots=True)
class Scene:
    """A QR code with a parameter: `url` is what the picture says."""

    ticket: str
    scene: str
    url: str
    expires_at: float


@dataclass(slots=True)
class Account:
    """An official account or a mini-program, and where its messages are pushed to.

    `mode` is safe, compatible or plain; `json_format` is the mini-program's other data format.
    With several callback addresses a repeated delivery goes to each in turn.
    """

    app_id: str
    secret: str
    token: str
    aes_key: str
    callbacks: list[str] = field(default_factory=list)
    account_id: str = "gh_5a3f1c9d7e2b"
    name: str = "育才小学家校通"
    mode: str = "safe"
    json_format: bool = False
    seal: Seal = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.seal = Seal(token=self.token, aes_key=self.aes_key, app_id=self.app_id)


DEMO_TEMPLATES = (
    Template(
        "yanshu-notice",
        "学校通知提醒",
        {
            "thing1": "通知标题",
            "thing2": "班级",
            "thing3": "发布老师",
            "time4": "发布时间",
            "thing5": "温馨提示",
        },
    ),
)


class World:
    """Everything the simulated WeChat knows.

    Args:
        account: the official account.
        users: the people of the demo; more can be added at any time.
        templates: what the account may send.
        mini: the mini-program, when there is one.
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
        public_url: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.account = account
        self.mini = mini
        self.public_url = public_url.rstrip("/")
        self.clock = clock
        self.users: dict[str, User] = {}
        self.by_openid: dict[str, User] = {}
        self.templates = {template.id: template for template in templates}
        self.faults = Faults()
        self.listeners: list[Callable[[Entry], None]] = []
        self.menu: dict[str, Any] | None = None
        self.scenes: dict[str, Scene] = {}
        self.last_id = 0
        self.forget_traffic()
        for user in users:
            self.add_user(user)

    def forget_traffic(self) -> None:
        """Forget what was sent, counted and issued; people, chats and menu stay."""
        self.tokens = TokenDesk()
        self.jsapi_ticket = ("", 0.0)
        self.codes: dict[str, tuple[str, float, bool]] = {}
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
            known.name, known.role, known.show = user.name, user.role, user.show
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
        """A link as this person's phone opens it: the application's own under /as/{user}."""
        if not self.is_own_address(url):
            return url
        path = url[len(self.public_url) :] or "/"
        return path if path.startswith(f"/as/{user.key}/") else f"/as/{user.key}{path}"
