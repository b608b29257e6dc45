"""PNGs for pages of text: a few dozen colours are enough, and take a third of the room."""

import io

from PIL import Image

COLOURS = 64


def small_png(png: bytes) -> bytes:
    """The same picture with a palette. No dithering: flat areas stay flat, and pack well."""
    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    content = io.BytesIO()
    few.save(content, format="png", optimize=True)
    return content.getvalue()
