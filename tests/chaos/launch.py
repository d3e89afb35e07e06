"""Starts a program of ours with less patience, so that healing after a kill takes seconds: `launch.py WORDS OF MAIN`.

Everything else is what `main.py` runs. A dead worker's messages are taken up after 3 s instead of 30,
and looked for every second instead of every ten.
"""

from __future__ import annotations

import functools
import sys
from datetime import timedelta
from unittest import mock

import app
import main
from services.deliveries import sweep

LEASE = timedelta(seconds=3)
SWEEP_EVERY = timedelta(seconds=1)

if __name__ == "__main__":
    impatient = functools.partial(
        app.running, lease=LEASE, regular_jobs={"sweep": (sweep, SWEEP_EVERY)}
    )
    with mock.patch.object(main, "running", impatient):
        sys.exit(main.main(sys.argv[1:]))
