"""Hosts outside, played by this machine: names that lead to loopback, real TLS with a certificate of our own."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from web.outside import Outside
from web.resolving import is_public

Answer = Callable[[web.Request], web.StreamResponse]
NAMES = ("a.example.cn", "b.example.cn", "www.smartedu.cn")


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for the names, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in NAMES]), False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


class Elsewhere:
    """What the hosts answer, who was asked for what, and where names lead.

    `addresses` are handed out for a name one after the other, the last one for good: a DNS that changes.
    """

    def __init__(self) -> None:
        self.pages: dict[str, Answer | int] = {}
        self.robots = ""
        self.asked: list[str] = []
        self.addresses: dict[str, list[list[str]]] = {}
        self.port = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """As a page says; 404 for what is none."""
        where = request.host.partition(":")[0] + request.path
        self.asked.append(f"{request.method} {where}")
        if request.path == "/robots.txt":
            return web.Response(text=self.robots)
        page = self.pages.get(where, 404)
        return web.Response(status=page) if isinstance(page, int) else page(request)

    async def lookup(self, host: str, _: int) -> Sequence[str]:
        """Where a name leads now."""
        known = self.addresses.get(host)
        if known is None:
            raise OSError("no such name")
        return known.pop(0) if len(known) > 1 else known[0]

    def judge(self, address: str) -> bool:
        """This machine stands for the public network; everything else is judged as it is."""
        return address == "127.0.0.1" or is_public(address)


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Elsewhere]:
    """Hosts that answer."""
    found = Elsewhere()
    cert, key = await asyncio.to_thread(certificate, tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", found.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    found.port = runner.addresses[0][1]
    found.addresses = {name: [["127.0.0.1"]] for name in NAMES}
    yield found
    await runner.cleanup()


@pytest.fixture
async def outside(elsewhere: Elsewhere, tmp_path: Path) -> AsyncIterator[Outside]:
    """What asks them."""
    trust = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    found = Outside(
        lookup=elsewhere.lookup, judge=elsewhere.judge, trust=trust, port=elsewhere.port, seconds=20
    )
    await found.start()
    yield found
    await found.close()
