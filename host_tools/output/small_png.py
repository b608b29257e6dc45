"""PNGs for pages of text: a few dozen colours are enough, and make the file a third as large."""

import io

from PIL import Image

COLOURS = 64


def small_png(png: bytes) -> bytes:
    """The same picture with a palette, without dithering: flat areas stay flat and compress well."""
    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    content = io.BytesIO()
    few.save(content, format="png", optimize=True)
    return content.getvalue()
