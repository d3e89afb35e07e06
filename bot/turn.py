"""One turn of a conversation: what came in, who says it, and what goes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.context import Context
from services.people import recognise
from wechat.messages import Inbound


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a turn. `text` empty: nothing is said. `dialog` is where the conversation stands now."""

    text: str = ""
    dialog: dict[str, Any] | None = None


SILENCE = Answered()


@dataclass(slots=True)
class Turn:
    """What a command gets. `dialog` is what the turn before left."""

    ctx: Context
    inbound: Inbound
    dialog: dict[str, Any] | None
    known_person_id: str | None

    async def person_id(self) -> str:
        """Who is speaking; asked of the store at most once."""
        if self.known_person_id is None:
            self.known_person_id = await recognise(self.ctx, self.inbound.openid)
            await self.ctx.stores.callbacks.cache_person(self.inbound.openid, self.known_person_id)
        return self.known_person_id

    @property
    def said(self) -> str:
        """The words of a short answer, without what people write around them."""
        return self.inbound.text.strip(" \n。.!！")

    def url(self, path: str) -> str:
        """A page of ours."""
        return self.ctx.policy.public_url + path
