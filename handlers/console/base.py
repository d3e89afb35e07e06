"""What every page of the console shares: a session of its own, a post to act from, and the way around.

A session at a desk ends after a while of silence and is never longer than a working day: others sit
down at the same desk.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from tornado.web import HTTPError

from domain.errors import NotFoundError
from domain.roles import Right
from handlers.base import Access, PageHandler
from handlers.console import words
from handlers.console.navigation import sections_for
from services.people import Post, Teaching, posts_of, teaching_of
from storage.sessions import Session

DESK_COOKIE = "yanshu_desk"
DESK_LIFE = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=1)


class ConsoleHandler(PageHandler):
    """A page at a desk. `acting` is the post it is done from; `posts` are all that this person could act from."""

    error_page = "console/error.html"
    acting: Post
    posts: list[Post]

    async def prepare(self) -> None:
        """Let in whom `access` and `right` name, before any method runs. Refuses by raising."""
        if self.access is Access.PUBLIC:
            return
        session = await self._desk_session()
        if session is None:
            self._send_to_sign_in()
            return
        self.session = session
        if self.request.method not in ("GET", "HEAD"):
            self._check_csrf()
        address = self.request.remote_ip or ""
        self.posts = await posts_of(self.ctx, session.person_id, address=address)
        post = self._chosen(session.acting)
        if post is None:  # their last role has ended: nothing here is theirs any more
            await self.ctx.stores.sessions.end(session.id)
            self._send_to_sign_in()
            return
        self.acting = post
        if self.access is Access.STAFF and not post.has(self.right):
            raise NotFoundError

    def _chosen(self, place_id: str) -> Post | None:
        for post in self.posts:
            if post.place_id == place_id:
                return post
        return self.posts[0] if self.posts else None

    async def _desk_session(self) -> Session | None:
        """The session of this browser, if it is of a desk and somebody was at it lately."""
        token, now = self.get_cookie(DESK_COOKIE), self.ctx.now()
        session = await self.ctx.stores.sessions.find(token, now) if token else None
        if session is None or not session.desk or session.seen_at is None:
            return None
        if now - session.seen_at > self.ctx.policy.desk_idle:
            await self.ctx.stores.sessions.end(session.id)
            return None
        if now - session.seen_at > _SEEN_EVERY and not self.wants_json:
            await self.ctx.stores.sessions.mark_seen(session.id, now)
        return session

    def _send_to_sign_in(self) -> None:
        if self.request.method != "GET" or self.wants_json:
            raise HTTPError(401)
        self.redirect(self.link("/console/sign-in?to=") + quote(self.request.uri or "", safe=""))

    async def start_console_session(self, person_id: str, *, account: str = "") -> None:
        """A new token for this browser, whatever it brought; `account` is the linked one it came with, if any."""
        held = self.get_cookie(DESK_COOKIE)
        before = await self.ctx.stores.sessions.find(held, self.ctx.now()) if held else None
        if before is not None and before.desk:
            await self.ctx.stores.sessions.end(before.id)
        token, now = secrets.token_urlsafe(32), self.ctx.now()
        await self.ctx.stores.sessions.add(
            token,
            person_id=person_id,
            csrf=secrets.token_urlsafe(24),
            at=now,
            until=now + DESK_LIFE,
            desk=True,
            account=account,
        )
        self.set_cookie(
            DESK_COOKIE,
            token,
            path=self.link("/console"),
            httponly=True,
            samesite="Lax",
            secure=self.ctx.policy.public_url.startswith("https://"),
        )

    async def teaching_for(self, right: Right) -> Teaching:
        """The classes in which the acting post has a right. Raises NotFoundError in a region."""
        return await teaching_of(self.ctx, self.acting, right)

    def page(self, template: str, *, status: int = 200, **values: Any) -> None:
        """Answer with a page of `templates/console/`."""
        post = getattr(self, "acting", None)
        sections = sections_for(post) if post else ()
        super().page(
            template,
            status=status,
            words=words,
            acting=post,
            posts=getattr(self, "posts", []),
            side=sections,
            open_paths={entry.path for section in sections for entry in section.entries},
            here=self.request.path,
            sso_name=self.ctx.policy.sso_name,
            **values,
        )
