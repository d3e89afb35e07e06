"""Codes of the mini-program (小程序码), refused as WeChat refuses them; the picture is a QR, which a test can read."""

import io
import re
from typing import Any
from urllib.parse import urlencode

import qrcode

from simulator.answers import Refusal
from simulator.world import World

_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")
_WIDTHS = range(280, 1281)


def draw_mini_code(world: World, body: dict[str, Any]) -> bytes:
    """The picture of a code that opens `page` with `scene`.

    Raises:
        Refusal: 40129 for a scene that is none, 40097 for a page or width that is none, 41030 for a
            page that is not released (none is) unless `check_path` is false.
    """
    scene, page = body.get("scene"), body.get("page", "")
    if not isinstance(scene, str) or not _SCENE.fullmatch(scene):
        raise Refusal(40129)
    if not isinstance(page, str) or page.startswith("/") or "?" in page:
        raise Refusal(40097)
    if body.get("width", 430) not in _WIDTHS:
        raise Refusal(40097)
    if body.get("check_path", True) is not False and page:
        raise Refusal(41030)
    code = qrcode.QRCode(border=2)
    query = urlencode({"page": page, "scene": scene})
    code.add_data(f"{world.public_url}/simulator/mini?{query}")
    picture = io.BytesIO()
    code.make_image().save(picture, format="PNG")
    return picture.getvalue()
