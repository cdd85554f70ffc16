"""What the fuzzing gives to the core: broken files, odd pictures, any choice of steps."""

import dataclasses
import functools
import random
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from mnist_core.data.dataset import load_dataset
from mnist_core.pictures.steps import ALL_STEPS, Step
from tests.core.samples import black_on_white, file_bytes, on_photographed_paper

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_NUMBERS: Final = (0, 1, 2, 3, 7, 9, 16, 255, 256, 4_096, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF)


def _originals() -> list[bytes]:
    """Write small pictures of every format, in the kinds that each has."""
    images = load_dataset().test_images
    small = black_on_white(images[0], 56)
    photo = on_photographed_paper(images[1], 60)
    colour = photo.convert("RGB")
    seen_through = colour.convert("RGBA")
    seen_through.putalpha(Image.fromarray(np.asarray(small.resize((60, 60)))))
    film = {"save_all": True, "append_images": [photo.convert("L").rotate(90)]}
    exif = Image.Exif()
    exif[0x0112] = 6
    deep = Image.fromarray(np.asarray(photo, np.uint16) * 257)
    pictures = {
        "PNG": (small.convert("1"), small, deep, small.convert("LA"), seen_through),
        "JPEG": (small, colour, colour.convert("CMYK")),
        "WEBP": (small, colour, seen_through),
        "BMP": (small.convert("1"), small, small.convert("P"), colour, seen_through),
        "GIF": (small, colour.convert("P")),
        "HEIF": (colour, seen_through),
    }
    return [
        *(
            file_bytes(picture, file_format)
            for file_format, kinds in pictures.items()
            for picture in kinds
        ),
        *(file_bytes(photo, file_format, **film) for file_format in ("PNG", "GIF", "WEBP")),
        *(
            file_bytes(colour, file_format, exif=exif.tobytes())
            for file_format in ("PNG", "JPEG", "WEBP", "HEIF")
        ),
        file_bytes(small.convert("P"), "PNG", transparency=bytes(range(200))),
        file_bytes(colour, "PNG", transparency=(255, 255, 255)),
        file_bytes(colour, "JPEG", progressive=True),
        file_bytes(colour, "WEBP", lossless=True),
    ]


_ORIGINALS: Final = _originals()


@dataclasses.dataclass(frozen=True)
class Edit:
    """A change of a file: so many bytes from a place on give way to others."""

    place: int
    length: int
    others: bytes

    def apply(self, content: bytes) -> bytes:
        place = self.place % (len(content) + 1)
        return content[:place] + self.others + content[place + self.length :]


def _packed(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[bytes]:
    formats = st.sampled_from(["B", "<H", ">H", "<I", ">I"])

    def pack(number: int, layout: str) -> bytes:
        return struct.pack(layout, number % 256 ** struct.calcsize(layout))

    return st.builds(pack, numbers, formats)


def _part(content: bytes, start: int, length: int) -> bytes:
    start %= len(content)
    return content[start : start + length]


_N_SCATTERED: Final = 20
_NEAR_START: Final = 300  # bytes, about as much as a header takes
_PLACES: Final = st.integers(0, _NEAR_START) | st.integers(0, max(map(len, _ORIGINALS)))
_LENGTHS: Final = st.integers(0, 16) | st.integers(0, 4_096)
_EDITS: Final = st.lists(
    st.one_of(
        st.builds(
            lambda place, others: Edit(place, len(others), others),
            _PLACES,
            _packed(st.sampled_from(_NUMBERS)),
        ),
        st.builds(
            Edit,
            _PLACES,
            _LENGTHS,
            st.builds(_part, st.sampled_from(_ORIGINALS), _PLACES, _LENGTHS),
        ),
        st.builds(Edit, _PLACES, st.just(1 << 30), st.just(b"")),
    ),
    max_size=3,
)


def scattered(content: bytes, seed: int) -> Iterator[bytes]:
    """Change from one to three bytes anywhere, most of them near the start; many times."""
    rng = random.Random(seed)
    for _ in range(_N_SCATTERED):
        changed = bytearray(content)
        for _ in range(rng.randint(1, 3)):
            end = rng.choice([_NEAR_START, len(changed)])
            changed[rng.randrange(min(end, len(changed)))] = rng.randrange(256)
        yield rng.choice([bytes, _with_right_checksums])(bytes(changed))


_EDITED: Final = st.builds(
    lambda content, edits: functools.reduce(lambda made, edit: edit.apply(made), edits, content),
    st.sampled_from(_ORIGINALS),
    _EDITS,
)


def _with_right_checksums(content: bytes) -> bytes:
    """Write the checksums of a PNG anew, as far as its chunks can be followed."""
    if not content.startswith(_PNG_SIGNATURE):
        return content
    written = bytearray(content)
    start = len(_PNG_SIGNATURE)
    while start + 12 <= len(content):
        end = start + 8 + int.from_bytes(content[start : start + 4])
        if end + 4 > len(content):
            break
        written[end : end + 4] = zlib.crc32(content[start + 4 : end]).to_bytes(4)
        start = end + 4
    return bytes(written)


# A wrong checksum would end most of it at the door.
EDITED_FILES: Final = _EDITED | st.builds(_with_right_checksums, _EDITED)
FILES: Final = st.sampled_from(_ORIGINALS)
SEEDS: Final = st.integers(0, 2**64 - 1)

# Every mode of Pillow but La, which no file has and Pillow itself hardly knows.
_MODES: Final = (
    "1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "LA", "PA", "RGBX",
    "RGBa", "I;16", "I;16B", "I;16L",
)  # fmt: skip
_SIDES: Final = st.integers(1, 90) | st.sampled_from([255, 256, 1_023, 1_024, 1_025, 2_049, 5_000])
_SIZES: Final = st.tuples(_SIDES, _SIDES).filter(lambda size: size[0] * size[1] <= 1_500_000)


def _tiled(mode: str, size: tuple[int, int], tile: bytes) -> Image.Image:
    """Fill a picture of any mode with the same bytes over and over."""
    n_bytes = len(Image.new(mode, size).tobytes())
    return Image.frombytes(mode, size, (tile * (n_bytes // len(tile) + 1))[:n_bytes])


def _written(
    size: tuple[int, int],
    colours: tuple[int, int],
    lines: Sequence[Sequence[tuple[float, float]]],
    width: int,
    grain: int,
) -> Image.Image:
    """Draw lines, their points as shares of the sides, on paper with grain."""
    paper, ink = colours
    picture = Image.new("L", size, paper)
    pen = ImageDraw.Draw(picture)
    for line in lines:
        pen.line([(x * size[0], y * size[1]) for x, y in line], ink, width, joint="curve")
    noise = np.random.default_rng(grain).normal(0, grain, size[::-1])
    return Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))


_GREYS: Final = st.integers(0, 255)
_SHARES: Final = st.floats(-0.1, 1.1)
_LINES: Final = st.lists(st.tuples(_SHARES, _SHARES), min_size=2, max_size=6)
PICTURES: Final = st.builds(
    _tiled, st.sampled_from(_MODES), _SIZES, st.binary(min_size=1, max_size=600)
) | st.builds(
    _written,
    _SIZES,
    st.tuples(_GREYS, _GREYS),
    st.lists(_LINES, max_size=6),
    st.integers(1, 60),
    st.integers(0, 12),
)
STEPS: Final = st.just(ALL_STEPS) | st.frozensets(st.sampled_from(Step))
IS_DARK_ON_BRIGHT: Final = st.sampled_from([None, True, False])
