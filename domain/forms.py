"""What is typed in one line of a form, for forms of any kind."""

from __future__ import annotations

from collections.abc import Mapping

from domain.errors import Problem


def typed_line(
    form: Mapping[str, str],
    field: str,
    limit: int,
    wrong: dict[str, Problem],
    *,
    needed: bool = False,
) -> str:
    """A field without the blanks around it; `wrong` gets what is the matter with it, under its name."""
    text = form.get(field, "").strip()
    if needed and not text:
        wrong[field] = Problem("missing")
    elif len(text) > limit:
        wrong[field] = Problem("too_long", limit)
    elif not text.isprintable():
        wrong[field] = Problem("control_characters")
    return text
