"""Reading QR codes off pictures, as a phone's camera does."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image


def read_codes(picture: Image.Image | bytes) -> list[str]:
    """What the QR codes of a picture say, from top to bottom, each row from left to right."""
    image = Image.open(io.BytesIO(picture)) if isinstance(picture, bytes) else picture
    found = zxingcpp.read_barcodes(
        image.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    rows = sorted(
        found, key=lambda code: (round(code.position.top_left.y, -1), code.position.top_left.x)
    )
    return [code.text for code in rows]
