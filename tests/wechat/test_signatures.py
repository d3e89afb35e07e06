"""Plain signatures against the official vectors."""

import pytest

from tests.wechat.callbacks import VECTORS
from wechat.signatures import check_signature


@pytest.mark.parametrize("name", ["url_verification", "plain_post"])
def test_official_signatures(name: str) -> None:
    vector = VECTORS[name]
    query = [vector[part] for part in ("token", "signature", "timestamp", "nonce")]
    assert check_signature(*query)
    for place in range(4):
        wrong = [*query[:place], query[place] + "é", *query[place + 1 :]]
        assert not check_signature(*wrong)
