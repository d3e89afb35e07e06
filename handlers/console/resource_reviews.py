"""The review of resources at a desk: what waits for one's school, district or city, and what is decided about it."""

from __future__ import annotations

from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.roles import Right
from handlers.base import Access
from handlers.console import resource_words
from handlers.console.resources import HOME, ResourcesPage
from services.resource_access import access_resource
from services.resource_reviews import (
    allow_resource,
    promote_resource,
    queue_of,
    return_resource,
    take_down_resource,
)
from services.resource_views import names_of, tabs_of

_LONGEST = 1000
_ACTIONS = ("allow", "allow_up", "return", "promote", "take_down")


class QueueHandler(ResourcesPage):
    """What waits, longest due first."""

    access = Access.STAFF
    right = Right.CURATE

    async def get(self) -> None:
        """Show it."""
        queue = await queue_of(self.ctx, self.acting)
        self.page(
            "console/resources_queue.html",
            queue=queue,
            names=await names_of(self.ctx, [seen.resource for seen in queue]),
            school=self.acting.school,
            told=resource_words,
            tabs=await tabs_of(self.ctx, self.acting),
        )


class DecisionHandler(ResourcesPage):
    """One decision about one resource, made over the revision that was looked at."""

    access = Access.STAFF
    right = Right.CURATE

    async def post(self, resource_id: str) -> None:
        """`action`: allow, allow_up, return, promote, take_down; `reason` where one is needed."""
        action = self.get_body_argument("action", "")
        if action not in _ACTIONS:
            raise NotFoundError
        try:
            await self._act(resource_id, action)
        except ConflictError as error:
            banner, status = resource_words.conflict(error), 409
        except InvalidError as error:
            banner, status = next(iter(resource_words.problems(error).values())), 422
        else:
            self.go(f"{HOME}/queue?done=resource_{action}")
            return
        seen = await access_resource(self.ctx, self.acting, resource_id)
        await self.show_one(seen, banner=banner, status=status)

    async def _act(self, resource_id: str, action: str) -> None:
        ctx, post, seen = self.ctx, self.acting, self.seen_revision()
        reason = self.get_body_argument("reason", "")[:_LONGEST]
        if action in ("allow", "allow_up"):
            await allow_resource(ctx, post, resource_id, seen=seen, upwards=action == "allow_up")
        elif action == "promote":
            await promote_resource(ctx, post, resource_id, seen=seen)
        elif action == "return":
            await return_resource(ctx, post, resource_id, seen=seen, reason=reason)
        else:
            await take_down_resource(ctx, post, resource_id, seen=seen, reason=reason)
