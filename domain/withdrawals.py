"""What somebody takes back in WeChat itself (授权用户信息变更), and what of it we have.

WeChat tells an account's owner of three things: a profile was cleaned (user_info_modified), something
that was allowed is taken back (user_authorization_revoke, RevokeInfo says what), a WeChat account was
closed (user_authorization_cancellation). The owner has to delete what WeChat had given them.
"""

from __future__ import annotations

from enum import StrEnum


class Withdrawal(StrEnum):
    """The events, by WeChat's names."""

    MODIFIED = "user_info_modified"
    REVOKED = "user_authorization_revoke"
    CANCELLED = "user_authorization_cancellation"


# WeChat's codes for single things: of pages 201 address, 202 invoice, 203 card, 204 microphone, 205 nickname
# and picture, 206 place, 207 chosen pictures; of a mini-program 1 to 20 (8 phone, 6 nickname and picture …).
# Not one of them is ever asked for here, so that there is nothing of it to delete.
NEVER_ASKED_FOR = frozenset(str(code) for code in (*range(1, 21), *range(201, 208)))


def takes_everything(revoke_info: str) -> bool:
    """Whether more is taken back than single things that we never had: 301 (all), or a code nobody knows."""
    codes = revoke_info.replace("，", ",").split(",")
    return not all(code.strip() in NEVER_ASKED_FOR for code in codes)
