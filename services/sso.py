"""Single sign-on of staff: an account with the school's own provider, linked once, opens the console.

Nobody comes into being here, and nobody is found by a name or a mail address: an account is linked by the
person themselves while WeChat vouches for them, and from then on stands for them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from domain.accounts import Account, Departure, account_id
from domain.errors import ConflictError, NotFoundError
from oidc.client import OidcClient, Returned, Subject
from services.context import Context
from services.people import appointments_of


@dataclass(frozen=True, slots=True)
class Errand:
    """Where to send a browser, and the state that this very browser has to keep until it comes back."""

    url: str
    state: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody came back. `linked`: their account was linked just now; otherwise they have signed in."""

    person_id: str
    to: str
    linked: bool


def offers_sso(ctx: Context) -> bool:
    """Whether the operator has set it up."""
    return ctx.sso is not None


async def start_sso(ctx: Context, *, to: str, redirect_uri: str) -> Errand:
    """Somebody wants to sign in with their account.

    Raises:
        NotFoundError: not set up.
        OidcError: the provider could not be asked.
    """
    return await _send_out(ctx, to, redirect_uri, linking_person_id="")


async def start_link(ctx: Context, person_id: str, *, to: str, redirect_uri: str) -> Errand:
    """Somebody who is signed in wants to link their account; the provider asks them for the password.

    On a shared computer the provider may still know a colleague: without its asking, that one's
    account would be linked.

    Raises:
        NotFoundError: not set up, or nobody of the staff.
        OidcError: the provider could not be asked.
    """
    await _access_staff(ctx, person_id)
    return await _send_out(ctx, to, redirect_uri, linking_person_id=person_id)


async def finish_sso(
    ctx: Context, state: str, returned: Returned, *, redirect_uri: str, person_id: str = ""
) -> Arrival:
    """Somebody came back from the provider.

    Args:
        ctx: the context.
        state: what this browser was sent out with and has kept.
        returned: what it brings.
        redirect_uri: as when it was sent out.
        person_id: who is signed in in this browser, if anybody.

    Raises:
        ConflictError: `sso_expired` (too late, twice, or not the person who set out to link),
            `sso_unknown` (nobody has linked this account), `sso_no_post` (linked, but no longer
            staff), `sso_taken` (linked to somebody else).
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
    if departure.linking_person_id:
        await link_account(ctx, departure.linking_person_id, subject)
        return Arrival(departure.linking_person_id, departure.to, linked=True)
    return Arrival(await _person_of(ctx, subject), departure.to, linked=False)


async def link_account(ctx: Context, person_id: str, subject: Subject) -> None:
    """From now on this account stands for this person; doing it twice is doing it once.

    Raises:
        ConflictError: `sso_taken`, it stands for somebody else.
        NotFoundError: they are nobody of the staff.
    """
    await _access_staff(ctx, person_id)
    account = Account(
        id=account_id(subject.issuer, subject.sub), person_id=person_id, linked_at=ctx.now()
    )
    if await ctx.stores.accounts.add(account):
        return
    held = await ctx.stores.accounts.find(account.id)
    if held is None or held.person_id != person_id:
        raise ConflictError("sso_taken")


async def accounts_of(ctx: Context, person_id: str) -> list[Account]:
    """A person's links, oldest first."""
    return await ctx.stores.accounts.of_person(person_id)


async def unlink_account(ctx: Context, person_id: str, account: str) -> None:
    """A person ends a link of theirs. Raises NotFoundError when it is none of theirs."""
    held = await ctx.stores.accounts.find(account)
    if held is None or held.person_id != person_id:
        raise NotFoundError
    await ctx.stores.accounts.remove(account)


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


async def _person_of(ctx: Context, subject: Subject) -> str:
    account = await ctx.stores.accounts.find(account_id(subject.issuer, subject.sub))
    if account is None:
        raise ConflictError("sso_unknown")
    if not await appointments_of(ctx, account.person_id):
        raise ConflictError("sso_no_post")
    return account.person_id


async def _access_staff(ctx: Context, person_id: str) -> None:
    """Raises NotFoundError for whoever has no appointment now."""
    if not await appointments_of(ctx, person_id):
        raise NotFoundError


def _sso(ctx: Context) -> OidcClient:
    if ctx.sso is None:
        raise NotFoundError
    return ctx.sso
