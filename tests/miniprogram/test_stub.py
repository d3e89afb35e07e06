"""The stub says what a real server could say, and notices when it does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.miniprogram.declared import drift
from tests.miniprogram.stub import Stub

BIND = json.dumps({"name": "李小明", "digits": "5678", "invitation": ""}).encode()


@pytest.mark.parametrize(
    ("method", "path", "given"),
    [
        ("GET", "/home", b""),
        ("GET", "/notices", b""),
        ("GET", "/notices/notice-1", b""),
        ("GET", "/notices/elsewhere", b""),
        ("POST", "/notices/notice-0/confirmation", b'{"version": 1}'),
        ("POST", "/bindings", BIND),
        ("POST", "/bindings", BIND.replace(b"5678", b"1111")),
        ("GET", "/invitations/abc", b""),
        ("POST", "/sessions", b'{"code": "code"}'),
        ("DELETE", "/sessions/mine", b""),
        ("GET", "/subscriptions", b""),
        ("GET", "/quiet", b""),
        ("PUT", "/quiet", b'{"start": "21:00", "end": "07:00"}'),
    ],
)
def test_its_answers_are_as_declared(method: str, path: str, given: bytes) -> None:
    status, answer = Stub().answer(method, path, {}, given)
    assert drift(method, path, given=given, status=status, answer=answer) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"unread": "yes"}, "items.0.unread bool_type"),
        ({"spare": 1}, "items.0.spare extra_forbidden"),
        ({"published_at": None}, "items.0.published_at datetime_type"),
    ],
)
def test_another_shape_is_noticed(change: dict[str, Any], problem: str) -> None:
    _, answer = Stub(notices=1).answer("GET", "/notices", {}, b"")
    answer["items"] = [{**answer["items"][0], **change}]
    found = drift("GET", "/notices", given=b"", status=200, answer=answer)
    assert found == [f"list_notices, answered: {problem}"]


def test_an_address_that_is_not_declared_is_noticed() -> None:
    (found,) = drift("GET", "/weather", given=b"", status=200, answer={})
    assert "not declared" in found
    (found,) = drift(
        "POST",
        "/bindings",
        given=b"{}",
        status=422,
        answer={"code": "x", "message": "", "fields": {}},
    )
    assert found == "bind, sent: digits missing"
