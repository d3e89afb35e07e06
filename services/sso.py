"""Single sign-on of staff: an account with the school's own provider, linked once, opens the console.

Nobody comes into being here, and nobody is found by a name or a mail address: an account is linked by the
person themselves while WeChat vouches for them, and from then on stands for them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from domain.accounts import Account, Departure, account_id
from domain.audit import Act, Actor
from domain.errors import ConflictError, NotFoundError, TooManyError
from oidc.client import OidcClient, Returned, Subject
from services.audit import note_act
from services.bearers import end_everywhere
from services.context import Context
from services.people import appointments_of, posts_of
from services.sign_ins import note_sign_in

_BEGUN_PER_HOUR = 300  # from one address: a district's offices may stand behind one


@dataclass(frozen=True, slots=True)
class Errand:
    """Where to send a browser, and the state that this very browser has to keep until it comes back."""

    url: str
    state: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody came back with this account. `linked`: just now; otherwise they have signed in with it."""

    person_id: str
    account: str
    to: str
    linked: bool


async def start_sso(ctx: Context, *, to: str, redirect_uri: str, address: str) -> Errand:
    """Somebody wants to sign in with their account.

    Raises:
        NotFoundError: not set up.
        TooManyError: begun too often from this address.
        OidcError: the provider could not be asked.
    """
    _sso(ctx)
    wait = await ctx.stores.limits.hit("sso", address, per_hour=_BEGUN_PER_HOUR)
    if wait:
        raise TooManyError(wait)
    return await _send_out(ctx, to, redirect_uri, linking_person_id="")


async def start_link(ctx: Context, person_id: str, *, to: str, redirect_uri: str) -> Errand:
    """Somebody whom WeChat has vouched for wants to link their account; the provider asks for its password.

    On a shared computer the provider may still know a colleague: without its asking, that one's
    account would be linked.

    Raises:
        NotFoundError: not set up.
        OidcError: the provider could not be asked.
    """
    return await _send_out(ctx, to, redirect_uri, linking_person_id=person_id)


async def finish_sso(
    ctx: Context,
    state: str,
    returned: Returned,
    *,
    redirect_uri: str,
    person_id: str = "",
    address: str = "",
) -> Arrival:
    """Somebody came back from the provider.

    Args:
        ctx: the context.
        state: what this browser was sent out with and has kept.
        returned: what it brings.
        redirect_uri: as when it was sent out.
        person_id: whom WeChat has vouched for in this browser, if anybody.
        address: where the request came from, for the audit log.

    Raises:
        ConflictError: `sso_expired` (too late, twice, or not the person who set out to link),
            `sso_unknown` (nobody has linked this account), `sso_no_post` (no longer staff),
            `sso_taken` (linked to somebody else).
        NotFoundError: not set up.
        OidcError: the provider vouches for nobody.
    """
    sso = _sso(ctx)
    departure = await ctx.stores.departures.take(state)
    if departure is None or departure.linking_person_id not in ("", person_id):
        raise ConflictError("sso_expired")
    subject = await sso.redeem(
        returned,
        redirect_uri=redirect_uri,
        nonce=departure.nonce,
        verifier=departure.verifier,
        at=ctx.now(),
    )
    account, linking = account_id(subject.issuer, subject.sub), departure.linking_person_id
    if linking:
        await link_account(ctx, linking, subject, address=address)
        return Arrival(linking, account, departure.to, linked=True)
    arrived = await _person_of(ctx, account)
    await note_sign_in(ctx, arrived, address=address)
    return Arrival(arrived, account, departure.to, linked=False)


async def link_account(ctx: Context, person_id: str, subject: Subject, *, address: str) -> None:
    """From now on this account stands for this person; doing it twice is doing it once.

    Raises ConflictError: `sso_taken`, it stands for somebody else; `sso_no_post`, they are not staff.
    """
    actor = await _actor(ctx, person_id, address)
    account = Account(
        id=account_id(subject.issuer, subject.sub), person_id=person_id, linked_at=ctx.now()
    )
    held = await ctx.stores.accounts.find(account.id)
    if held is None:
        await note_act(ctx, actor, Act.ACCOUNT_LINKED, subject=("account", account.id))
        if await ctx.stores.accounts.add(account):
            return
        held = await ctx.stores.accounts.find(account.id)  # somebody was quicker
    if held is None or held.person_id != person_id:
        raise ConflictError("sso_taken")


async def accounts_of(ctx: Context, person_id: str) -> list[Account]:
    """A person's links, oldest first."""
    return await ctx.stores.accounts.of_person(person_id)


async def unlink_account(ctx: Context, person_id: str, account: str, *, address: str = "") -> None:
    """A person ends a link of theirs, and with it every session of theirs, wherever it is.

    Whoever ends a link may have lost the account to somebody. Raises NotFoundError when it is none of
    theirs, ConflictError (`sso_no_post`) when they are not staff.
    """
    held = await ctx.stores.accounts.find(account)
    if held is None or held.person_id != person_id:
        raise NotFoundError
    actor = await _actor(ctx, person_id, address)
    await note_act(ctx, actor, Act.ACCOUNT_UNLINKED, subject=("account", account))
    await ctx.stores.accounts.remove(account)
    await end_everywhere(ctx, person_id)


async def _send_out(ctx: Context, to: str, redirect_uri: str, *, linking_person_id: str) -> Errand:
    sso = _sso(ctx)
    state = secrets.token_urlsafe(32)
    departure = Departure(
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        to=to,
        linking_person_id=linking_person_id,
    )
    url = await sso.authorize_url(
        redirect_uri=redirect_uri,
        state=state,
        nonce=departure.nonce,
        verifier=departure.verifier,
        ask_again=bool(linking_person_id),
    )
    await ctx.stores.departures.add(state, departure)
    return Errand(url, state)


async def _person_of(ctx: Context, account: str) -> str:
    held = await ctx.stores.accounts.find(account)
    if held is None:
        raise ConflictError("sso_unknown")
    if not await appointments_of(ctx, held.person_id):
        raise ConflictError("sso_no_post")
    return held.person_id


async def _actor(ctx: Context, person_id: str, address: str) -> Actor:
    """As whom the audit log names them: by the post they have longest."""
    posts = await posts_of(ctx, person_id, address=address)
    if not posts:
        raise ConflictError("sso_no_post")
    return posts[0].actor


def _sso(ctx: Context) -> OidcClient:
    if ctx.sso is None:
        raise NotFoundError
    return ctx.sso
