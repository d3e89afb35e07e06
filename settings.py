"""The settings: YANSHU_* environment variables, read once and checked as a whole.

`Settings.from_environment(os.environ)` reports every missing and every wrong name at once, so that
nobody mends them one start at a time. Nobody below app.py imports this file; app.py hands each
room what it needs. docs/settings.md describes every name (a test holds the two together).
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Self, TypeVar

from settings_values import (
    Wrong,
    access_key,
    address,
    aes_key,
    app_id,
    boolean,
    bucket,
    button,
    clock,
    database,
    endpoint,
    hosts,
    issuer,
    metrics_token,
    mongodb_uri,
    one_of,
    redis_url,
    region,
    template_fields,
    template_id,
    token,
    whole_number,
)

PREFIX = "YANSHU_"
MODES = ("safe", "compatible", "plain")
FORMATS = ("xml", "json")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# What a template's fields may be filled with.
NOTICE_PARTS = ("title", "school", "class", "sender", "time")
# What WeChat is asked about: words and pictures, words alone, nothing.
CHECKS = ("all", "text", "none")
# Where the bytes of new files go, and how a bucket is addressed.
FILE_STORES = ("mongodb", "s3")
BUCKET_STYLES = ("path", "host")
BINDING_PARTS = ("title", "result", "time")

# How long each kind of data is kept, in days, where nothing else is said.
KEEP_DAYS: Mapping[str, int] = {
    "ATTEMPTS": 180,
    "DELIVERIES": 730,
    "NOTICES": 1095,
    "SUBMISSIONS": 365,
    "MISTAKES": 1095,
    "UPLOADS": 7,
    "CLAIMS": 180,
    "REVIEWS": 180,
    "BINDINGS": 365,
    "LINKS": 400,
    "UNFOLLOWED": 30,
}
_LONGEST_DAYS = 36_500
_LONGEST_IDLE = 12 * 60  # a session at a desk is over after a working day anyway

NAMES = frozenset(
    PREFIX + name
    for name in (
        "MONGODB_URI", "MONGODB_DATABASE", "REDIS_URL", "PUBLIC_URL", "TRUST_PROXY",
        "OA_APPID", "OA_SECRET", "OA_TOKEN", "OA_AES_KEY", "OA_MODE",
        "MINI_APPID", "MINI_SECRET", "MINI_TOKEN", "MINI_AES_KEY", "MINI_MODE", "MINI_FORMAT",
        "WECHAT_API_BASE", "WECHAT_OPEN_BASE",
        "OA_TEMPLATE_NOTICE", "OA_TEMPLATE_NOTICE_FIELDS",
        "OA_TEMPLATE_BINDING", "OA_TEMPLATE_BINDING_FIELDS",
        "MINI_TEMPLATE_ONE_TIME", "MINI_TEMPLATE_ONE_TIME_FIELDS",
        "MINI_TEMPLATE_LONG_TERM", "MINI_TEMPLATE_LONG_TERM_FIELDS",
        "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME",
        "FILES_STORE", "S3_ENDPOINT", "S3_BUCKET", "S3_REGION", "S3_KEY_ID", "S3_SECRET", "S3_STYLE",
        "LINK_HOSTS", "CATALOGUE_HOSTS", "CLOSED_HOSTS", "LINK_CHECK",
        "WECHAT_CHECKS",
        "QUIET_START", "QUIET_END", "LOG_LEVEL", "METRICS_TOKEN", "CONSOLE_IDLE_MINUTES",
        *(f"KEEP_{kind}_DAYS" for kind in KEEP_DAYS), "ERASURE_WAIT_DAYS", "FAMILY_FILES_PER_DAY", "FILM_MB",
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
class SignOn:
    """The OpenID Connect provider whose accounts open the console, and what its button says."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str


