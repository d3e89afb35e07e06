"""What belongs to a family's own data: taking it home, erasing it."""

from __future__ import annotations

from services.context import Context
from services.erasure import carry_out_erasures
from services.family_files import build_family_file, tend_family_files


async def erase(ctx: Context) -> None:
    """Take the next step of every erasure that is due."""
    await carry_out_erasures(ctx)


async def build(ctx: Context, file_id: str) -> None:
    """Make a family file."""
    await build_family_file(ctx, file_id)


async def tend(ctx: Context) -> None:
    """Every minute: what is due, and what was left."""
    await carry_out_erasures(ctx)
    await tend_family_files(ctx)
