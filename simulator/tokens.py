"""Access tokens of both families, with WeChat's lifetimes and limits.

`stable_token`: in normal mode a repeated call answers the same token until five minutes before its
end, then a new one while the old still works; `force_refresh` ends the old one at once, at most 20
times a day and 30 seconds apart. `token`: each call mints a new one, the previous works for five
more minutes. The families do not touch each other.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any

LIFETIME_SECONDS = 7200
OVERLAP_SECONDS = 300
FORCED_APART_SECONDS = 30
FORCED_PER_DAY = 20
DAY_SECONDS = 86_400


class TooOften(Exception):
    """A token was asked for more often than allowed; carries WeChat's code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class TokenDesk:
    """Who may call: the tokens that live now, by their end in epoch seconds."""

    lives: dict[str, float] = field(default_factory=dict)
    stable: str = ""
    plain: str = ""
    forced_at: list[float] = field(default_factory=list)

    def _mint(self, now: float) -> str:
        for old in [token for token, end in self.lives.items() if end + DAY_SECONDS < now]:
            del self.lives[old]
        token = "9" + str(secrets.randbelow(9)) + "_" + secrets.token_urlsafe(100)
        self.lives[token] = now + LIFETIME_SECONDS
        return token

    def issue_stable(self, now: float, *, force: bool) -> tuple[str, int]:
        """The token and its remaining seconds.

        Raises:
            TooOften: forced again within 30 seconds (45011) or over 20 times a day (45009).
        """
        if force:
            self._note_forced(now)
            self.end(self.stable)
            self.stable = self._mint(now)
        elif self.lives.get(self.stable, 0) - now <= OVERLAP_SECONDS:
            self.stable = self._mint(now)
        return self.stable, int(self.lives[self.stable] - now)

    def _note_forced(self, now: float) -> None:
        self.forced_at = [at for at in self.forced_at if now - at < DAY_SECONDS]
        if self.forced_at and now - self.forced_at[-1] < FORCED_APART_SECONDS:
            raise TooOften(45011)
        if len(self.forced_at) >= FORCED_PER_DAY:
            raise TooOften(45009)
        self.forced_at.append(now)

    def issue_plain(self, now: float) -> tuple[str, int]:
        """A new token of the old family; the one before ends in five minutes."""
        if self.plain in self.lives:
            self.lives[self.plain] = min(self.lives[self.plain], now + OVERLAP_SECONDS)
        self.plain = self._mint(now)
        return self.plain, LIFETIME_SECONDS

    def end(self, token: str) -> None:
        """Make a token invalid at once (40001 from now on)."""
        self.lives.pop(token, None)

    def end_all(self) -> None:
        """Make every token invalid at once, as if they had been refreshed elsewhere."""
        self.lives.clear()

    def expire_all(self, now: float) -> None:
        """Let every token run out (42001 from now on)."""
        for token in self.lives:
            self.lives[token] = now - 1

    def refuse(self, token: str, now: float) -> int:
        """The code a call with this token gets; 0 when it may pass."""
        end = self.lives.get(token)
        if end is not None:
            return 0 if now < end else 42001
        if not token:
            return 41001
        return 40001 if len(token) >= 100 else 40014

    def to_json(self) -> dict[str, Any]:
        """What a restarted simulator needs to honour the tokens it gave out."""
        return {"lives": self.lives, "stable": self.stable, "plain": self.plain}

    def load_json(self, data: dict[str, Any]) -> None:
        """Take over what `to_json` gave."""
        self.lives = dict(data["lives"])
        self.stable, self.plain = data["stable"], data["plain"]
