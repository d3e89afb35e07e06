"""Settings: read whole or not at all, every problem named, no secret shown, every name documented."""

import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path

import pytest

from settings import KEEP_DAYS, NAMES, OTHER_NAMES, Settings, SettingsError, dev_environment

SECRETS = {
    "YANSHU_OA_SECRET": "official-account-secret",
    "YANSHU_OA_TOKEN": "officialtoken",
    "YANSHU_OA_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "YANSHU_MONGODB_URI": "mongodb://yanshu:hidden@db.example.cn/?replicaSet=rs0",
    "YANSHU_REDIS_URL": "redis://:hidden@redis.example.cn:6379/0",
}
ENOUGH = SECRETS | {
    "YANSHU_PUBLIC_URL": "https://school.example.cn/yanshu/",
    "YANSHU_OA_APPID": "wx0123456789abcdef",
}
MINI = {
    "YANSHU_MINI_APPID": "wxfedcba9876543210",
    "YANSHU_MINI_SECRET": "mini-program-secret",
    "YANSHU_MINI_TOKEN": "minitoken",
    "YANSHU_MINI_AES_KEY": "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba",
}

SIGN_ON = {
    "YANSHU_OIDC_ISSUER": "https://login.example.cn/realms/staff/",
    "YANSHU_OIDC_CLIENT_ID": "yanshu",
    "YANSHU_OIDC_CLIENT_SECRET": "single-sign-on-secret",
    "YANSHU_OIDC_NAME": "市教育局账号",
}
BUCKET = {
    "YANSHU_S3_ENDPOINT": "https://cos.ap-beijing.myqcloud.com",
    "YANSHU_S3_BUCKET": "yanshu-1250000000",
    "YANSHU_S3_KEY_ID": "AKIDexample",
    "YANSHU_S3_SECRET": "the-secret-of-a-bucket",
}


