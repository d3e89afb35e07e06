"""What a family takes home of circles: all pictures of its child, and what this adult posted and said there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from domain.circles import Comment, Picture, Topic, shown_pictures
from domain.family_files import FamilyFile
from domain.times import school_text
from services.circle_pictures import agreed_in
from services.context import Context
from services.family_pages import table

Links = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shared:
    """`photos` are topics with the pictures of the child in them; `topics` and `comments` the adult's own."""

    photos: tuple[tuple[Topic, tuple[Picture, ...]], ...]
    topics: tuple[tuple[Topic, tuple[Picture, ...]], ...]
    comments: tuple[Comment, ...]

    def files(self) -> dict[str, str]:
        """Every picture that is taken home, with its name."""
        return {
            p.file.file_id: p.file.name for _, found in (*self.photos, *self.topics) for p in found
        }


async def shared_of(ctx: Context, wanted: FamilyFile) -> Shared:
    """At this school, the oldest first. A picture of several children only while the other families agree."""
    circles, child = ctx.stores.circle_forgetting, wanted.student_id
    with_child = await circles.topics_with(wanted.school_id, child)
    own = [
        t
        for t in await circles.topics_of_author(wanted.person_id)
        if t.school_id == wanted.school_id and t.deleted_at is None
    ]
    agreed = await agreed_in(ctx, [*with_child, *own]) | {child}
    return Shared(
        tuple(
            (t, tuple(p for p in shown_pictures(t, agreed) if child in p.student_ids))
            for t in sorted(with_child, key=lambda t: t.position)
            if t.is_shown
        ),
        tuple((t, shown_pictures(t, agreed)) for t in sorted(own, key=lambda t: t.position)),
        tuple(
            c
            for c in sorted(
                await circles.comments_of_author(wanted.person_id), key=lambda c: c.position
            )
            if c.school_id == wanted.school_id and c.deleted_at is None
        ),
    )


def shared_records(shared: Shared, links: Links) -> list[dict[str, Any]]:
    """For programs: pictures by the path under which they lie."""
    return [
        *(
            {"what": "photos", "at": t.created_at, "who": t.author_name, "files": _paths(p, links)}
            for t, p in shared.photos
            if p
        ),
        *(
            {"what": "topic", "at": t.created_at, "text": t.text, "files": _paths(p, links)}
            for t, p in shared.topics
        ),
        *({"what": "comment", "at": c.at, "text": c.text} for c in shared.comments),
    ]


def _paths(pictures: tuple[Picture, ...], links: Links) -> list[str]:
    return [links[p.file.file_id] for p in pictures if p.file.file_id in links]


def shared_part(shared: Shared, links: Links) -> str:
    """The same to read, with the pictures."""
    photos = "".join(
        f'<p class="soft">{school_text(t.created_at)} {escape(t.author_name)}</p><p>'
        + "".join(f'<img src="{quote(path)}" alt="照片"> ' for path in _paths(p, links))
        + "</p>\n"
        for t, p in (*shared.photos, *shared.topics)
        if _paths(p, links)
    )
    said = sorted(
        [
            *((t.created_at, f"发布：{t.text}") for t, _ in shared.topics),
            *((c.at, f"评论：{c.text}") for c in shared.comments),
        ]
    )
    return photos + table((school_text(at), words) for at, words in said)
