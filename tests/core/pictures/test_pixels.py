"""Making pictures smaller, and their pixels of one kind."""

import numpy as np
import pytest
from PIL import Image

from mnist_core.pictures.pixels import averaged_down, rim, shrink


class TestShrink:
    @pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "CMYK", "P", "1", "I;16"])
    def test_a_large_picture_is_averaged_in_bands_as_it_would_be_as_a_whole(self, mode):
        ramp = np.linspace(0, 255, 3_300).astype(np.uint8)[:, np.newaxis]
        picture = Image.fromarray(np.tile(ramp, (1, 2_500)))
        if mode == "I;16":
            large = Image.fromarray(np.asarray(picture).astype(np.uint16) << 8)
        else:
            large = picture.convert(mode)

        shrunk = shrink(large)

        assert shrunk.mode in ("L", "RGB", "RGBA")
        assert shrunk.size == (776, 1_024)
        expected = picture.resize(shrunk.size, Image.Resampling.BOX)
        if mode == "1":  # dithered: only larger areas are as bright
            shrunk, expected = shrunk.reduce(32), expected.reduce(32)
        np.testing.assert_allclose(
            np.asarray(shrunk.convert("L"), int), np.asarray(expected, int), atol=6
        )

    @pytest.mark.parametrize("top", [1.0, 0.5, 1.001, 2.8, 255.0, 4_095.0])
    def test_floats_are_shares_of_white_or_levels_and_what_is_no_number_is_black(self, top):
        levels = np.linspace(0, top, 300, dtype=np.float32).reshape(15, 20)
        levels[3, 4], levels[0, 0], levels[0, 1] = np.nan, np.inf, -np.inf

        shrunk = np.asarray(shrink(Image.fromarray(levels)))

        brightest = 128 if top == 0.5 else 255
        assert (shrunk[3, 4], shrunk[0, 0], shrunk[0, 1]) == (0, 255, 0)
        assert shrunk[-1, -1] == brightest
        assert abs(int(shrunk[7, 10]) - brightest / 2) <= 1

    @pytest.mark.parametrize("dtype", [np.int32, np.float32])
    def test_levels_that_are_all_below_0_begin_at_the_lowest(self, dtype):
        levels = np.linspace(-300, -45, 256).astype(dtype).reshape(16, 16)

        shrunk = np.asarray(shrink(Image.fromarray(levels)))

        np.testing.assert_allclose(shrunk.ravel(), np.arange(256), atol=1)

    @pytest.mark.parametrize(("level", "expected"), [(np.nan, 0), (-np.inf, 0), (np.inf, 255)])
    def test_without_a_number_all_is_black_or_beyond_white(self, level, expected):
        levels = np.full((8, 8), level, np.float32)

        assert (np.asarray(shrink(Image.fromarray(levels))) == expected).all()

    def test_a_small_picture_keeps_its_size(self):
        assert shrink(Image.new("L", (1_024, 10))).size == (1_024, 10)

    def test_a_very_long_one_keeps_at_least_a_pixel(self):
        assert shrink(Image.new("L", (20_000, 3))).size == (1_024, 1)


def test_the_rim_is_the_outermost_pixels():
    pixels = np.arange(12).reshape(3, 4)

    assert sorted(rim(pixels)) == sorted([0, 1, 2, 3, 8, 9, 10, 11, 0, 4, 8, 3, 7, 11])
    assert rim(np.zeros((3, 4, 3))).shape == (14, 3)


def test_levels_are_averaged_down_to_a_side_and_never_enlarged():
    levels = np.repeat(np.arange(8, dtype=np.float32), 2)[np.newaxis].repeat(4, axis=0)

    assert averaged_down(levels, max_side=8).tolist() == [list(range(8))] * 2
    assert averaged_down(levels, max_side=16) is levels
    assert averaged_down(levels[:1], max_side=2).shape == (1, 2)
