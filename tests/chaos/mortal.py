"""A web process that dies by its own Nth write, in the middle of a request: `mortal.py N WORDS OF MAIN`; 0: never."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection

import main

# What publishing homework and answering an activity write; a session that is looked at does not count.
_COUNTED = ("homework", "evenings", "notices", "answers", "seats")
_WRITES = ("insert_one", "update_one", "replace_one")


def die_after(last: int) -> None:
    """From now on the process ends with its Nth write to one of these collections, once that is done."""
    count = 0
    for name in _WRITES:
        original = getattr(AsyncIOMotorCollection, name)

        async def write(
            self: Any, *arguments: Any, _original: Any = original, **options: Any
        ) -> Any:
            nonlocal count
            result = await _original(self, *arguments, **options)
            if self.name in _COUNTED:
                count += 1
                if count == last:
                    os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(AsyncIOMotorCollection, name, write)


if __name__ == "__main__":
    if last := int(sys.argv[1]):
        die_after(last)
    sys.exit(main.main(sys.argv[2:]))
