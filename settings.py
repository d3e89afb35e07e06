"""The settings: YANSHU_* environment variables, read once and checked as a whole.

`Settings.from_environment(os.environ)` reports every missing and every wrong name at once, so that
nobody mends them one start at a time. Nobody below app.py imports this file; app.py hands each
room what it needs. docs/settings.md describes every name (a test holds the two together).
"""

from __future__ import annotations

import base64
import binascii
import difflib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from ipaddress import ip_address
from types import MappingProxyType
from typing import Self, TypeVar
from urllib.parse import urlsplit

PREFIX = "YANSHU_"
MODES = ("safe", "compatible", "plain")
FORMATS = ("xml", "json")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# What a template's fields may be filled with.
NOTICE_PARTS = ("title", "school", "class", "sender", "time")
BINDING_PARTS = ("title", "result", "time")
# WeChat's keyword types: a template's field is called thing1, time2, …
_KEYWORD = re.compile(
    r"(thing|number|letter|symbol|character_string|time|date|amount|phone_number|car_number"
    r"|name|phrase|const|enum)[0-9]{1,2}"
)
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")

NAMES = frozenset(
    PREFIX + name
    for name in (
        "MONGODB_URI", "MONGODB_DATABASE", "REDIS_URL", "PUBLIC_URL", "TRUST_PROXY",
        "OA_APPID", "OA_SECRET", "OA_TOKEN", "OA_AES_KEY", "OA_MODE",
        "MINI_APPID", "MINI_SECRET", "MINI_TOKEN", "MINI_AES_KEY", "MINI_MODE", "MINI_FORMAT",
        "WECHAT_API_BASE", "WECHAT_OPEN_BASE",
        "OA_TEMPLATE_NOTICE", "OA_TEMPLATE_NOTICE_FIELDS",
        "OA_TEMPLATE_BINDING", "OA_TEMPLATE_BINDING_FIELDS",
        "LINK_HOSTS", "QUIET_START", "QUIET_END", "LOG_LEVEL", "METRICS_TOKEN",
    )
)  # fmt: skip
# Understood by the tests and by make, not by the program: known, so that they are no typing error.
OTHER_NAMES = frozenset({"YANSHU_REQUIRE_BROWSER"})

T = TypeVar("T")


class SettingsError(Exception):
    """Everything that is wrong with the environment, one line a problem; no secret is ever quoted."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(["The settings are not complete:", *problems]))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Account:
    """One account of WeChat's, as its console shows it under 基本配置 or 开发管理."""

    app_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    mode: str  # one of MODES
    format: str = "xml"  # one of FORMATS; an official account has only xml


@dataclass(frozen=True, slots=True)
class Template:
    """A message template of the account's, and what to fill its fields with."""

    id: str
    fields: Mapping[str, str]  # WeChat's field (thing1) → one of the parts named above


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; addresses are without a slash at the end."""

    mongodb_uri: str = field(repr=False)  # may carry a password
    mongodb_database: str
    redis_url: str = field(repr=False)
    public_url: str
    official_account: Account
    mini_program: Account | None
    wechat_api_base: str
    wechat_open_base: str
    notice_template: Template | None
    binding_template: Template | None
    trust_proxy: bool
    link_hosts: tuple[str, ...]
    quiet_start: time  # school time (Asia/Shanghai)
    quiet_end: time
    log_level: str
    metrics_token: str = field(repr=False)  # empty: /metrics answers this machine alone

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read and check everything.

        Args:
            environ: usually os.environ; names without YANSHU_ are none of ours, and an empty value
                counts as not set.

        Raises:
            SettingsError: naming every missing, wrong or unknown name.
        """
        read = _Reader(environ)
        settings = cls(
            mongodb_uri=read("MONGODB_URI", _mongodb_uri),
            mongodb_database=read("MONGODB_DATABASE", _database, default="yanshu"),
            redis_url=read("REDIS_URL", _redis_url),
            public_url=read("PUBLIC_URL", _address),
            official_account=read.account("OA"),
            mini_program=read.account("MINI") if read.any_of("MINI_") else None,
            wechat_api_base=read("WECHAT_API_BASE", _address, default="https://api.weixin.qq.com"),
            wechat_open_base=read(
                "WECHAT_OPEN_BASE", _address, default="https://open.weixin.qq.com"
            ),
            notice_template=read.template("OA_TEMPLATE_NOTICE", NOTICE_PARTS),
            binding_template=read.template("OA_TEMPLATE_BINDING", BINDING_PARTS),
            trust_proxy=read("TRUST_PROXY", _boolean, default="no"),
            link_hosts=read("LINK_HOSTS", _hosts, default="smartedu.cn"),
            quiet_start=read("QUIET_START", _clock, default="21:30"),
            quiet_end=read("QUIET_END", _clock, default="07:00"),
            log_level=read("LOG_LEVEL", _one_of(LOG_LEVELS), default="INFO"),
            metrics_token=read("METRICS_TOKEN", _metrics_token)
            if read.any_of("METRICS_TOKEN")
            else "",
        )
        read.raise_problems()
        return settings