def problems_of(environ: Mapping[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environ)
    return caught.value.problems


def test_what_is_needed_suffices_and_the_rest_has_defaults() -> None:
    settings = Settings.from_environment({**ENOUGH, "HOME": "/root"})
    assert settings.public_url == "https://school.example.cn/yanshu"
    assert settings.mongodb_database == "yanshu"
    assert settings.official_account.mode == "safe"
    assert settings.official_account.app_id == "wx0123456789abcdef"
    assert settings.mini_program is None
    assert settings.notice_template is None
    assert settings.binding_template is None
    assert settings.wechat_api_base == "https://api.weixin.qq.com"
    assert settings.wechat_open_base == "https://open.weixin.qq.com"
    assert settings.trust_proxy is False
    assert settings.link_hosts == ("smartedu.cn",)
    assert (settings.quiet_start, settings.quiet_end) == (time(21, 30), time(7, 0))
    assert settings.log_level == "INFO"
    assert settings.keep_days == {kind.lower(): days for kind, days in KEEP_DAYS.items()}
    assert (settings.erasure_wait_days, settings.family_files_per_day) == (7, 3)
    assert settings.console_idle_minutes == 30


def test_everything_set() -> None:
    settings = Settings.from_environment(
        ENOUGH
        | MINI
        | {
            "YANSHU_MONGODB_DATABASE": "school_1",
            "YANSHU_OA_MODE": "compatible",
            "YANSHU_MINI_MODE": "plain",
            "YANSHU_MINI_FORMAT": "json",
            "YANSHU_WECHAT_API_BASE": "http://127.0.0.1:9000/simulator/api/",
            "YANSHU_WECHAT_OPEN_BASE": "http://[::1]:9000/open",
            "YANSHU_OA_TEMPLATE_NOTICE": "Tm_1-x",
            "YANSHU_OA_TEMPLATE_NOTICE_FIELDS": '{"thing1": "title", "time22": "time"}',
            "YANSHU_OA_TEMPLATE_BINDING": "Tm2",
            "YANSHU_OA_TEMPLATE_BINDING_FIELDS": '{"phrase1": "result", "date2": "time"}',
            "YANSHU_MINI_TEMPLATE_ONE_TIME": "Tm3",
            "YANSHU_MINI_TEMPLATE_ONE_TIME_FIELDS": '{"thing1": "title", "name2": "sender"}',
            "YANSHU_TRUST_PROXY": "Yes",
            "YANSHU_LINK_HOSTS": "Basic.smartedu.cn, school.example.cn",
            "YANSHU_QUIET_START": "22:00",
            "YANSHU_QUIET_END": "06:30",
            "YANSHU_LOG_LEVEL": "DEBUG",
            "YANSHU_CONSOLE_IDLE_MINUTES": "10",
        }
    )
    assert settings.console_idle_minutes == 10
    assert settings.mini_program is not None
    assert (settings.mini_program.mode, settings.mini_program.format) == ("plain", "json")
    assert settings.official_account.mode == "compatible"
    assert settings.wechat_api_base == "http://127.0.0.1:9000/simulator/api"
    assert settings.notice_template is not None
    assert dict(settings.notice_template.fields) == {"thing1": "title", "time22": "time"}
    assert settings.binding_template is not None
    assert settings.binding_template.id == "Tm2"
    assert settings.one_time_template is not None
    assert dict(settings.one_time_template.fields) == {"thing1": "title", "name2": "sender"}
    assert settings.long_term_template is None
    assert settings.trust_proxy is True
    assert settings.link_hosts == ("basic.smartedu.cn", "school.example.cn")
    assert settings.quiet_end == time(6, 30)


def test_every_missing_name_is_reported_at_once() -> None:
    reported = {problem.split()[0] for problem in problems_of({})}
    assert reported == ENOUGH.keys()


def test_missing_and_wrong_and_unknown_are_reported_together() -> None:
    environ = {**ENOUGH, "YANSHU_OA_MODE": "open", "YANSHU_OA_APP_ID": "wx1"}
    del environ["YANSHU_REDIS_URL"]
    problems = problems_of(environ)
    assert [problem.split()[0] for problem in problems] == [
        "YANSHU_REDIS_URL", "YANSHU_OA_MODE", "YANSHU_OA_APP_ID",
    ]  # fmt: skip
    assert "YANSHU_OA_APPID" in problems[-1]  # the name that was meant


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("YANSHU_PUBLIC_URL", "http://school.example.cn"),
        ("YANSHU_PUBLIC_URL", "https://"),
        ("YANSHU_PUBLIC_URL", "https://school.example.cn/?a=1"),
        ("YANSHU_PUBLIC_URL", "https://user@school.example.cn"),
        ("YANSHU_PUBLIC_URL", "https://school.example.cn:port"),
        ("YANSHU_PUBLIC_URL", "http://127.0.0.1.example.cn"),
        ("YANSHU_METRICS_TOKEN", "short"),
        ("YANSHU_OA_APPID", "wx1"),
        ("YANSHU_OA_TOKEN", "no-dashes"),
        ("YANSHU_OA_AES_KEY", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF"),
        ("YANSHU_OA_AES_KEY", "abcdefghijklmnopqrstuvwxyz0123456789ABCDE*G"),
        ("YANSHU_MONGODB_URI", "localhost:27017"),
        ("YANSHU_MONGODB_DATABASE", "a.b"),
        ("YANSHU_REDIS_URL", "localhost"),
        ("YANSHU_WECHAT_API_BASE", "ftp://api.weixin.qq.com"),
        ("YANSHU_TRUST_PROXY", "perhaps"),
        ("YANSHU_LINK_HOSTS", "https://smartedu.cn"),
        ("YANSHU_LINK_HOSTS", "smartedu.cn,*"),
        ("YANSHU_QUIET_START", "24:00"),
        ("YANSHU_QUIET_END", "7"),
        ("YANSHU_LOG_LEVEL", "loud"),
        ("YANSHU_KEEP_NOTICES_DAYS", "0"),
        ("YANSHU_CONSOLE_IDLE_MINUTES", "0"),
        ("YANSHU_CONSOLE_IDLE_MINUTES", "721"),
        ("YANSHU_KEEP_CLAIMS_DAYS", "half a year"),
        ("YANSHU_ERASURE_WAIT_DAYS", "31"),
        ("YANSHU_FAMILY_FILES_PER_DAY", "-1"),
    ],
)
def test_a_wrong_value_is_reported_under_its_name(name: str, value: str) -> None:
    problems = problems_of(ENOUGH | {name: value})
    assert [problem.split()[0] for problem in problems] == [name]


