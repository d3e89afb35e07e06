"""The simulator's crypto against WeChat's own vectors and against wechatpy."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from simulator.crypto import BadSeal, Seal, sign
from tests.simulator.conftest import AES_KEY, APP_ID, TOKEN

SEAL = Seal(token=TOKEN, aes_key=AES_KEY, app_id=APP_ID)


def test_official_url_verification_vector() -> None:
    official = "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert sign("AAAAA", "1714036504", "1514711492") == official


def test_official_reply_vector_opens() -> None:
    seal = Seal(token="AAAAA", aes_key="A" * 43, app_id="wxba5fad812f8e6fb9")
    encrypted = (
        "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    )
    plain = seal.open_reply(
        encrypted=encrypted,
        signature="1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
        timestamp="1713424427",
        nonce="415670741",
    )
    assert plain == b'{"demo_resp":"good luck"}'


@given(st.text(max_size=2000))
def test_wechatpy_reads_what_we_seal_and_we_read_what_it_seals(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    encrypted = SEAL.encrypt(text.encode())
    signature = SEAL.message_signature("1", "2", encrypted)
    oracle = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    opened = oracle.decrypt_message({"Encrypt": encrypted}, signature, "1", "2")
    assert opened == (text if isinstance(opened, str) else text.encode())
    assert SEAL.decrypt(SEAL.encrypt(text.encode())) == text.encode()


@given(st.data())
def test_a_flipped_byte_never_passes_the_signature(data: st.DataObject) -> None:
    encrypted = SEAL.encrypt(b"hello")
    raw = bytearray(base64.b64decode(encrypted))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(BadSeal):
        SEAL.open_reply(
            encrypted=base64.b64encode(bytes(raw)).decode(),
            signature=SEAL.message_signature("1", "2", encrypted),
            timestamp="1",
            nonce="2",
        )


@pytest.mark.parametrize("junk", ["", "AAAA", "中文", "A" * 64, "!!!!"])
def test_junk_is_one_kind_of_error(junk: str) -> None:
    with pytest.raises(BadSeal):
        SEAL.decrypt(junk)


def test_another_accounts_message_is_refused() -> None:
    other = Seal(token=TOKEN, aes_key=AES_KEY, app_id="wxother")
    with pytest.raises(BadSeal):
        SEAL.decrypt(other.encrypt(b"hello"))
