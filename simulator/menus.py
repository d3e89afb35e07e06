"""What WeChat checks when a menu is set. Pure."""

from typing import Any

from simulator.answers import Refusal

TYPES_WITH_KEY = {
    "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album",
    "pic_weixin", "location_select",
}  # fmt: skip
TOP_NAME_BYTES, SUB_NAME_BYTES = 16, 60
KEY_BYTES, URL_BYTES = 128, 1024


def check_menu(raw: bytes, menu: dict[str, Any]) -> None:
    """Check a menu as menu/create does.

    Args:
        raw: the body as it was sent; a `\\u` escape in it is refused like WeChat does.
        menu: the same, parsed.

    Raises:
        Refusal: 40033, or the code of the first thing that is too many, too long or missing.
    """
    if b"\\u" in raw:
        raise Refusal(40033)
    buttons = menu.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refusal(40016)
    for button in buttons:
        _check_name(button, TOP_NAME_BYTES, 40018)
        subs = button.get("sub_button")
        if not subs:
            _check_act(button, (40017, 40019, 40020))
            continue
        if not isinstance(subs, list) or len(subs) > 5:
            raise Refusal(40023)
        for sub in subs:
            _check_name(sub, SUB_NAME_BYTES, 40025)
            _check_act(sub, (40024, 40026, 40027))


def _check_name(button: Any, limit: int, code: int) -> None:
    name = button.get("name") if isinstance(button, dict) else None
    if not isinstance(name, str) or not 0 < len(name.encode()) <= limit:
        raise Refusal(code)


def _check_act(button: dict[str, Any], codes: tuple[int, int, int]) -> None:
    bad_type, bad_key, bad_url = codes
    kind = button.get("type")
    if kind in TYPES_WITH_KEY:
        key = button.get("key")
        if not isinstance(key, str) or not 0 < len(key.encode()) <= KEY_BYTES:
            raise Refusal(bad_key)
    elif kind in {"view", "miniprogram"}:
        url = button.get("url")
        if not isinstance(url, str) or not 0 < len(url.encode()) <= URL_BYTES:
            raise Refusal(bad_url)
        if not url.startswith(("http://", "https://")):
            raise Refusal(bad_url)
    else:
        raise Refusal(bad_type)


def find_button(menu: dict[str, Any] | None, name: str) -> dict[str, Any] | None:
    """A button that can be tapped, by its key, its title or its address."""
    for top in (menu or {}).get("button", []):
        for button in top.get("sub_button") or [top]:
            if name in (button.get("key"), button.get("name"), button.get("url")):
                found: dict[str, Any] = button
                return found
    return None
