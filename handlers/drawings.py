"""QR codes: as lines in a page (sharp at any size and on paper), or as a picture that can be saved."""

from __future__ import annotations

import io
from functools import lru_cache
from glob import glob

import qrcode
from markupsafe import Markup, escape
from PIL import Image, ImageDraw, ImageFont


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


# Where the usual systems keep a font with Chinese signs; the first that is there is taken.
_FONTS = (
    "/usr/share/fonts/**/NotoSansCJK-Regular.tt[cf]",
    "/usr/share/fonts/**/*CJK*Regular*.[to]t[cf]",
    "/usr/share/fonts/**/*CJK*.[to]t[cf]",
    "/usr/share/fonts/**/wqy-*.tt[cf]",
    "/usr/share/fonts/**/DroidSansFallback*.ttf",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/STHeiti Light.ttc",
)
_CARD = 720  # pixels across
_MOST_SIGNS = 18  # on one line under the picture


@lru_cache(maxsize=1)
def chinese_font() -> str:
    """A font file of this system with Chinese signs; empty where there is none."""
    for pattern in _FONTS:
        if found := sorted(glob(pattern, recursive=True)):
            return found[0]
    return ""


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST_SIGNS else text[: _MOST_SIGNS - 1] + "…"


def qr_card_png(address: str, title: str, name: str) -> bytes:
    """The QR with a title and a name under it. Without a font for them the QR stands alone."""
    code = Image.open(io.BytesIO(qr_png(address))).convert("L")
    code = code.resize((_CARD, _CARD), Image.Resampling.NEAREST)
    font = chinese_font()
    lines = [(_shortened(text), size) for text, size in ((title, 38), (name, 30)) if text and font]
    card = Image.new("L", (_CARD, _CARD + 20 + 58 * len(lines)), 255)
    card.paste(code, (0, 0))
    pen = ImageDraw.Draw(card)
    for number, (text, size) in enumerate(lines):
        where = (_CARD / 2, _CARD + 22 + 58 * number)
        pen.text(where, text, fill=0, font=ImageFont.truetype(font, size), anchor="mm")
    picture = io.BytesIO()
    card.save(picture, format="PNG", optimize=True)
    return picture.getvalue()


def qr_card_svg(address: str, title: str, name: str) -> str:
    """The same as lines; the words are drawn by whoever shows it."""
    lines = [(_shortened(text), size) for text, size in ((title, 5.4), (name, 4.3)) if text]
    words = "".join(
        f'<text x="50" y="{105 + 8 * number}" font-size="{size}" text-anchor="middle" '
        f"font-family=\"'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif\">"
        f"{escape(text)}</text>"
        for number, (text, size) in enumerate(lines)
    )
    drawing = str(qr_svg(address)).replace("<svg ", '<svg x="0" y="0" width="100" height="100" ')
    height = 102 + 8 * len(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 {height}" role="img">'
        f'<title>{escape(title)}</title><rect width="100" height="{height}" fill="#fff"/>'
        f"{drawing}{words}</svg>"
    )
