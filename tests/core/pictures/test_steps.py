import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist_core.errors import EmptyDrawingError
from mnist_core.pictures.ink import centre, place_in_middle, stroke_width_in_box
from mnist_core.pictures.paper import has_dark_ink
from mnist_core.pictures.steps import (
    ALL_STEPS,
    DrawingSteps,
    Step,
    to_digit,
    to_digit_naively,
)
from mnist_core.store.baselines import BASELINE_SEEDS
from tests.core.samples import (
    black_on_white,
    centre_of_mass,
    on_photographed_paper,
    photographed_paper,
)


def drawn_on(paper: int, ink: int, *, shape: tuple[int, int] = (90, 80)) -> np.ndarray:
    """An L of 40 x 24 px, 6 px thick, its corner at row 50, column 20."""
    grey = np.full(shape, paper, np.uint8)
    grey[10:50, 20:26] = ink
    grey[44:50, 20:44] = ink
    return grey


class TestToDigit:
    def test_each_step_follows_from_the_one_before(self):
        steps = to_digit(Image.fromarray(drawn_on(paper=230, ink=30)))

        np.testing.assert_array_equal(steps.scan.grey, drawn_on(paper=230, ink=30))
        assert steps.scan.is_dark_on_bright
        np.testing.assert_array_equal(steps.bright, 255 - steps.scan.grey)
        np.testing.assert_array_equal(steps.ink, drawn_on(paper=0, ink=255))
        np.testing.assert_array_equal(steps.cropped, steps.ink[10:50, 20:44])
        assert steps.scaled.shape == (20, 12)
        np.testing.assert_array_equal(steps.stroked, steps.scaled)  # 6 of 40 px is usual
        assert steps.stroke_width == stroke_width_in_box(steps.cropped)
        np.testing.assert_array_equal(steps.digit, centre(steps.stroked))

    @pytest.mark.parametrize(
        "grey",
        [
            drawn_on(paper=0, ink=255),
            drawn_on(paper=60, ink=140),
            drawn_on(paper=140, ink=60),
            np.roll(drawn_on(paper=255, ink=0), (25, 30), axis=(0, 1)),
            drawn_on(paper=255, ink=0, shape=(300, 50)),
            drawn_on(paper=255, ink=0).repeat(3, axis=0).repeat(3, axis=1),
        ],
        ids=["bright on dark", "faint", "faint and dark", "moved", "other paper", "three times"],
    )
    def test_colour_place_paper_and_size_do_not_matter(self, grey):
        expected = to_digit(Image.fromarray(drawn_on(paper=255, ink=0))).digit

        np.testing.assert_array_equal(to_digit(Image.fromarray(grey)).digit, expected)

    def test_a_drawing_on_a_transparent_canvas_is_read_like_one_on_paper(self):
        alpha = drawn_on(paper=0, ink=255)
        canvas = np.dstack([np.zeros((*alpha.shape, 3), np.uint8), alpha])

        steps = to_digit(Image.fromarray(canvas))

        expected = to_digit(Image.fromarray(drawn_on(paper=255, ink=0)))
        np.testing.assert_array_equal(steps.digit, expected.digit)

    def test_who_knows_the_paper_can_say_so(self):
        # Ink all along the rim looks like paper to who sees nothing else.
        drawn = drawn_on(paper=0, ink=255)
        framed = np.pad(drawn, 1, constant_values=255)
        assert has_dark_ink(framed)

        told = to_digit(Image.fromarray(framed), is_dark_on_bright=False)

        assert not told.scan.is_dark_on_bright
        np.testing.assert_array_equal(told.alone, np.pad(drawn, 1))

    def test_the_picture_stays_as_it_is(self):
        picture = Image.fromarray(drawn_on(paper=255, ink=0))

        to_digit(picture)
        to_digit_naively(picture)

        np.testing.assert_array_equal(np.asarray(picture), drawn_on(paper=255, ink=0))

    @pytest.mark.parametrize(
        "picture",
        [
            Image.new("L", (280, 280), 255),
            Image.new("L", (280, 280), 0),
            Image.new("L", (1, 1), 128),
            Image.new("RGBA", (280, 280), (0, 0, 0, 0)),
            Image.linear_gradient("L").point(lambda level: level // 16),
        ],
        ids=["white", "black", "one pixel", "transparent", "shadow"],
    )
    def test_an_empty_picture_asks_for_a_digit(self, picture):
        with pytest.raises(EmptyDrawingError, match=r"^no digit was found: the ink needs more"):
            to_digit(picture)

    def test_a_dot_asks_for_a_larger_digit(self):
        picture = Image.new("L", (280, 280), 255)
        picture.paste(0, (100, 100, 105, 105))

        with pytest.raises(EmptyDrawingError, match=r"^that is only a dot: draw a larger digit$"):
            to_digit(picture)

    def test_digits_have_the_size_and_the_centre_that_mnist_gives_them(self, dataset):
        for image in dataset.test_images[:200]:
            digit = to_digit(black_on_white(image)).digit

            rows, columns = np.nonzero(digit)
            assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
            assert centre_of_mass(digit) == pytest.approx((14, 14), abs=0.51)

    @pytest.mark.parametrize("slug", BASELINE_SEEDS)
    def test_mnist_drawn_on_paper_loses_at_most_0_3_points(
        self, slug, redrawn_digits, baseline_networks, dataset
    ):
        def accuracy(images: np.ndarray) -> float:
            answers = baseline_networks[slug].probabilities(images).argmax(axis=1)
            return float(np.mean(answers == dataset.test_labels))

        assert accuracy(redrawn_digits) >= accuracy(dataset.test_images) - 0.003

    def test_mnist_on_photographed_paper_loses_few(self, baseline_networks, dataset):
        images, labels = dataset.test_images[:200], dataset.test_labels[:200]
        photographed = [
            to_digit(on_photographed_paper(image, seed=seed)) for seed, image in enumerate(images)
        ]

        assert all(steps.scan.is_dark_on_bright for steps in photographed)
        digits = np.stack([steps.digit for steps in photographed])
        answers = baseline_networks["best-mlp"].probabilities(digits).argmax(axis=1)
        assert np.mean(answers == labels) >= 0.98


@pytest.fixture(scope="module")
def redrawn_digits(dataset) -> np.ndarray:
    """The test images, drawn dark on bright at 280 px and read back."""
    return np.stack([to_digit(black_on_white(image)).digit for image in dataset.test_images])


EMPTY = "^no digit was found: the ink needs more"


class TestNothingDrawn:
    """Nothing blank may become a digit, whichever steps are left out."""

    @pytest.mark.parametrize("left_out", [None, *Step])
    @pytest.mark.parametrize("level", [0, 128, 255])
    def test_one_level_everywhere(self, level, left_out):
        with pytest.raises(EmptyDrawingError, match=EMPTY):
            to_digit(Image.new("L", (280, 280), level), steps=ALL_STEPS - {left_out})

    @pytest.mark.parametrize("is_dark_on_bright", [True, False])
    def test_all_ink(self, is_dark_on_bright):
        picture = Image.new("L", (280, 280), 0 if is_dark_on_bright else 255)

        with pytest.raises(EmptyDrawingError, match=EMPTY):
            to_digit(picture, is_dark_on_bright=is_dark_on_bright)

    @pytest.mark.parametrize("size", [28, 280, 900])
    @pytest.mark.parametrize("seed", range(3))
    def test_a_photo_of_empty_paper(self, size, seed):
        grey = np.clip(photographed_paper(size, seed=seed), 0, 255).astype(np.uint8)

        for paper in (grey, 255 - grey):
            with pytest.raises(EmptyDrawingError):
                to_digit(Image.fromarray(paper))

    @pytest.mark.parametrize("depth", [60, 120, 180])
    def test_a_photo_with_dark_corners(self, depth):
        y, x = np.mgrid[-1:1:200j, -1:1:300j]
        light = np.cos(np.arctan(np.hypot(x, y) * 0.7)) ** 4  # the law of a lens
        grain = np.random.default_rng(0).normal(0, 3, x.shape)
        grey = 230 - depth * (1 - light) + grain

        with pytest.raises(EmptyDrawingError, match=EMPTY):
            to_digit(Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)))

    @pytest.mark.parametrize("left_out", [None, *Step])
    @pytest.mark.parametrize("radius", [2, 11, 30, 80])
    def test_a_single_dot(self, radius, left_out):
        picture = Image.new("L", (280, 280))
        ImageDraw.Draw(picture).circle((90, 120), radius, fill=255)

        with pytest.raises(EmptyDrawingError, match=r"^that is only a dot: draw a larger digit$"):
            to_digit(picture, steps=ALL_STEPS - {left_out})


