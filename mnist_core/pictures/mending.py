"""Picture files with small damage: made whole where all that is drawn is there, or nearly all.

Half a picture is not mended: a digit cut in two may look like another.
"""

import io
import itertools
import struct
import zlib
from types import MappingProxyType
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
# The share of a picture's rows that may be missing. A small JPEG loses its last blocks as a whole.
_MAX_MISSING: Final = 0.02
_BLOCK: Final = 16  # px
_MAX_MISSING_BLOCK: Final = 0.1
# Channels of each of PNG's kinds of colour, ISO/IEC 15948, 11.2.2.
_CHANNELS: Final = MappingProxyType({0: 1, 2: 3, 3: 1, 4: 2, 6: 4})
_AS_ABOVE: Final = b"\x02"  # the filter that adds a row to the one before it
_PIECE: Final = 1 << 14  # bytes; they may hold a thousand times as many
_MAX_BYTES: Final = 200_000_000  # of rows: 24.5 megapixels of four channels of 16 bits have less


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


def check(content: bytes) -> None:
    """Check that what a PNG is drawn from is as it was written; its decoder does not look.

    Raises:
        ValueError: It is not.
    """
    if not content.startswith(_PNG):
        return
    is_right = dict.fromkeys(_DRAWN, True)
    chunks = _chunks(content)
    for kind, data, checksum in chunks:
        is_cut_off = len(checksum) < 4
        is_right[kind] &= is_cut_off or checksum == _checksum(kind, data)
    is_right[b"IDAT"] = is_right[b"IDAT"] or _is_whole(_data(chunks))
    if not all(is_right[kind] for kind in (b"IHDR", b"PLTE", b"tRNS", b"IDAT")):
        raise ValueError("a checksum is wrong")


def _chunks(content: bytes) -> list[tuple[bytes, bytes, bytes]]:
    """Return kind, data and checksum of each chunk that a PNG is drawn from."""
    chunks, place = [], len(_PNG)
    while place + 8 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind, end = content[place + 4 : place + 8], place + 8 + length
        if kind in _DRAWN:
            chunks.append((kind, content[place + 8 : end], content[end : end + 4]))
        place = end + 4
    return chunks


def _checksum(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(kind + data))


def _data(chunks: list[tuple[bytes, bytes, bytes]]) -> bytes:
    return b"".join(data for kind, data, _ in chunks if kind == b"IDAT")


def _mend_png(content: bytes) -> bytes:
    """Keep only what is drawn, and end the rows and the file."""
    chunks = _chunks(content)
    header = next((data for kind, data, _ in chunks if kind == b"IHDR"), b"")
    kept = [(kind, data) for kind, data, _ in chunks if kind not in (b"IDAT", b"IEND")]
    kept += [(b"IDAT", _ended_rows(header, _data(chunks))), (b"IEND", b"")]
    return _PNG + b"".join(
        struct.pack(">I", len(data)) + kind + data + _checksum(kind, data) for kind, data in kept
    )


def _is_whole(data: bytes) -> bool:
    """Tell whether compressed data agree with the checksum of their own, at their end."""
    decompressor, n_bytes = zlib.decompressobj(), 0
    try:
        for start in range(0, len(data), _PIECE):
            n_bytes += len(decompressor.decompress(data[start : start + _PIECE]))
            if n_bytes > _MAX_BYTES:
                return False
    except zlib.error:
        return False
    return decompressor.eof


def _ended_rows(header: bytes, data: bytes) -> bytes:
    """Repeat the last row that a PNG's data hold where few are missing; else leave the data."""
    if len(header) != 13 or header[9] not in _CHANNELS or header[12]:  # the last is interlacing
        return data
    width, height, n_bits = struct.unpack(">IIB", header[:9])
    row_bytes = 1 + (width * n_bits * _CHANNELS[header[9]] + 7) // 8
    if height * row_bytes > _MAX_BYTES:
        return data
    decompressor, compressor = zlib.decompressobj(), zlib.compressobj(level=1)
    packed, rest, n_rows = [], b"", 0
    try:
        for start in range(0, len(data), _PIECE):
            rest += decompressor.decompress(data[start : start + _PIECE])
            whole = len(rest) // row_bytes
            packed.append(compressor.compress(rest[: whole * row_bytes]))
            rest, n_rows = rest[whole * row_bytes :], n_rows + whole
            if n_rows >= height:  # whatever follows, which may be without end
                return data
    except zlib.error:
        return data
    n_missing = height - n_rows
    if n_missing > _MAX_MISSING * height:
        return data
    packed.append(compressor.compress((_AS_ABOVE + bytes(row_bytes - 1)) * n_missing))
    return b"".join([*packed, compressor.flush()])


def _mend_jpeg(content: bytes) -> bytes | None:
    """End the file, if the rows that this leaves blank are few."""
    ended = content + _JPEG_END
    first, second = map(_in_grey, (ended, content + _OTHER_DATA + _JPEG_END))
    is_same = [np.array_equal(*rows) for rows in zip(first, second, strict=True)]
    n_drawn = sum(1 for _ in itertools.takewhile(bool, is_same))
    n_rows = len(is_same)
    n_allowed = max(_MAX_MISSING * n_rows, min(_BLOCK, _MAX_MISSING_BLOCK * n_rows))
    return ended if n_drawn >= n_rows - n_allowed else None


def _in_grey(content: bytes) -> Grey:
    """Decode a JPEG in as little memory as shows its rows."""
    picture = Image.open(io.BytesIO(content), formats=("JPEG",))
    picture.draft("L", (MAX_SIDE, MAX_SIDE))
    return np.asarray(picture)
