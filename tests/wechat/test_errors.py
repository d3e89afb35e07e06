"""The table of error codes."""

import pytest

from wechat.errors import Trouble, WeChatError, error_of, trouble_of


@pytest.mark.parametrize(
    ("trouble", "codes"),
    [
        (Trouble.BUSY, [-1]),
        (Trouble.TOKEN, [40001, 40014, 42001]),
        (Trouble.BAD_OPENID, [40003, 50002]),
        (Trouble.NOT_FOLLOWING, [43004]),
        (Trouble.REFUSED, [43101]),
        (Trouble.BANNED, [43107, 43116, 48004]),
        (Trouble.CONCURRENT, [43108]),
        (Trouble.QUOTA, [45009, 45011, 44991]),
        (Trouble.WINDOW_CLOSED, [45015, 45047]),
        (Trouble.CONTENT, [45168, 87014]),
        (Trouble.PARAMETER, [47001, 47003, 99999]),
        (Trouble.CODE_USED, [40029, 40163]),
        (Trouble.CONFIG, [40013, 40125, 40164, 41030, 48001]),
        (Trouble.MINOR, [70000]),
    ],
)
def test_what_a_code_means(trouble: Trouble, codes: list[int]) -> None:
    assert {trouble_of(code) for code in codes} == {trouble}


def test_an_error_keeps_what_helps_and_not_what_was_sent() -> None:
    error = error_of(
        47003, "argument invalid! data.thing2.value invalid, openid oABC rid: 6526a1-3b-5c"
    )
    assert (error.code, error.trouble, error.rid, error.field) == (
        47003,
        Trouble.PARAMETER,
        "6526a1-3b-5c",
        "thing2",
    )
    assert "oABC" not in str(error) + repr(error)


def test_an_error_says_its_name() -> None:
    assert str(error_of(40001, "")) == "token 40001 INVALID_CREDENTIAL"
    assert str(WeChatError(Trouble.DOWN)) == "down"
