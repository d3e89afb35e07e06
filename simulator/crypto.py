"""Signatures and encryption as WeChat does them: the simulator's own, independent of the project's.

The rules are the official message push guide's: AES-256-CBC, the first 16 bytes of the key as IV,
PKCS#7 with blocks of 32, SHA-1 over the sorted parts. Nothing here knows HTTP or XML.
"""

import base64
import binascii
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
HEAD = 16 + 4  # random bytes, then the length of the message


class BadSeal(Exception):
    """Something sealed that WeChat would not accept: its text says what is wrong."""


def sign(*parts: str) -> str:
    """SHA-1 in lower-case hex over the sorted parts, joined."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


class Seal:
    """One account's token and EncodingAESKey: signs, encrypts and decrypts.

    Args:
        token: the word agreed in the console.
        aes_key: EncodingAESKey, 43 characters.
        app_id: the account's AppID, appended to every message inside the encryption.
    """

    def __init__(self, *, token: str, aes_key: str, app_id: str) -> None:
        if len(aes_key) != 43:
            raise ValueError("EncodingAESKey must have 43 characters")
        key = base64.b64decode(aes_key + "=")
        self.token = token
        self._app_id = app_id.encode()
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))

    def signature(self, timestamp: str, nonce: str) -> str:
        """The three-part signature of GET and of plain mode."""
        return sign(self.token, timestamp, nonce)

    def message_signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """The four-part signature of safe mode (msg_signature, MsgSignature)."""
        return sign(self.token, timestamp, nonce, encrypted)

    def encrypt(self, message: bytes) -> str:
        """Encrypt a message; the answer is base64 text."""
        body = os.urandom(16) + struct.pack(">I", len(message)) + message + self._app_id
        pad = BLOCK - len(body) % BLOCK
        worker = self._cipher.encryptor()
        sealed = worker.update(body + bytes([pad]) * pad) + worker.finalize()
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """Decrypt base64 text into the message.

        Raises:
            BadSeal: not base64, not whole blocks, a wrong padding, length or AppID.
        """
        try:
            sealed = base64.b64decode(encrypted.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise BadSeal("Encrypt is not base64") from error
        if not sealed or len(sealed) % 16:
            raise BadSeal("Encrypt is not whole AES blocks")
        worker = self._cipher.decryptor()
        body = worker.update(sealed) + worker.finalize()
        pad = body[-1]
        if not 1 <= pad <= BLOCK or body[-pad:] != bytes([pad]) * pad:
            raise BadSeal("the padding is wrong")
        body = body[:-pad]
        if len(body) < HEAD:
            raise BadSeal("the encrypted part is too short")
        (length,) = struct.unpack(">I", body[16:HEAD])
        message, owner = body[HEAD : HEAD + length], body[HEAD + length :]
        if len(message) != length or not hmac.compare_digest(owner, self._app_id):
            raise BadSeal("the length or the AppID inside is wrong")
        return message

    def open_reply(self, *, encrypted: str, signature: str, timestamp: str, nonce: str) -> bytes:
        """Check a sealed reply's signature and decrypt it.

        Raises:
            BadSeal: the signature does not match, or the encryption is broken.
        """
        expected = self.message_signature(timestamp, nonce, encrypted)
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise BadSeal("MsgSignature does not match")
        return self.decrypt(encrypted)
