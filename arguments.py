"""The command line as it is typed: every command, and what may be said with it."""

from __future__ import annotations

import argparse
from pathlib import Path

from domain.regions import RegionLevel


def read_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line as typed."""
    parser = argparse.ArgumentParser(prog="main.py", description="Yanshu 雁书")
    commands = parser.add_subparsers(dest="command", required=True)
    dev = commands.add_parser("dev", help="everything on this machine, with a demo school")
    dev.add_argument("--port", type=int, default=8000)
    dev.add_argument("--data-dir", type=Path, default=Path("var/dev"))
    serve = commands.add_parser("serve", help="a web process")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--host", default="127.0.0.1")
    work = commands.add_parser("work", help="a worker process")
    work.add_argument("--concurrency", type=int, default=8, help="jobs at once")
    commands.add_parser("init-db", help="make the indexes, bring along what older versions stored")
    take = commands.add_parser("import-roster", help="take in a school's list (.xlsx, .csv)")
    take.add_argument("file", type=Path)
    whose = take.add_mutually_exclusive_group(required=True)
    whose.add_argument("--school", help="the school's id")
    whose.add_argument("--district", help="the id of a district: a file with many schools")
    take.add_argument("--new-schools", action="store_true", help="found those that nobody knows")
    take.add_argument("--school-name", default="", help="needed for a new school")
    take.add_argument("--apply", action="store_true", help="without it, nothing changes")
    take.add_argument("--only", help="of new,moved,left,phone; everything without it")
    take.add_argument("--report", type=Path, help="write what becomes of each row to this .xlsx")
    template = commands.add_parser("roster-template", help="write an empty list to fill in")
    template.add_argument("report", type=Path)
    admin = commands.add_parser("create-admin", help="print a one-time link for an administrator")
    place = admin.add_mutually_exclusive_group(required=True)
    place.add_argument("--school", help="the school's id")
    place.add_argument("--region", help="a district's, city's or province's id")
    admin.add_argument("--level", choices=list(RegionLevel), help="of a region")
    admin.add_argument("--below", default="", help="the id of the region it is in")
    admin.add_argument("--place-name", default="", help="needed for a new one")
    admin.add_argument("--name", default="管理员", help="how the administrator is called")
    sync = commands.add_parser("sync-links", help="take in the national platform's textbooks")
    sync.add_argument("--from", dest="source", help="the tree: a file, or an address")
    sync.add_argument("--lists", nargs="+", default=(), help="of textbooks; 'published' for theirs")
    sync.add_argument("--apply", action="store_true", help="without it, nothing changes")
    sync.add_argument("--undo", action="store_true", help="take the last one back")
    sync.add_argument("--shrunk", action="store_true", help="a good part is meant to be gone")
    sync.add_argument("--report", type=Path, help="write every change to this .xlsx")
    verify = commands.add_parser("verify-audit", help="check that nobody touched the audit log")
    verify.add_argument("--place", default="", help="of one school or region; of all without it")
    verify.add_argument(
        "--against", type=_lines_of, default=[], help="what earlier runs said, kept elsewhere"
    )
    commands.add_parser("move-files", help="bring every file to where new ones go")
    commands.add_parser("set-menu", help="replace the official account's menu")
    commands.add_parser("check", help="try the stores and WeChat with these settings")
    return parser.parse_args(words)


def _lines_of(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise argparse.ArgumentTypeError(f"cannot read {path}") from error
