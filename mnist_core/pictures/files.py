"""Reading picture files that anybody may have made, in bounded memory."""

import base64
import io
import re
import struct
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pi_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from mnist_core.errors import InvalidImageError
from mnist_core.i18n import N_
from mnist_core.pictures import mending
from mnist_core.pictures.pixels import MAX_SIDE, shrink

MAX_FILE_BYTES: Final = 10 * 1024 * 1024

# The most pixels of each format: decoding takes at most 215 MB then. Transparent HEIC and lossless
# WebP come close to it; with less, the photos of a telephone could not be read.
MAX_PIXELS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "PNG": 24_500_000,
        "JPEG": 24_500_000,
        "WEBP": 12_200_000,  # its decoder keeps four copies
        "BMP": 24_500_000,
        "DIB": 24_500_000,  # BMP without its first 14 bytes
        "GIF": 24_500_000,
        "HEIF": 24_500_000,
        "AVIF": 12_200_000,  # as WebP's
        "TIFF": 24_500_000,
        "MPO": 24_500_000,  # several JPEGs in one file, as telephones write
    }
)
_OPENED: Final = tuple(name for name in MAX_PIXELS if name != "MPO")  # that is opened as a JPEG
# However many people bring pictures at once, so many are decoded at a time; the others wait. In
# threads for that alone: a thread keeps much of the memory that it has freed for its next use.
_AT_ONCE: Final = 2
_decoders: Final = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="decoder")
_NOTES: Final = ("exif", "xmp")  # where a camera notes how it was held

pi_heif.register_heif_opener()


def read_picture(source: Path | bytes) -> Image.Image:
    """Read a picture file: upright, 8 bits a channel.

    PNG, JPEG, WebP, BMP, GIF, HEIC, AVIF and TIFF are told from their content, whatever the file
    is called. The longer side of the result is at most 1,024 px. Of several frames it is the first.

    Raises:
        InvalidImageError: It cannot be read, or is too large to be safe.
    """
    try:
        content = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise InvalidImageError(
            N_("the file cannot be read: {reason}"), reason=error.strerror
        ) from None
    if len(content) > MAX_FILE_BYTES:
        raise _too_large()
    try:
        return _decoders.submit(_decode_or_mend, content).result()
    except InvalidImageError:
        raise
    except UnidentifiedImageError:
        raise _no_picture() from None
    except Exception as error:  # decoders raise whatever their format's damage leads to
        raise InvalidImageError(N_("the picture is damaged and cannot be read")) from error


def from_base64(text: object) -> bytes:
    """Decode a picture file that a browser sent as base64; it may have sent anything.

    Raises:
        InvalidImageError: It is not base64, or the file is larger than `MAX_FILE_BYTES`.
    """
    if not isinstance(text, str):
        raise _no_picture()
    if 3 * len(text) // 4 > MAX_FILE_BYTES + 2:  # up to two bytes are padding
        raise _too_large()
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise _no_picture() from None


def _decode_or_mend(content: bytes) -> Image.Image:
    mending.check(content)
    try:
        return _decode(content)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(max(MAX_PIXELS.values())) from None
    except InvalidImageError:
        raise
    except Exception as error:
        # Without its frames, which hold on to what was decoded.
        damage = error.with_traceback(None)
    mended = mending.mend(content)
    if mended is None:
        raise damage
    return _decode(mended)


def _decode(content: bytes) -> Image.Image:
    if content[4:8] == b"ftyp":
        _check_item_texts(content)
    picture: Image.Image = Image.open(io.BytesIO(content), formats=_OPENED)
    most = MAX_PIXELS[picture.format or "PNG"]
    if picture.width * picture.height > most:
        raise _too_many_pixels(most)
    picture.draft(None, (MAX_SIDE, MAX_SIDE))  # a JPEG can be decoded at a smaller size
    picture.load()
    shrunk = shrink(picture)
    shrunk.info |= {name: picture.info[name] for name in _NOTES if name in picture.info}
    return _upright(shrunk)


def _check_item_texts(content: bytes) -> None:
    """Check the texts in which a HEIC file tells what it holds.

    pi-heif 1.4 ends the process where they are not UTF-8. Every place that may be an `infe` box is
    checked, so that none is overlooked.

    Raises:
        ValueError: A text is not UTF-8, or a box does not say where it ends.
    """
    for found in re.finditer(b"infe", content):
        name = found.start()
        size = int.from_bytes(content[name - 4 : name])
        if size <= 1:
            raise ValueError("the size of an infe box is left open, or follows in 64 bits")
        has_long_id = content[name + 4 : name + 5] == b"\3"
        kind = name + (14 if has_long_id else 12)
        content[kind : kind + 4].decode()
        content[kind + 4 : name - 4 + size].decode()


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except (struct.error, OSError, SyntaxError, TypeError, ValueError, KeyError, ZeroDivisionError):
        return picture  # the pixels are fine; only the camera's notes are damaged


def _too_many_pixels(most: int) -> InvalidImageError:
    return InvalidImageError(
        N_("the picture has more than {n_megapixels} megapixels; choose a smaller one"),
        n_megapixels=most // 1_000_000,
    )


def _too_large() -> InvalidImageError:
    return InvalidImageError(N_("the picture is larger than 10 MB; choose a smaller one"))


def _no_picture() -> InvalidImageError:
    return InvalidImageError(N_("this is not a picture that can be read; try PNG or JPEG"))
