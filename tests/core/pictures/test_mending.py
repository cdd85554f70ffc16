"""Small damage to picture files."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from mnist_core.errors import InvalidImageError
from mnist_core.pictures.files import read_picture
from mnist_core.pictures.mending import mend
from tests.core.samples import black_on_white, file_bytes


@pytest.fixture
def picture(dataset) -> Image.Image:
    return black_on_white(dataset.test_images[0])


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "BMP"])
@pytest.mark.parametrize("n_missing", [1, 2])
def test_the_last_bytes_may_be_missing(file_format, n_missing, picture):
    content = file_bytes(picture, file_format)

    mended = read_picture(content[:-n_missing])

    whole = np.asarray(read_picture(content)).astype(int)
    differs = (np.asarray(mended).astype(int) - whole).any(axis=1)
    assert differs.mean() <= 0.02


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_the_last_rows_of_a_png_may_be_missing(mode):
    noise = np.random.default_rng(0).integers(0, 256, (280, 280), np.uint8)
    shown = Image.fromarray(noise).convert("RGB")
    whole = (shown.convert("I") if mode == "I;16" else shown).convert(mode)
    content = file_bytes(whole)

    mended = read_picture(content[:-26])  # six bytes of its pixels

    expected = np.asarray(read_picture(content)).astype(int)
    differs = (np.asarray(mended).astype(int) != expected).reshape(280, -1).any(axis=1)
    assert differs.mean() <= 0.02


def test_the_rows_of_a_png_that_are_missing_are_as_the_last():
    bars = Image.fromarray(np.tile(np.arange(200, dtype=np.uint8), (100, 1)))
    header, rows = bytearray(13), bytes(1) + bytes(range(200))
    header[:10] = struct.pack(">IIBB", 200, 100, 8, 0)
    chunks = [(b"IHDR", bytes(header)), (b"IDAT", zlib.compress(rows * 98))]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )

    cut_off = content[:-9]  # the last checksum of the file, that of the data, and a byte of them

    np.testing.assert_array_equal(np.asarray(read_picture(cut_off)), np.asarray(bars))


def test_a_small_jpeg_may_lack_its_last_blocks(picture):
    small = picture.resize((96, 96))
    content = file_bytes(small, "JPEG")

    mended = np.asarray(read_picture(content[:-6])).astype(int)

    whole = np.asarray(read_picture(content)).astype(int)
    assert np.abs(mended - whole).max(axis=1)[:-10].max() <= 8


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "BMP"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_larger_part_may_not(file_format, share, picture):
    content = file_bytes(picture, file_format)

    with pytest.raises(InvalidImageError, match="damaged and cannot be read"):
        read_picture(content[: round(share * len(content))])


@pytest.mark.parametrize("mode", ["L", "P"])
def test_a_png_whose_pixels_were_changed_is_refused_rather_than_read_wrongly(mode, picture):
    content = file_bytes(picture.convert(mode))
    kinds = [b"IDAT", b"PLTE"] if mode == "P" else [b"IDAT"]
    places = [content.index(kind) + offset for kind in kinds for offset in range(10, 200, 7)]
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 16
        with pytest.raises(InvalidImageError, match="damaged and cannot be read"):
            read_picture(bytes(changed))


def test_where_only_the_checksum_of_the_pixels_is_wrong_they_are_read(picture):
    content = bytearray(file_bytes(picture))
    end = content.index(b"IEND") - 8  # the checksum before the length of the next chunk
    content[end] ^= 255

    np.testing.assert_array_equal(
        np.asarray(read_picture(bytes(content))), np.asarray(read_picture(file_bytes(picture)))
    )


def with_text(**text: str) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    for name, value in text.items():
        info.add_text(name, value, zip=len(value) > 100)
    return info


def test_a_long_text_in_a_png_costs_nothing(picture):
    content = file_bytes(picture, pnginfo=with_text(story="x" * 3_000_000))

    np.testing.assert_array_equal(np.asarray(read_picture(content)), np.asarray(picture))


def test_a_long_colour_profile_in_a_png_costs_nothing(picture):
    content = file_bytes(picture, icc_profile=b"x" * 3_000_000)

    np.testing.assert_array_equal(np.asarray(read_picture(content)), np.asarray(picture))


def test_a_wrong_checksum_beside_the_pixels_costs_nothing(picture):
    content = file_bytes(picture, pnginfo=with_text(title="seven"))
    damaged = content.replace(b"seven", b"eight")

    np.testing.assert_array_equal(np.asarray(read_picture(damaged)), np.asarray(picture))


def test_what_is_neither_is_not_mended():
    assert mend(b"GIF89a and no more") is None
