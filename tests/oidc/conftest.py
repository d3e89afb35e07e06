"""One provider for all tests of this folder; the wire is straight again after each."""

from collections.abc import AsyncIterator

import pytest

from tests.oidc.provider import Provider, running_provider


@pytest.fixture(scope="package")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Provider]:
    async with running_provider(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
async def provider(running: Provider) -> AsyncIterator[Provider]:
    running.asked.clear()
    yield running
    running.straighten()
