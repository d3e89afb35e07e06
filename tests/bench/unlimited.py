"""`main.py` whose devices may say as much as they can: a bench is nobody. `python -m tests.bench.unlimited WORDS`."""

from __future__ import annotations

import sys
from unittest import mock

import main
from miniapp import sockets
from services import live

if __name__ == "__main__":
    with (
        mock.patch.object(sockets, "A_SECOND", 1e6),
        mock.patch.object(live, "SAID_A_SECOND", 1e6),
    ):
        sys.exit(main.main(sys.argv[1:]))
