"""Signatures: Amazon's own published examples, and nothing of the secret anywhere."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from s3.signing import NO_BODY, Keys, signed

# "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API Reference.
KEYS = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
HOST = "examplebucket.s3.amazonaws.com"
AT = datetime(2013, 5, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "body", "signature"),
    [
        (
            "GET", "/test.txt", {}, {"Range": "bytes=0-9"}, b"",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT", "/test%24file.text", {},
            {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            b"Welcome to Amazon S3.",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "GET", "/", {"lifecycle": ""}, {}, b"",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "GET", "/", {"max-keys": "2", "prefix": "J"}, {}, b"",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
)  # fmt: skip
def test_the_published_examples(
    method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes,
    signature: str,
) -> None:  # fmt: skip
    digest = hashlib.sha256(body).hexdigest() if body else NO_BODY
    sent = signed(
        KEYS, method, host=HOST, path=path, query=query, headers=headers, body_sha256=digest, at=AT
    )
    assert sent["authorization"].endswith(f"Signature={signature}")


def test_the_secret_is_in_nothing_that_is_sent_or_shown() -> None:
    sent = signed(
        KEYS, "GET", host=HOST, path="/", query={}, headers={}, body_sha256=NO_BODY, at=AT
    )
    assert KEYS.secret not in str(sent) + repr(KEYS)