class TestSteps:
    def thin(self) -> Image.Image:
        """The L on even grey paper, thin, its weight not in the middle of its box."""
        grey = np.full((90, 80), 200, np.uint8)
        grey[10:50, 20:22] = grey[48:50, 20:44] = 30
        return Image.fromarray(grey)

    def without(self, *left_out: Step) -> DrawingSteps:
        return to_digit(self.thin(), steps=ALL_STEPS - set(left_out))

    def test_left_out_each_changes_what_the_network_gets(self):
        digits = {self.without().digit.tobytes()}
        steps = set(Step) - {Step.ALONE}  # it stands alone
        digits |= {self.without(step).digit.tobytes() for step in steps}

        assert len(digits) == 1 + len(steps)

    def test_what_belongs_to_no_digit_is_left_out_at_will(self):
        grey = np.asarray(self.thin()).copy()
        grey[60:62, 10:54] = 30  # a line beneath
        picture = Image.fromarray(grey)

        alone, all_ink = to_digit(picture), to_digit(picture, steps=ALL_STEPS - {Step.ALONE})

        np.testing.assert_array_equal(alone.digit, self.without().digit)
        np.testing.assert_array_equal(alone.ink, all_ink.alone)
        assert alone.ink[60, 30] == 255
        assert alone.alone[60, 30] == 0
        assert all_ink.cropped.shape == (52, 44)
        bare = to_digit(picture, steps=ALL_STEPS - {Step.BACKGROUND})
        assert bare.alone[60, 30] == bare.alone[0, 0] != bare.ink[60, 30]

    def test_not_inverted_everything_is_the_negative(self):
        kept, inverted = self.without(Step.INVERT), self.without()

        assert kept.scan.is_dark_on_bright
        np.testing.assert_array_equal(kept.bright, kept.scan.grey)
        for name in ("ink", "cropped", "scaled", "stroked", "digit"):
            np.testing.assert_array_equal(getattr(kept, name), 255 - getattr(inverted, name))

    def test_bright_ink_needs_no_inverting(self):
        picture = Image.fromarray(255 - np.asarray(self.thin()))

        steps = to_digit(picture, steps=ALL_STEPS - {Step.INVERT})

        np.testing.assert_array_equal(steps.digit, self.without().digit)

    def test_with_its_background_the_picture_is_the_box(self):
        steps = self.without(Step.BACKGROUND)

        np.testing.assert_array_equal(steps.ink, 255 - np.asarray(self.thin()))
        assert steps.cropped.shape == (90, 80)

    def test_not_cropped_the_whole_picture_is_scaled(self):
        steps = self.without(Step.CROP)

        assert steps.cropped.shape == (90, 80)
        assert steps.scaled.shape == (20, 18)

    def test_not_scaled_the_digit_is_as_large_as_in_the_picture(self):
        steps = self.without(Step.SCALE)

        assert steps.scaled.shape[0] == round(28 * 40 / 90)

    def test_strokes_left_as_they_are_stay_thin(self):
        steps = self.without(Step.STROKES)

        np.testing.assert_array_equal(steps.stroked, steps.scaled)
        assert self.without().stroked.sum() > steps.scaled.sum()
        assert steps.stroke_width == self.without().stroke_width < 1.4

    def test_not_centred_the_box_is_in_the_middle(self):
        steps = self.without(Step.CENTRE)

        np.testing.assert_array_equal(steps.digit, place_in_middle(steps.stroked))

    def test_with_none_the_whole_picture_is_squeezed_to_28_pixels(self):
        steps = to_digit(self.thin(), steps=())

        assert steps.digit.shape == (28, 28)
        np.testing.assert_array_equal(steps.cropped, steps.scan.grey)
        assert steps.scaled.shape == (28, 25)


class TestToDigitNaively:
    def test_the_whole_picture_is_squeezed_and_nothing_else(self):
        grey = np.zeros((56, 112), np.uint8)
        grey[:2, :4] = [[0, 100, 200, 100], [100, 0, 50, 250]]  # the mean is 100

        squeezed = to_digit_naively(Image.fromarray(grey))

        assert squeezed.shape == (28, 28)
        assert squeezed.dtype == np.uint8
        assert squeezed[0, 0] == squeezed.sum() == 100

    def test_black_on_white_stays_black_on_white(self, dataset):
        image = dataset.test_images[0]

        np.testing.assert_array_equal(to_digit_naively(black_on_white(image)), 255 - image)

    def test_a_blank_picture_is_no_failure(self):
        assert to_digit_naively(Image.new("L", (280, 280), 255)).min() == 255
