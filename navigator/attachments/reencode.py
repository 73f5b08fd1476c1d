"""Re-encoding of a picture, as a program of its own: what it reads may be made to break whoever opens it.

`python -I reencode.py FULL SMALL < picture` writes JPEG to these open files, by number, and says the size.
It has bounded memory and seconds, needs nothing of the desk, and ends with 3 where there are too many pixels.
What comes out has the pixels and nothing else: no EXIF, no second frame, nothing behind the end.
"""

import resource
import sys
from typing import BinaryIO

MEMORY = 1_500_000_000
SECONDS = 20
LARGEST_RESULT = 30_000_000
MOST_PIXELS = 40_000_000
"""More than a screenshot of three screens, or a phone's photo of 12 megapixels."""
MOST_PIXELS_OF_JPEG = 120_000_000
"""A JPEG is read in half its size or less: a phone's largest photo has 108 megapixels."""
KEPT_PIXELS = 6_000_000
SMALL = (320, 320)
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
TOO_MANY_PIXELS = 3


def limit() -> None:
    """Bound what a picture can take of this process."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_RESULT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main(full: int, small: int) -> int:
    """Read a picture from the standard input; the exit status."""
    limit()
    return reencode(sys.stdin.buffer, full, small)


def reencode(source: BinaryIO, full: int, small: int) -> int:
    """Make a picture and its thumbnail anew into two open files, and say the size; the exit status."""
    from PIL import Image, ImageOps  # within the limits

    Image.MAX_IMAGE_PIXELS = None  # ours says which is too many
    with Image.open(source, formats=FORMATS) as opened:
        is_jpeg = opened.format in ("JPEG", "MPO")
        if opened.width * opened.height > (MOST_PIXELS_OF_JPEG if is_jpeg else MOST_PIXELS):
            return TOO_MANY_PIXELS
        if is_jpeg and opened.width * opened.height > MOST_PIXELS:
            opened.draft("RGB", (opened.width // 2, opened.height // 2))
        opened.load()  # the first frame alone
        picture = ImageOps.exif_transpose(opened)
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    picture = picture.convert("RGBA" if has_alpha else "RGB")
    flat = Image.new("RGB", picture.size, "white")  # and nothing of what came with the pixels
    flat.paste(picture, mask=picture if has_alpha else None)
    scale = (KEPT_PIXELS / (flat.width * flat.height)) ** 0.5
    if scale < 1:
        flat = flat.resize((max(1, int(flat.width * scale)), max(1, int(flat.height * scale))))
    with open(full, "wb") as file:
        flat.save(file, "JPEG", quality=85, subsampling=0)
    sys.stdout.write(f"{flat.width} {flat.height}\n")
    flat.thumbnail(SMALL)
    with open(small, "wb") as file:
        flat.save(file, "JPEG", quality=75)
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
