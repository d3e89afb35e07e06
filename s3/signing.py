"""Signatures of requests to S3 (AWS Signature Version 4), as every server that speaks S3 checks them.

Written here and not taken from a library: the form is forty lines that never change and that Amazon publishes with
examples, and the libraries that have it bring a client for all of a cloud along.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

_METHOD = "AWS4-HMAC-SHA256"
NO_BODY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Keys:
    """Who signs, and for which region. The secret is in no text that is made of it."""

    key_id: str
    secret: str = field(repr=False)
    region: str


def encoded(text: str, *, safe: str = "") -> str:
    """Percent-encoded as signatures want it: everything but letters, digits and `-._~`."""
    return quote(text, safe=f"-._~{safe}")


def query_text(query: Mapping[str, str]) -> str:
    """A query in the order in which it is signed."""
    pairs = sorted((encoded(name), encoded(value)) for name, value in query.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


def signed(
    keys: Keys,
    method: str,
    *,
    host: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body_sha256: str,
    at: datetime,
) -> dict[str, str]:
    """The headers to send: those given, and what proves who asks for exactly this with exactly this body.

    `path` is percent-encoded already; `at` is UTC.
    """
    moment = at.strftime("%Y%m%dT%H%M%SZ")
    sent = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    sent |= {"host": host, "x-amz-content-sha256": body_sha256, "x-amz-date": moment}
    names = ";".join(sorted(sent))
    lines = "".join(f"{name}:{sent[name]}\n" for name in sorted(sent))
    asked = "\n".join((method, path, query_text(query), lines, names, body_sha256))
    scope = f"{moment[:8]}/{keys.region}/s3/aws4_request"
    told = "\n".join((_METHOD, moment, scope, hashlib.sha256(asked.encode()).hexdigest()))
    key = f"AWS4{keys.secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    proof = hmac.digest(key, told.encode(), "sha256").hex()
    return sent | {
        "authorization": f"{_METHOD} Credential={keys.key_id}/{scope},"
        f"SignedHeaders={names},Signature={proof}"
    }
