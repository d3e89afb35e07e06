"""What can go wrong, as data: a code and the fields it concerns.

The words a person reads are chosen at the edge (`bot.phrases`, `handlers.phrases`); nothing here is text for people.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one field; `limit` is the number that was passed, where there is one."""

    code: str
    limit: int | None = None


class YanshuError(Exception):
    """A refusal that a person is told about. `code` is stable, for programs."""

    code = "error"


class NotFoundError(YanshuError):
    """Absent, or not for this person: the two are never told apart."""

    code = "not_found"


def fault_text(error: BaseException) -> str:
    """A fault of ours for the log: what kind and where, never the error's own words.

    A library may have put a family's data into those; the place and the kind are enough to find a fault.
    """
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"


class InvalidError(YanshuError):
    """A form that cannot be taken; `fields` maps the field's name to what is wrong with it."""

    code = "invalid"

    def __init__(self, fields: Mapping[str, Problem]) -> None:
        super().__init__(", ".join(f"{name}: {problem.code}" for name, problem in fields.items()))
        self.fields = dict(fields)


class ConflictError(YanshuError):
    """The thing was changed meanwhile, or is no longer in a state that allows this; `code` may say which."""

    def __init__(self, code: str = "conflict") -> None:
        super().__init__(code)
        self.code = code


class TooManyError(YanshuError):
    """Tried too often; the caller may try again after `retry_after_seconds`."""

    code = "too_many"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"retry after {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


class FilesAwayError(YanshuError):
    """The bytes of files cannot be had or kept at this moment. Nothing was stored of what was being stored."""

    code = "files_away"


class FileRefusedError(YanshuError):
    """An upload that is not stored: `code` is empty, too_large or wrong_type."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
