"""`make bench`: every table, one after the other. Figures are ratios within a run; absolute times say little."""

from __future__ import annotations

import sys

from tests.bench import (
    callbacks,
    envelope,
    fan_out,
    first_screen,
    gateway,
    pages,
    registration,
    rollovers,
    rosters,
    submissions,
)

BENCHES = {
    "envelope": envelope.main,
    "callbacks": callbacks.main,
    "gateway": gateway.main,
    "fan_out": fan_out.main,
    "pages": pages.main,
    "first_screen": first_screen.main,
    "registration": registration.main,
    "rosters": rosters.main,
    "submissions": submissions.main,
    "rollovers": rollovers.main,
}


def main() -> None:
    """Run those named on the command line, or all."""
    for name in sys.argv[1:] or BENCHES:
        BENCHES[name]()
        print(flush=True)


if __name__ == "__main__":
    main()
