"""Files as a teacher has them on the phone, made here."""

import io
import random

from PIL import ExifTags, Image, ImageDraw


def picture_file(width: int = 1200, height: int = 800) -> bytes:
    """A JPEG of a school yard with trees."""
    image = Image.new("RGB", (width, height), "#bfe3f5")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, height * 0.62, width, height), fill="#8cc98f")
    for number in range(7):
        x = width * (0.08 + number * 0.14)
        pen.rectangle((x - 9, height * 0.5, x + 9, height * 0.68), fill="#8a6b4c")
        pen.ellipse((x - 70, height * 0.26, x + 70, height * 0.56), fill="#4c9a5b")
    pen.ellipse((width * 0.82, 50, width * 0.82 + 110, 160), fill="#ffd35c")
    return _saved(image, "JPEG")


def noisy_picture_file(width: int = 2000, height: int = 1500) -> bytes:
    """A PNG that no compression makes small: some megabytes to upload."""
    return _saved(
        Image.frombytes("RGB", (width, height), random.Random(7).randbytes(width * height * 3)),
        "PNG",
    )


def _saved(image: Image.Image, kind: str) -> bytes:
    content = io.BytesIO()
    image.save(content, kind)
    return content.getvalue()


HEIC_HEAD = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


def phone_picture_file() -> bytes:
    """A photograph as a phone held upright writes it: lying, and saying how to turn it and where it was taken."""
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = 6
    notes.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (39.0, 54.0, 0.0)
    content = io.BytesIO()
    Image.new("RGB", (300, 200), "#4c9a5b").save(content, "JPEG", quality=1, exif=notes)
    return content.getvalue()


def pdf_file(pages: int = 1) -> bytes:
    """A PDF with a white page or more."""
    first, *more = [Image.new("RGB", (300, 420), "white") for _ in range(pages)]
    content = io.BytesIO()
    first.save(content, "PDF", save_all=True, append_images=more)
    return content.getvalue()
