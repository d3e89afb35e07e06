"""Plain signatures against the official vectors."""

import pytest

from tests.wechat.callbacks import VECTORS
from wechat.signatures import check_signature, sign_page


@pytest.mark.parametrize("name", ["url_verification", "plain_post"])
def test_official_signatures(name: str) -> None:
    vector = VECTORS[name]
    query = [vector[part] for part in ("token", "signature", "timestamp", "nonce")]
    assert check_signature(*query)
    for place in range(4):
        wrong = [*query[:place], query[place] + "é", *query[place + 1 :]]
        assert not check_signature(*wrong)


@pytest.mark.parametrize("fragment", ["", "#", "#wechat_redirect"])
def test_the_official_page_signature(fragment: str) -> None:
    vector = VECTORS["jssdk"]
    signature = sign_page(
        vector["jsapi_ticket"], vector["noncestr"], vector["timestamp"], vector["url"] + fragment
    )
    assert signature == vector["signature"]
