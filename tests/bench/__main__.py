"""`make bench`: every table, one after the other. Figures are ratios within a run; absolute times say little."""

from __future__ import annotations

import sys

from tests.bench import (
    callbacks,
    circles,
    envelope,
    fan_out,
    first_screen,
    gateway,
    links,
    messages,
    monitors,
    pages,
    registration,
    reports,
    rollovers,
    rosters,
    search,
    shelf_uses,
    submissions,
)

BENCHES = {
    "envelope": envelope.main,
    "callbacks": callbacks.main,
    "gateway": gateway.main,
    "fan_out": fan_out.main,
    "links": links.main,
    "search": search.main,
    "pages": pages.main,
    "first_screen": first_screen.main,
    "registration": registration.main,
    "rosters": rosters.main,
    "submissions": submissions.main,
    "reports": reports.main,
    "monitors": monitors.main,
    "shelf_uses": shelf_uses.main,
    "rollovers": rollovers.main,
    "messages": messages.main,
    "circles": circles.main,
}


# Those take long: only when they are asked for.
LONG = {"submissions_full": submissions.full}


def main() -> None:
    """Run those named on the command line, or all."""
    for name in sys.argv[1:] or BENCHES:
        (BENCHES | LONG)[name]()
        print(flush=True)


if __name__ == "__main__":
    main()