@pytest.mark.parametrize(
    "fields",
    [
        "",
        "title",
        "[]",
        "{}",
        '{"first": "title"}',
        '{"thing": "title"}',
        '{"thing1": "body"}',
        '{"thing1": ["title"]}',
        '{"thing1": "time"}',
        '{"time1": "title"}',
    ],
)
def test_template_fields_must_name_wechats_fields_and_our_parts(fields: str) -> None:
    environ = ENOUGH | {
        "YANSHU_OA_TEMPLATE_NOTICE": "Tm1",
        "YANSHU_OA_TEMPLATE_NOTICE_FIELDS": fields,
    }
    assert [problem.split()[0] for problem in problems_of(environ)] == [
        "YANSHU_OA_TEMPLATE_NOTICE_FIELDS"
    ]


def test_template_fields_without_a_template_are_reported() -> None:
    fields = {"YANSHU_OA_TEMPLATE_BINDING_FIELDS": '{"thing1": "title"}'}
    assert problems_of(ENOUGH | fields)[0].split()[0] == "YANSHU_OA_TEMPLATE_BINDING"


@pytest.mark.parametrize("given", [*MINI, "YANSHU_MINI_MODE"])
def test_a_mini_program_is_set_whole_or_not_at_all(given: str) -> None:
    value = MINI.get(given, "plain")
    reported = {problem.split()[0] for problem in problems_of(ENOUGH | {given: value})}
    assert reported == MINI.keys() - {given}


def test_a_bucket_is_set_whole_or_not_at_all() -> None:
    assert Settings.from_environment(ENOUGH).bucket is None
    settings = Settings.from_environment(ENOUGH | BUCKET)
    assert settings.bucket is not None
    assert (settings.bucket.style, settings.bucket.region) == ("path", "us-east-1")
    assert settings.files_store == "mongodb"  # to be read, until new ones are to go there
    for given in ({"YANSHU_FILES_STORE": "s3"}, {"YANSHU_S3_REGION": "cn-north-1"}):
        reported = {problem.split()[0] for problem in problems_of(ENOUGH | given)}
        assert reported == BUCKET.keys()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("YANSHU_S3_ENDPOINT", "http://10.0.0.5:9000"),
        ("YANSHU_S3_ENDPOINT", "https://s3.example.cn/bucket"),
        ("YANSHU_S3_ENDPOINT", "https://key:secret@s3.example.cn"),
        ("YANSHU_S3_BUCKET", "../other"),
        ("YANSHU_S3_BUCKET", "Bucket"),
        ("YANSHU_S3_REGION", "cn north"),
        ("YANSHU_S3_KEY_ID", "a/b"),
        ("YANSHU_S3_STYLE", "dns"),
        ("YANSHU_FILES_STORE", "disk"),
    ],
)
def test_a_bucket_is_what_it_may_be(name: str, value: str) -> None:
    problems = problems_of(ENOUGH | BUCKET | {name: value})
    assert [problem.split()[0] for problem in problems] == [name]


