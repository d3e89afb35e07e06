"""Ways to a class or a child (邀请): what says whom somebody means. An invitation alone binds nobody.

Its code (邀请码) is printed on paper, drawn as a QR and typed by hand. It is no secret worth guarding: who has it
learns a class's name, or a child's family name and class, and is then asked what only a family knows. So it
is kept as it is, to be printed again, and guessing at it is limited.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# A term with the holidays around it: what hangs on a classroom's wall in September works until it ends.
LIFE = timedelta(days=180)
# One with less left is not handed out any more: a new one takes its place.
LEAST_LEFT = timedelta(days=30)
SCENE_LIFE = timedelta(days=30)  # WeChat: a temporary scene lives at most 30 days
SCENE_LEAST_LEFT = timedelta(days=10)  # then WeChat is asked for a new QR of the same scene

CODE_LENGTH = 8
# No two that look alike in print or are misread aloud: no 0 O, 1 I L, 8 B, 5 S, 2 Z, V U.
ALPHABET = "23456789ACDEFGHJKMNPQRTVWXY"
_MEANT = str.maketrans("BSZU", "852V")
_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−_·•・~]+")
_ASKED = re.compile(r"\s*邀[请請][码碼]?\s*(?:是|为)?\s*[:：]?\s*(?P<code>.{8,24}?)\s*", re.DOTALL)
_HYPHENED = re.compile(r"\s*[0-9A-Za-z]{4}\s*-\s*[0-9A-Za-z]{4}\s*")
CARDS_ON_A_PAGE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A class's invitation (班级邀请), or one child's (`student_id`, then without a class: a child may change it).

    The id is the code. `url` is what WeChat's temporary QR says, empty while none was asked for, and `url_until`
    when it ends; the invitation itself lives until `expires_at` or until it is revoked.
    """

    id: str
    school_id: str
    class_id: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    url: str = ""
    url_until: datetime | None = None
    student_id: str = ""
    revoked_at: datetime | None = None
    revoked_by: str = ""

    def stands(self, at: datetime) -> bool:
        """Whether it still invites at `at`."""
        return self.revoked_at is None and at < self.expires_at

    def is_fresh(self, at: datetime) -> bool:
        """Whether it can still be handed out: it has a code to type, and lives for a while."""
        return (
            self.stands(at)
            and parse_code(self.id) is not None
            and self.expires_at - at > LEAST_LEFT
        )

    def has_scene(self, at: datetime) -> bool:
        """Whether WeChat's QR of it works for some days more."""
        return self.url_until is not None and self.url_until - at > SCENE_LEAST_LEFT


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody opened an invitation, the first time: what is counted, instead of counting up."""

    id: str
    school_id: str
    invitation_id: str
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Turnout:
    """Who came through invitations: people who opened one, who asked to be bound, who were bound."""

    opened: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()

    def __add__(self, other: Turnout) -> Turnout:
        """Both together; who came twice is one person."""
        return Turnout(
            self.opened | other.opened, self.asked | other.asked, self.bound | other.bound
        )


def total(turnouts: Iterable[Turnout]) -> Turnout:
    """All together, each person once."""
    return sum(turnouts, Turnout())


def visit_id(invitation_id: str, person_id: str) -> str:
    """Opening twice is once: the key says so."""
    return f"{invitation_id}:{person_id}"


def code_of(seed: str) -> str:
    """A code made of something that nobody can guess."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest())
    signs = []
    for _ in range(CODE_LENGTH):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return "".join(signs)


def code_text(code: str) -> str:
    """`K7M3Q2XP` as it is printed: `K7M3-Q2XP`."""
    half = CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}" if len(code) == CODE_LENGTH else code


def parse_code(text: str) -> str | None:
    """A code as somebody types it: full-width, small, with blanks or dashes, and a B where an 8 was meant."""
    folded = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_MEANT)
    fits = len(folded) == CODE_LENGTH and all(sign in ALPHABET for sign in folded)
    return folded if fits else None


def parse_typed_code(text: str) -> str | None:
    """What is surely a code in a chat: `邀请码 …`, or two fours with a dash.

    Eight signs alone may be a child's name and four digits (`Mary 2345`); see `parse_code`. Something behind
    `邀请码` that is no code at all comes back empty: it was meant as one.
    """
    folded = unicodedata.normalize("NFKC", text)
    asked = _ASKED.fullmatch(folded)
    if asked:
        return parse_code(asked["code"]) or ""
    dashed = re.sub("[‐‑‒–—―−]+", "-", folded)
    return parse_code(dashed) if _HYPHENED.fullmatch(dashed) else None
