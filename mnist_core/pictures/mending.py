"""Picture files with small damage: made whole where all that is drawn is there, or nearly all.

Half a picture is not mended: a digit cut in two may look like another.
"""

import io
import itertools
import struct
import zlib
from typing import Final

import numpy as np
from PIL import Image

from mnist_core.arrays import Grey
from mnist_core.pictures.pixels import MAX_SIDE

_PNG: Final = b"\x89PNG\r\n\x1a\n"
# What a picture is drawn from, and how it was held; all else is text, colour profiles and times.
_DRAWN: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"eXIf"})
_JPEG, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
# Where data are missing, these are drawn instead; where none are, they are not.
_OTHER_DATA: Final = bytes(range(1, 255)) * 2
_BMP: Final = b"BM"
# The share of a picture's rows that may be missing.
_MAX_MISSING: Final = 0.02


def mend(content: bytes) -> bytes | None:
    """Return a file whose picture can be read, or None where too much is missing.

    Args:
        content: A file that cannot be read as it is.
    """
    if content.startswith(_PNG):
        return _mend_png(content)
    if content.startswith(_JPEG):
        return _mend_jpeg(content)
    if content.startswith(_BMP):  # its rows have no marks in between
        return content + b"\xff" * round(_MAX_MISSING * len(content))
    return None


def _mend_png(content: bytes) -> bytes:
    """Keep only what is drawn, with new checksums, and end the file."""
    chunks, place = [], len(_PNG)
    while place + 8 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind = content[place + 4 : place + 8]
        if kind in _DRAWN:
            chunks.append((kind, content[place + 8 : place + 8 + length]))
        place += length + 12
    if not chunks or chunks[-1][0] != b"IEND":
        chunks.append((b"IEND", b""))
    return _PNG + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _mend_jpeg(content: bytes) -> bytes | None:
    """End the file, if the rows that this leaves blank are few."""
    ended = content + _JPEG_END
    first, second = map(_in_grey, (ended, content + _OTHER_DATA + _JPEG_END))
    is_same = [np.array_equal(*rows) for rows in zip(first, second, strict=True)]
    n_drawn = sum(1 for _ in itertools.takewhile(bool, is_same))
    return ended if n_drawn >= (1 - _MAX_MISSING) * len(is_same) else None


def _in_grey(content: bytes) -> Grey:
    """Decode a JPEG in as little memory as shows its rows."""
    picture = Image.open(io.BytesIO(content), formats=("JPEG",))
    picture.draft("L", (MAX_SIDE, MAX_SIDE))
    return np.asarray(picture)
