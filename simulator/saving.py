"""A world kept in a JSON file, so that a demo started again still knows who follows and the chats.

The file is replaced in one step: a process that dies while writing leaves the old one.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from simulator.world import Scene, User, Window, World

VERSION = 1


def save(world: World, path: Path) -> None:
    """Write people, chats, menu, QR codes and tokens to a file."""
    data = {
        "version": VERSION,
        "app_id": world.account.app_id,
        "last_id": world.last_id,
        "menu": world.menu,
        "scenes": [asdict(scene) for url, scene in world.scenes.items() if url == scene.url],
        "tokens": world.tokens.to_json(),
        "users": [asdict(user) for user in world.users.values()],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    os.replace(draft, path)


def load(world: World, path: Path) -> bool:
    """Take over a saved file; names, roles and phones stay as the world was made with.

    Returns:
        Whether there was one of this account; a broken file is an error, not a fresh start.
    """
    if not path.exists():
        return False
    data = json.loads(path.read_text(encoding="utf-8"))
    if data["version"] != VERSION or data["app_id"] != world.account.app_id:
        return False
    world.last_id, world.menu = data["last_id"], data["menu"]
    world.tokens.load_json(data["tokens"])
    for item in data["scenes"]:
        scene = Scene(**item)
        world.scenes[scene.url] = world.scenes[scene.ticket] = scene
    for item in data["users"]:
        _load_user(world, item)
    return True


def _load_user(world: World, item: dict[str, Any]) -> None:
    saved = User(**item)
    saved.message_window = Window(**item["message_window"])
    saved.act_window = Window(**item["act_window"])
    made = world.users.pop(saved.key, None)
    if made is not None:
        saved.name, saved.role, saved.note = made.name, made.role, made.note
        saved.show, saved.shelf = made.show, made.shelf
        world.by_openid.pop(made.openid, None)
    world.users[saved.key] = world.by_openid[saved.openid] = saved
