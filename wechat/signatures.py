"""WeChat's plain signatures: of callback queries.

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
