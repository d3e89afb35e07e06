"""The words of a resource: judged before it is filed, and what is decided about them later."""

from __future__ import annotations

import hashlib

from domain.errors import ConflictError, NotFoundError
from domain.resource_forms import Draft
from domain.resource_steps import with_outcome
from domain.resources import Resource, Version
from domain.roles import Right
from domain.safety import Author, Kind, Outcome, Spot, Subject, Writing
from services.context import Context
from services.people import Post, posts_of
from services.resource_access import access_resource
from services.safety import ensure_may_speak, judge

_ROUNDS = 20


async def judge_words_of(
    ctx: Context, post: Post, resource_id: str, number: int, draft: Draft
) -> tuple[str, Outcome]:
    """What names these words among all of a resource, and whether they may be shown.

    Raises WordsRefusedError, SilencedError.
    """
    spot = Spot(post.place_id)
    await ensure_may_speak(ctx, post.person_id, spot)
    text = "\n".join(filter(None, (draft.title, draft.chapter, draft.summary, draft.whence)))
    words = f"{number}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    writing = Writing(
        subject=Subject(Kind.RESOURCE, f"{resource_id}:{words}"),
        author=Author(post.person_id, post.name, decides=post.has_everywhere(Right.MODERATE)),
        spot=spot,
        text=text,
    )
    return words, (await judge(ctx, writing)).accepted().outcome


async def settle_resource(ctx: Context, subject_id: str, outcome: Outcome) -> None:
    """Show a version in the libraries in which it stands, or hide it.

    Raises ConflictError when others change it all the time.
    """
    for _ in range(_ROUNDS):
        resource, version = await _find(ctx, subject_id)
        if resource is None or version is None or version.outcome is outcome:
            return
        changed = with_outcome(resource, version.number, outcome)
        if await ctx.stores.resources.mark_changed(changed, ctx.now()):
            return
    raise ConflictError


async def show_resource(ctx: Context, person_id: str, subject_id: str) -> Writing:
    """A version as this person sees it at any of their posts. Raises NotFoundError."""
    resource, version = await _find(ctx, subject_id)
    if resource is None or version is None:
        raise NotFoundError
    for post in await posts_of(ctx, person_id):
        try:
            seen = await access_resource(ctx, post, resource.id)
        except NotFoundError:
            continue
        if version.number in seen.numbers:
            content = version.content
            return Writing(
                subject=Subject(Kind.RESOURCE, subject_id),
                author=Author(resource.author.person_id, resource.author.name),
                spot=Spot(resource.school_id),
                text=f"{content.title}\n{content.chapter}\n{content.summary}",
            )
    raise NotFoundError


async def _find(ctx: Context, subject_id: str) -> tuple[Resource | None, Version | None]:
    resource_id, _, words = subject_id.partition(":")
    resource = await ctx.stores.resources.find(resource_id)
    if resource is None:
        return None, None
    return resource, next((v for v in resource.versions if v.words == words), None)
