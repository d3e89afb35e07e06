"""QR codes: as lines in a page (sharp at any size and on paper), or as a picture that can be saved."""

from __future__ import annotations

import io
from functools import lru_cache

import qrcode
from markupsafe import Markup


@lru_cache(maxsize=512)
def qr_svg(address: str) -> Markup:
    """The QR as an SVG to stand in a page; black on nothing, so put it on white."""
    drawing = qrcode.QRCode(border=2)
    drawing.add_data(address)
    matrix = drawing.get_matrix()
    lines = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                lines.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    size = len(matrix)
    return Markup(  # noqa: S704 - numbers alone
        f'<svg viewBox="0 0 {size} {size}" shape-rendering="crispEdges" aria-hidden="true">'
        f'<path d="{"".join(lines)}"/></svg>'
    )


def qr_png(address: str) -> bytes:
    """The QR as a picture."""
    drawing = qrcode.QRCode(border=2, box_size=12)
    drawing.add_data(address)
    picture = io.BytesIO()
    drawing.make_image().save(picture, format="PNG")
    return picture.getvalue()
