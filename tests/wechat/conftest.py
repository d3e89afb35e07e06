"""Fixtures of wechat/'s tests: an API server and a gateway to it."""

from collections.abc import AsyncIterator

import pytest

from tests.wechat.api import Api, MemoryShelf, gateway_to, running_api
from wechat.mini import MiniGateway


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with running_api() as api:
        yield api


@pytest.fixture
async def gateway(api: Api) -> AsyncIterator[MiniGateway]:
    async with gateway_to(api.base, MemoryShelf()) as gateway:
        yield gateway
