"""The nouns of the simulated WeChat: a person, a template, a QR code, an account. Only data."""

from dataclasses import dataclass, field
from typing import Any

from simulator.crypto import Seal
from simulator.fields import Check, checks_of

Entry = dict[str, Any]


@dataclass(slots=True)
class Window:
    """How many customer-service messages may still go out, and until when (epoch seconds)."""

    until: float = 0
    left: int = 0


@dataclass(slots=True)
class User:
    """A person with a phone. `key` is their name in addresses; `show` puts the phone on the page,
    `note` stands under it (a child's name, say); a phone on the `shelf` is put there only when asked for.

    `chat` holds the newest entries of the chat with the account, oldest first, `service` those of 服务通知 (the
    mini-program's); `pending_scene` is the QR code they scanned before following. `subscribed` counts what may
    still be sent of each of the mini-program's templates; `switched_off` are those refused in WeChat's settings.
    """

    key: str
    name: str = ""
    role: str = ""
    note: str = ""
    following: bool = False
    show: bool = False
    shelf: bool = False
    openid: str = ""
    unionid: str = ""
    followed_at: int = 0
    scene: str = ""
    pending_scene: str = ""
    chat: list[Entry] = field(default_factory=list)
    message_window: Window = field(default_factory=Window)
    act_window: Window = field(default_factory=Window)
    service: list[Entry] = field(default_factory=list)
    subscribed: dict[str, int] = field(default_factory=dict)
    switched_off: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Template:
    """A message template: its fields and their labels, in order. `long_term` is for the mini-program's alone."""

    id: str
    title: str
    keys: dict[str, str]
    long_term: bool = False
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
    name: str = "青禾小学家校通"
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
            "thing5": "学校",
        },
    ),
)
_MINI_KEYS = {"thing1": "通知标题", "thing2": "班级", "name3": "发布人", "time4": "发布时间"}
DEMO_MINI_TEMPLATES = (
    Template("yanshu-mini-notice", "学校通知提醒", _MINI_KEYS),
    Template("yanshu-mini-standing", "班级通知提醒", _MINI_KEYS, long_term=True),
)