def dev_environment(
    environ: Mapping[str, str], *, port: int, mongodb_uri: str, redis_url: str
) -> dict[str, str]:
    """The environment of `main.py dev`: demo values for whatever isn't set.

    Args:
        environ: what is set; it is left as it is and wins over every demo value.
        port: where the one process of `dev` listens; the simulator answers below /simulator.
        mongodb_uri: where the embedded MongoDB listens.
        redis_url: where the embedded Redis listens.
    """
    here = f"http://127.0.0.1:{port}"
    demo = {
        "MONGODB_URI": mongodb_uri,
        "REDIS_URL": redis_url,
        "PUBLIC_URL": here,
        "MONGODB_DATABASE": "yanshu_demo",  # a demo school has no place among real ones
        "TRUST_PROXY": "yes",  # the simulator's phones come through prefixes
        "OA_APPID": "wx0123456789abcdef",
        "OA_SECRET": "demo0secret0of0the0account000000",
        "OA_TOKEN": "yanshudemo",
        "OA_AES_KEY": "YanshuDemoAesKeyForTheOfficialAccount000000",
        "MINI_APPID": "wxfedcba9876543210",
        "MINI_SECRET": "demo0secret0of0the0mini0program0",
        "MINI_TOKEN": "yanshuminidemo",
        "MINI_AES_KEY": "YanshuDemoAesKeyForTheMiniProgram0000000000",
        "WECHAT_API_BASE": f"{here}/simulator/api",
        "WECHAT_OPEN_BASE": f"{here}/simulator/open",
    }
    if not environ.get(f"{PREFIX}OA_TEMPLATE_NOTICE"):
        demo["OA_TEMPLATE_NOTICE"] = "yanshu-notice"
        demo["OA_TEMPLATE_NOTICE_FIELDS"] = json.dumps(
            {"thing1": "title", "thing2": "class", "thing3": "sender", "time4": "time",
             "thing5": "school"}
        )  # fmt: skip
    filled = {PREFIX + name: value for name, value in demo.items()}
    return filled | {name: value for name, value in environ.items() if value}


class _Wrong(Exception):
    """What is wrong with one value, as the end of a sentence that starts with its name."""


class _Reader:
    """Reads one name after the other and collects what is wrong, instead of stopping at the first.

    What can't be read is handed out as None and never seen: `raise_problems` comes before anybody
    gets the settings.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._values = {
            name: value.strip()
            for name, value in environ.items()
            if name.startswith(PREFIX) and value.strip()
        }
        self._problems: list[str] = []

    def __call__(self, name: str, parse: Callable[[str], T], *, default: str = "") -> T:
        value = self._values.get(PREFIX + name, default)
        try:
            if not value:
                raise _Wrong("is missing")
            return parse(value)
        except _Wrong as wrong:
            self._problems.append(f"  {PREFIX}{name} {wrong}")
            return None  # type: ignore[return-value]

    def any_of(self, prefix: str) -> bool:
        """Whether any name that starts like this is set."""
        return any(name.startswith(PREFIX + prefix) for name in self._values)

    def account(self, prefix: str) -> Account:
        """An account's five or six names."""
        return Account(
            app_id=self(f"{prefix}_APPID", _app_id),
            secret=self(f"{prefix}_SECRET", str),
            token=self(f"{prefix}_TOKEN", _token),
            aes_key=self(f"{prefix}_AES_KEY", _aes_key),
            mode=self(f"{prefix}_MODE", _one_of(MODES), default="safe"),
            format="xml"
            if prefix == "OA"
            else self(f"{prefix}_FORMAT", _one_of(FORMATS), default="xml"),
        )

    def template(self, name: str, parts: tuple[str, ...]) -> Template | None:
        """A template's id and fields: both or neither."""
        if not self.any_of(name):
            return None
        return Template(
            id=self(name, _template_id), fields=self(f"{name}_FIELDS", _template_fields(parts))
        )

    def raise_problems(self) -> None:
        """SettingsError if anything was wrong, unknown names included."""
        for name in sorted(self._values.keys() - NAMES - OTHER_NAMES):
            near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.8)
            self._problems.append(
                f"  {name} is not a setting" + (f"; is {near[0]} meant?" if near else "")
            )
        if self._problems:
            raise SettingsError(self._problems)


