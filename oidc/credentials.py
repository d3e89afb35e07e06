"""How this installation shows the provider that it is itself: by its secret, at the token endpoint only."""

from __future__ import annotations

import base64
from urllib.parse import quote_plus, urlencode

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def with_secret(
    form: str, client_id: str, client_secret: str, *, in_form: bool
) -> tuple[str, dict[str, str]]:
    """A form and its headers, with the client's credentials in one of them (RFC 6749 §2.3.1).

    Both are encoded before they are joined, which Authlib's ClientAuth leaves out: a secret with a
    colon or a letter beyond ASCII would not arrive.
    """
    if in_form:
        secret = urlencode({"client_id": client_id, "client_secret": client_secret})
        return f"{form}&{secret}", dict(_FORM)
    pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
    basic = base64.b64encode(pair.encode()).decode()
    return form, {**_FORM, "Authorization": f"Basic {basic}"}