def test_no_secret_is_shown() -> None:
    shown = repr(Settings.from_environment(ENOUGH | MINI | BUCKET))
    hidden = [
        BUCKET["YANSHU_S3_SECRET"],
        *SECRETS.values(),
        *(value for name, value in MINI.items() if "APPID" not in name),
    ]
    assert [value for value in hidden if value in shown] == []
    wrong = dict.fromkeys(ENOUGH | MINI, "a wrong value")
    assert "a wrong value" not in "\n".join(problems_of(wrong))


def test_the_demo_needs_nothing() -> None:
    environ = dev_environment(
        {}, port=8000, mongodb_uri="mongodb://127.0.0.1:1/", redis_url="redis://127.0.0.1:2/0"
    )
    settings = Settings.from_environment(environ)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.wechat_api_base == "http://127.0.0.1:8000/simulator/api"
    assert settings.wechat_open_base == "http://127.0.0.1:8000/simulator/open"
    assert settings.mini_program is not None
    assert settings.notice_template is not None


def test_what_is_set_wins_over_the_demo() -> None:
    own = {
        "YANSHU_OA_TOKEN": "mytoken",
        "YANSHU_REDIS_URL": "redis://redis.example.cn/3",
        "YANSHU_OA_TEMPLATE_NOTICE": "Tm1",
        "YANSHU_OA_TEMPLATE_NOTICE_FIELDS": '{"thing9": "title"}',
        "YANSHU_OA_SECRET": "",
    }
    environ = dev_environment(own, port=1, mongodb_uri="mongodb://127.0.0.1:1/", redis_url="")
    settings = Settings.from_environment(environ)
    assert settings.official_account.token == "mytoken"
    assert settings.official_account.secret  # an empty value is as good as none
    assert settings.redis_url == "redis://redis.example.cn/3"
    assert settings.notice_template is not None
    assert dict(settings.notice_template.fields) == {"thing9": "title"}


def test_every_listed_name_is_read() -> None:
    # Each name, set to something impossible, is complained about: so it is read and checked.
    # (A secret is whatever the console shows: any text will do, and so it is with a button's name.)
    wrong = dict.fromkeys(NAMES, "{")
    reported = {problem.split()[0] for problem in problems_of(wrong)}
    any_text = {"OA_SECRET", "MINI_SECRET", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME"}
    any_text.add("S3_SECRET")
    assert reported == NAMES - {f"YANSHU_{name}" for name in any_text}


def test_the_documentation_lists_every_setting_and_no_other() -> None:
    page = (Path(__file__).parent.parent / "docs" / "settings.md").read_text()
    documented = set(re.findall(r"^\| `(YANSHU_[A-Z0-9_]+)`", page, flags=re.MULTILINE))
    assert documented == NAMES | OTHER_NAMES


def test_single_sign_on_is_off_by_default_and_its_issuer_is_taken_as_it_is() -> None:
    assert Settings.from_environment(ENOUGH).sign_on is None
    sign_on = Settings.from_environment(ENOUGH | SIGN_ON).sign_on
    assert sign_on is not None
    assert sign_on.issuer == "https://login.example.cn/realms/staff/"
    assert (sign_on.client_id, sign_on.name) == ("yanshu", "市教育局账号")
    assert "single-sign-on-secret" not in repr(sign_on)


@pytest.mark.parametrize("name", SIGN_ON)
def test_single_sign_on_wants_all_four_names(name: str) -> None:
    assert problems_of(ENOUGH | SIGN_ON | {name: ""}) == [f"  {name} is missing"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("YANSHU_OIDC_ISSUER", "http://login.example.cn"),
        ("YANSHU_OIDC_ISSUER", "https://login.example.cn/?realm=1"),
        ("YANSHU_OIDC_NAME", "十三个字的名字放不进一个按钮"),
    ],
)
def test_what_single_sign_on_cannot_be(name: str, value: str) -> None:
    (problem,) = problems_of(ENOUGH | SIGN_ON | {name: value})
    assert problem.startswith(f"  {name} must")