def _one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise _Wrong(f"must be one of {', '.join(choices)}")
        return value

    return parse


def _boolean(value: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if value.lower() not in words:
        raise _Wrong("must be yes or no")
    return words[value.lower()]


def _clock(value: str) -> time:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise _Wrong("must be a time of day like 21:30")
    return time.fromisoformat(value)


def _mongodb_uri(value: str) -> str:
    if not re.match(r"mongodb(\+srv)?://[^/\s]", value):
        raise _Wrong("must start with mongodb:// or mongodb+srv://")
    return value


def _redis_url(value: str) -> str:
    if not re.match(r"(rediss?|unix)://.", value):
        raise _Wrong("must start with redis://, rediss:// or unix://")
    return value


def _database(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,38}", value):
        raise _Wrong("must be 1 to 38 letters, digits, - or _")
    return value


def _metrics_token(value: str) -> str:
    if len(value) < 16:
        raise _Wrong("must have at least 16 characters (openssl rand -hex 16 makes a good one)")
    return value


def _app_id(value: str) -> str:
    if not re.fullmatch(r"wx[0-9a-zA-Z]{16}", value):
        raise _Wrong("must be wx and 16 letters or digits")
    return value


def _token(value: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z]{3,32}", value):
        raise _Wrong("must be 3 to 32 letters and digits")
    return value


def _aes_key(value: str) -> str:
    try:
        whole = len(value) == 43 and len(base64.b64decode(value + "=", validate=True)) == 32
    except binascii.Error:
        whole = False
    if not whole:
        raise _Wrong("must be the 43 letters and digits of the console's EncodingAESKey")
    return value


def _template_id(value: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", value):
        raise _Wrong("must be a template id as the console shows it")
    return value


def _template_fields(parts: tuple[str, ...]) -> Callable[[str], Mapping[str, str]]:
    def parse(value: str) -> Mapping[str, str]:
        try:
            fields = json.loads(value)
        except ValueError:
            fields = None
        if not isinstance(fields, dict) or not fields:
            raise _Wrong('must be a JSON object like {"thing1": "title", "time2": "time"}')
        for key, part in fields.items():
            if not _KEYWORD.fullmatch(key):
                raise _Wrong(f"has the key {key!r}: it must look like thing1 or time2")
            if part not in parts:
                raise _Wrong(f"must fill {key} with one of {', '.join(parts)}")
            # A text in a time field, or the other way round, is refused by WeChat (47003).
            if (part == "time") != key.startswith(("time", "date")):
                raise _Wrong(f"fills {key} with {part!r}, which does not fit that kind of field")
        return MappingProxyType(fields)

    return parse


def _hosts(value: str) -> tuple[str, ...]:
    hosts = tuple(host.strip().lower() for host in value.split(",") if host.strip())
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise _Wrong(f"has {host!r}: it must be host names, separated by commas")
    return hosts


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise _Wrong("must be an address like https://school.example.cn") from None
    local = parts.scheme == "http" and _is_loopback(host)
    if not host or not (parts.scheme == "https" or local):
        raise _Wrong("must start with https:// (http:// only for this machine itself)")
    if parts.query or parts.fragment or parts.username is not None:
        raise _Wrong("must be an address without user, ? and #")
    return value.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
