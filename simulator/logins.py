"""What a mini-program asks about its visitors: who sent a login code, whose number is behind a phone code."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from simulator.answers import Refusal
from simulator.nouns import User

CODE_SECONDS = 300


@dataclass(slots=True)
class Issued:
    """A code: whose, until when, and whether it was used."""

    user: User
    until: float
    used: bool = False


@dataclass(slots=True)
class Logins:
    """The codes of one mini-program. `phones` are people's numbers, by key."""

    codes: dict[str, Issued] = field(default_factory=dict)
    phone_codes: dict[str, Issued] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)

    def login(self, user: User, now: float) -> str:
        """What `wx.login` gives the client."""
        return _issue(self.codes, user, now, "0")

    def phone(self, user: User, now: float) -> str:
        """What the phone button gives the client."""
        return _issue(self.phone_codes, user, now, "p")

    def exchange(self, code: str, now: float, openid_of: Any) -> dict[str, Any]:
        """GET /sns/jscode2session.

        Raises:
            Refusal: 41008 without a code, 40029 unknown or too old, 40163 already used.
        """
        issued = _take(self.codes, code, now)
        return {
            "openid": openid_of(issued.user),
            "session_key": secrets.token_urlsafe(18),
            "unionid": issued.user.unionid,
        }

    def number(self, body: dict[str, Any], now: float, app_id: str, openid_of: Any) -> Any:
        """POST /wxa/business/getuserphonenumber.

        Raises:
            Refusal: 40029 for a code that is none any more, or another person's.
        """
        code, openid = str(body.get("code", "")), body.get("openid")
        issued = _take(self.phone_codes, code, now)
        if openid is not None and openid != openid_of(issued.user):
            raise Refusal(40029)
        number = self.phones.get(issued.user.key, "13800000000")
        return {
            "phone_info": {
                "phoneNumber": number,
                "purePhoneNumber": re.sub(r"^\+86", "", number),
                "countryCode": "86",
                "watermark": {"timestamp": int(now), "appid": app_id},
            }
        }


def _issue(shelf: dict[str, Issued], user: User, now: float, lead: str) -> str:
    code = lead + secrets.token_urlsafe(23)
    shelf[code] = Issued(user, now + CODE_SECONDS)
    return code


def _take(shelf: dict[str, Issued], code: str, now: float) -> Issued:
    if not code:
        raise Refusal(41008)
    issued = shelf.get(code)
    if issued is None or issued.until <= now:
        raise Refusal(40029)
    if issued.used:
        raise Refusal(40163)
    issued.used = True
    return issued
