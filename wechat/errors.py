"""What WeChat's error codes mean to us: the one table, and the one exception that carries it.

Policies follow WeChat's own lists of return codes; callers decide by `Trouble`, never by number.
The text of an answer (`errmsg`) is not kept: it can repeat what was sent.
"""

import re
from enum import StrEnum

from wechatpy.constants import WeChatErrorCode


class Trouble(StrEnum):
    """What went wrong, in the words that callers decide by."""

    BUSY = "busy"  # WeChat is busy; tried several times already, try again later
    TOKEN = "token"  # noqa: S105 - the access token is refused, also after a refresh
    BAD_OPENID = "bad_openid"  # permanent for this binding
    NOT_FOLLOWING = "not_following"  # channel off for this person
    REFUSED = "refused"  # no subscription left, or refused by the person
    BANNED = "banned"  # this ability or template is banned: stop it, tell the operator
    CONCURRENT = "concurrent"  # two sends at once to one person
    QUOTA = "quota"  # daily or minute quota used up: pause the channel
    WINDOW_CLOSED = "window_closed"  # customer-service window closed or used up
    CONTENT = "content"  # sensitive or marketing words: back to the author
    PARAMETER = "parameter"  # what we sent is malformed: permanent for this message
    CODE_USED = "code_used"  # login code invalid or used: log in again, never retry
    CONFIG = "config"  # the account is not set up for this: tell the operator
    NOT_VISITED = "not_visited"  # not in the mini-program within two hours: nothing can be checked
    MINOR = "minor"  # blocked to protect a minor: permanent
    UNCERTAIN = "uncertain"  # no answer after the request went out: unknown whether it happened
    DOWN = "down"  # WeChat could not even be asked: refused, HTML, 5xx


_CODES: dict[Trouble, tuple[int, ...]] = {
    Trouble.BUSY: (-1, -1000),
    Trouble.TOKEN: (40001, 40014, 42001),
    # 50002 (user limited) is as permanent for this person as a wrong openid.
    # 43104: an openid of another app.
    Trouble.BAD_OPENID: (40003, 50002, 43104),
    Trouble.NOT_FOLLOWING: (43004,),
    Trouble.REFUSED: (43101, 40226),
    Trouble.BANNED: (43107, 43116, 48004),
    Trouble.CONCURRENT: (43108,),
    Trouble.QUOTA: (45009, 45011, 44991),
    Trouble.WINDOW_CLOSED: (45015, 45047),
    Trouble.CONTENT: (45168, 87014, 40249),
    Trouble.PARAMETER: (47001, 47003, 40008, 40033, 40039, 40052, 40053, 45008),
    Trouble.CODE_USED: (40029, 40163),
    Trouble.CONFIG: (
        *(40002, 40013, 40125, 40164, 40243, 41001, 41002, 41004),  # who we are
        *(50004, 50007, 89503, 89506, 89507),  # from where we call
        *(40036, 40037, 40246, 40247, 41030, 48001),  # what the account may do and has set up
    ),
    Trouble.NOT_VISITED: (61010,),
    Trouble.MINOR: (70000,),
}

_TROUBLES = {code: trouble for trouble, codes in _CODES.items() for code in codes}
_NAMES = {int(known): known.name for known in WeChatErrorCode}

_RID = re.compile(r"rid: ?([0-9A-Za-z-]{1,64})")
_FIELD = re.compile(r"data\.([0-9A-Za-z_]{1,32})\.value")


def trouble_of(code: int) -> Trouble:
    """Return what a WeChat error code means to us.

    A code that isn't in the table is a refusal all the same, and asking again won't help:
    PARAMETER, permanent for this message.
    """
    return _TROUBLES.get(code, Trouble.PARAMETER)


class WeChatError(Exception):
    """A call to WeChat failed.

    Args:
        trouble: what callers decide by.
        code: WeChat's errcode; 0 when there was no usable answer.
        rid: WeChat's request id for support questions; may be empty.
        field: the template field WeChat named as invalid (47003); may be empty.
    """

    def __init__(self, trouble: Trouble, *, code: int = 0, rid: str = "", field: str = "") -> None:
        self.trouble = trouble
        self.code = code
        self.rid = rid
        self.field = field
        super().__init__(trouble, code, rid)

    def __str__(self) -> str:
        name = _NAMES.get(self.code, "") if self.code else ""
        return " ".join(str(part) for part in (self.trouble, self.code, name, self.rid) if part)


def error_of(code: int, errmsg: str) -> WeChatError:
    """Build the exception for an answer with this errcode and errmsg (which is not kept)."""
    rid = _RID.search(errmsg)
    field = _FIELD.search(errmsg)
    return WeChatError(
        trouble_of(code),
        code=code,
        rid=rid[1] if rid else "",
        field=field[1] if field else "",
    )
