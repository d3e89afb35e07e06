"""The real program, as `make run` starts it, for a browser to be pointed at."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from playwright.async_api import expect
from tornado.testing import bind_unused_port

from tests.browser.phones import PATIENCE_MS
from tests.programs import Program, program
from tests.town import NEVER_QUIET

expect.set_options(timeout=PATIENCE_MS)


def demo(folder: Path, **environment: str) -> AbstractAsyncContextManager[Program]:
    """`main.py dev` with a data directory of its own; `environment` adds YANSHU_ names."""
    listening, port = bind_unused_port()
    listening.close()
    return program(
        *("main.py", "dev", "--port", str(port), "--data-dir", str(folder)),
        environment=NEVER_QUIET | environment,
        log=folder / "log",
    )


@pytest.fixture(scope="module")
async def yanshu(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    """The demo school as a newcomer finds it, for the tests of one file, in whatever order."""
    async with demo(tmp_path_factory.mktemp("demo")) as running:
        yield running
