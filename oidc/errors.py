"""The one error of this room: what kind of trouble it was, and a reason for the log."""

from __future__ import annotations

from enum import StrEnum


class Trouble(StrEnum):
    """What to tell a person, and whether to try again."""

    DOWN = "down"  # no answer in time, or one that is no answer: later, perhaps
    REFUSED = "refused"  # the provider says no: cancelled, or a code that is used up
    UNPROVEN = "unproven"  # an answer that does not prove who somebody is


class OidcError(Exception):
    """Nobody was vouched for.

    `reason` is for the log: words of ours or an error code of the protocol's, never what was sent.
    """

    def __init__(self, trouble: Trouble, reason: str) -> None:
        super().__init__(f"{trouble}: {reason}")
        self.trouble = trouble
        self.reason = reason