@dataclass(frozen=True, slots=True)
class BucketAt:
    """A bucket that speaks S3, and who asks it. No other host is ever asked for files."""

    endpoint: str
    bucket: str
    region: str
    key_id: str
    secret: str = field(repr=False)
    style: str  # one of BUCKET_STYLES


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
    one_time_template: Template | None  # the mini-program's 一次性订阅
    long_term_template: Template | None  # its 长期订阅, which WeChat grants to some kinds of school
    sign_on: SignOn | None
    bucket: BucketAt | None
    files_store: str  # one of FILE_STORES
    trust_proxy: bool
    link_hosts: tuple[str, ...]
    catalogue_hosts: tuple[str, ...]
    closed_hosts: tuple[str, ...]  # that do not open inside WeChat
    wechat_checks: str  # one of CHECKS
    link_check: bool
    quiet_start: time  # school time (Asia/Shanghai)
    quiet_end: time
    keep_days: Mapping[str, int]  # by the names of KEEP_DAYS, in lower case
    console_idle_minutes: int
    erasure_wait_days: int
    family_files_per_day: int
    film_mb: int  # how large a film of a resource may be
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
            mongodb_uri=read("MONGODB_URI", mongodb_uri),
            mongodb_database=read("MONGODB_DATABASE", database, default="yanshu"),
            redis_url=read("REDIS_URL", redis_url),
            public_url=read("PUBLIC_URL", address),
            official_account=read.account("OA"),
            mini_program=read.account("MINI") if read.any_of("MINI_") else None,
            wechat_api_base=read("WECHAT_API_BASE", address, default="https://api.weixin.qq.com"),
            wechat_open_base=read(
                "WECHAT_OPEN_BASE", address, default="https://open.weixin.qq.com"
            ),
            notice_template=read.template("OA_TEMPLATE_NOTICE", NOTICE_PARTS),
            binding_template=read.template("OA_TEMPLATE_BINDING", BINDING_PARTS),
            one_time_template=read.template("MINI_TEMPLATE_ONE_TIME", NOTICE_PARTS),
            long_term_template=read.template("MINI_TEMPLATE_LONG_TERM", NOTICE_PARTS),
            sign_on=read.sign_on(),
            bucket=read.bucket(),
            files_store=read("FILES_STORE", one_of(FILE_STORES), default=FILE_STORES[0]),
            trust_proxy=read("TRUST_PROXY", boolean, default="no"),
            link_hosts=read("LINK_HOSTS", hosts, default="smartedu.cn"),
            catalogue_hosts=read("CATALOGUE_HOSTS", hosts, default="ykt.cbern.com.cn"),
            link_check=read("LINK_CHECK", boolean, default="yes"),
            closed_hosts=read("CLOSED_HOSTS", hosts) if read.any_of("CLOSED_HOSTS") else (),
            wechat_checks=read("WECHAT_CHECKS", one_of(CHECKS), default="all"),
            quiet_start=read("QUIET_START", clock, default="21:30"),
            quiet_end=read("QUIET_END", clock, default="07:00"),
            keep_days={
                kind.lower(): read(
                    f"KEEP_{kind}_DAYS", whole_number(1, _LONGEST_DAYS), default=str(days)
                )
                for kind, days in KEEP_DAYS.items()
            },
            console_idle_minutes=read(
                "CONSOLE_IDLE_MINUTES", whole_number(1, _LONGEST_IDLE), default="30"
            ),
            erasure_wait_days=read("ERASURE_WAIT_DAYS", whole_number(0, 30), default="7"),
            family_files_per_day=read("FAMILY_FILES_PER_DAY", whole_number(1, 100), default="3"),
            film_mb=read("FILM_MB", whole_number(50, 500), default="200"),
            log_level=read("LOG_LEVEL", one_of(LOG_LEVELS), default="INFO"),
            metrics_token=read("METRICS_TOKEN", metrics_token)
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
        "LINK_CHECK": "no",  # a demo looks at nobody's pages
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
    templates = ("MINI_TEMPLATE_ONE_TIME", "MINI_TEMPLATE_LONG_TERM")
    if not any(environ.get(PREFIX + name) for name in templates):
        demo["MINI_TEMPLATE_ONE_TIME"] = "yanshu-mini-notice"
        demo["MINI_TEMPLATE_ONE_TIME_FIELDS"] = json.dumps(
            {"thing1": "title", "thing2": "class", "name3": "sender", "time4": "time"}
        )
    if not environ.get(f"{PREFIX}OA_TEMPLATE_NOTICE"):
        demo["OA_TEMPLATE_NOTICE"] = "yanshu-notice"
        demo["OA_TEMPLATE_NOTICE_FIELDS"] = json.dumps(
            {"thing1": "title", "thing2": "class", "thing3": "sender", "time4": "time",
             "thing5": "school"}
        )  # fmt: skip
    filled = {PREFIX + name: value for name, value in demo.items()}
    return filled | {name: value for name, value in environ.items() if value}


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
                raise Wrong("is missing")
            return parse(value)
        except Wrong as wrong:
            self._problems.append(f"  {PREFIX}{name} {wrong}")
            return None  # type: ignore[return-value]

    def any_of(self, prefix: str) -> bool:
        """Whether any name that starts like this is set."""
        return any(name.startswith(PREFIX + prefix) for name in self._values)

    def account(self, prefix: str) -> Account:
        """An account's five or six names."""
        return Account(
            app_id=self(f"{prefix}_APPID", app_id),
            secret=self(f"{prefix}_SECRET", str),
            token=self(f"{prefix}_TOKEN", token),
            aes_key=self(f"{prefix}_AES_KEY", aes_key),
            mode=self(f"{prefix}_MODE", one_of(MODES), default="safe"),
            format="xml"
            if prefix == "OA"
            else self(f"{prefix}_FORMAT", one_of(FORMATS), default="xml"),
        )

    def template(self, name: str, parts: tuple[str, ...]) -> Template | None:
        """A template's id and fields: both or neither."""
        if not self.any_of(name):
            return None
        return Template(
            id=self(name, template_id), fields=self(f"{name}_FIELDS", template_fields(parts))
        )

    def sign_on(self) -> SignOn | None:
        """Single sign-on: all four names or none."""
        if not self.any_of("OIDC_"):
            return None
        return SignOn(
            issuer=self("OIDC_ISSUER", issuer),
            client_id=self("OIDC_CLIENT_ID", str),
            client_secret=self("OIDC_CLIENT_SECRET", str),
            name=self("OIDC_NAME", button),
        )

    def bucket(self) -> BucketAt | None:
        """A bucket: all its names or none; and all where files are to go there."""
        if not (self.any_of("S3_") or self._values.get(f"{PREFIX}FILES_STORE") == "s3"):
            return None
        return BucketAt(
            endpoint=self("S3_ENDPOINT", endpoint),
            bucket=self("S3_BUCKET", bucket),
            region=self("S3_REGION", region, default="us-east-1"),
            key_id=self("S3_KEY_ID", access_key),
            secret=self("S3_SECRET", str),
            style=self("S3_STYLE", one_of(BUCKET_STYLES), default=BUCKET_STYLES[0]),
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
