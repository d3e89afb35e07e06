"""WeChat's plain signatures: of callback queries and of pages that use the JS-SDK.

Computed by wechatpy; compared in constant time here, which wechatpy doesn't do.
"""

import hmac

from wechatpy.utils import WeChatSigner


def check_signature(token: str, signature: str, timestamp: str, nonce: str) -> bool:
    """Say whether a callback's `signature` is WeChat's: sha1 of the sorted token, time and nonce.

    It covers the query alone and nothing of the body. All arguments are as in the query.
    """
    signer = WeChatSigner()
    signer.add_data(token, timestamp, nonce)
    expected: str = signer.signature
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


def sign_page(ticket: str, noncestr: str, timestamp: int, url: str) -> str:
    """Sign a page for the JS-SDK (`wx.config`).

    Args:
        ticket: the account's jsapi_ticket.
        noncestr: random text, given to the page as well.
        timestamp: seconds, given to the page as well.
        url: the page's address as the browser shows it; what follows `#` is left out.

    Returns:
        The signature, 40 hex digits.
    """
    # wechatpy sorts what it is given; these four are in their prescribed order when sorted.
    signer = WeChatSigner(delimiter=b"&")
    signer.add_data(
        f"jsapi_ticket={ticket}",
        f"noncestr={noncestr}",
        f"timestamp={timestamp}",
        f"url={url.partition('#')[0]}",
    )
    signature: str = signer.signature
    return signature
