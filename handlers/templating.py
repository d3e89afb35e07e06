"""The pages' templates: one environment, escaping on, and the few filters that pages need."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from domain.invitations import code_text
from domain.names import teacher_name
from domain.notices import link_allowed
from domain.times import SCHOOL_ZONE, school_text
from handlers import phrases

# What may stand in a link; Chinese text or punctuation after it ends it.
_LINK = re.compile(r"https://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_TAIL = ".,;:!?)'"


def make_environment(folder: Path | str) -> Environment:
    """The environment over a folder of templates. An unknown name in a template is an error, never a blank."""
    environment = Environment(
        loader=FileSystemLoader(str(folder)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        linked=linked_text,
        moment=phrases.moment,
        teacher=teacher_name,
        clock=school_text,
        day=_day_text,
        invite_code=code_text,
        picker=lambda at: at.astimezone(SCHOOL_ZONE).strftime("%Y-%m-%dT%H:%M"),
        filesize=phrases.size_text,
    )
    return environment


def _day_text(at: datetime) -> str:
    """2027年5月21日, in school time."""
    local = at.astimezone(SCHOOL_ZONE)
    return f"{local.year}年{local.month}月{local.day}日"


def linked_text(text: str, hosts: Sequence[str]) -> Markup:
    """Plain text as HTML: escaped, line breaks kept, and links to allowed hosts made tappable."""
    parts: list[Markup] = []
    end = 0
    for match in _LINK.finditer(text):
        link = match[0].rstrip(_TAIL)
        if not link_allowed(link, hosts):
            continue
        parts.append(_with_breaks(text[end : match.start()]))
        parts.append(Markup('<a href="{0}" rel="noopener">{0}</a>').format(link))
        end = match.start() + len(link)
    parts.append(_with_breaks(text[end:]))
    return Markup("").join(parts)


def _with_breaks(text: str) -> Markup:
    return Markup("<br>\n").join(escape(line) for line in text.split("\n"))
