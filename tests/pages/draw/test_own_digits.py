"""Digits of one's own: kept, and read by a network."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom
from streamlit.testing.v1 import AppTest

from mnist_core.errors import RunStoreError
from mnist_core.pictures.steps import Step, to_digit
from mnist_core.store import own_digits
from mnist_core.store.own_digits import OwnDigits
from tests.pages.conftest import app_from_file, open_page
from tests.pages.draw.helpers import draw, seven
from tests.pages.draw.own_digits_app import (
    PAGE,
    keep_some,
    metrics,
    open_with,
    own_digits_app,
    texts,
)


@pytest.fixture
def app(app: AppTest, tmp_path: Path) -> AppTest:
    return own_digits_app(tmp_path / "app")


class TestKeeping:
    def test_without_any_the_page_says_what_to_do(self, app: AppTest):
        open_page(app, PAGE)

        assert not app.exception
        assert "under the network's answer, which digit it is" in texts(app)
        assert "own_digits.fine_tune" not in [button.key for button in app.button]

    def test_a_digit_is_kept_by_saying_which_it_is(
        self, app: AppTest, own: OwnDigits, images: np.ndarray
    ):
        open_with(app, images[0])
        assert app.segmented_control(key="draw.label").value is None

        app.segmented_control(key="draw.label").set_value("7").run()

        assert "✓ Kept as 7; you have 1 digit." in texts(app)
        assert own.label_of(images[0]) == 7
        assert metrics(app)["Your digits"] == ("100%", "1 of 1")

    def test_another_answer_changes_the_label(
        self, app: AppTest, own: OwnDigits, images: np.ndarray
    ):
        open_with(app, images[0])
        app.segmented_control(key="draw.label").set_value("7").run()

        app.segmented_control(key="draw.label").set_value("1").run()

        assert "✓ Kept as 1; you have 1 digit." in texts(app)
        assert metrics(app)["Your digits"] == ("0%", "0 of 1")

    def test_a_second_click_leaves_it_kept(self, app: AppTest, own: OwnDigits, images: np.ndarray):
        open_with(app, images[0])
        app.segmented_control(key="draw.label").set_value("7").run()

        app.segmented_control(key="draw.label").set_value(None).run()

        assert app.segmented_control(key="draw.label").value == "7"
        assert own.label_of(images[0]) == 7

    def test_the_next_digit_is_not_taken_for_the_one_before(
        self, app: AppTest, own: OwnDigits, images: np.ndarray
    ):
        open_with(app, images[0])
        app.segmented_control(key="draw.label").set_value("7").run()

        app.session_state["test.digit"] = images[1]
        app.run()

        assert app.segmented_control(key="draw.label").value is None
        assert own.count() == 1

    def test_when_there_are_too_many_a_sentence_says_so(
        self, app: AppTest, own: OwnDigits, images: np.ndarray, monkeypatch
    ):
        monkeypatch.setattr(own_digits, "MAX_OWN_DIGITS", 0)
        open_with(app, images[0])

        app.segmented_control(key="draw.label").set_value("7").run()

        assert not app.exception
        assert [error.value for error in app.error] == [
            "No more than 0 digits can be kept: delete some first"
        ]
        app.run()
        assert not app.error

    def test_the_digit_that_is_kept_has_all_steps_taken_whatever_is_switched_off(
        self, own: OwnDigits
    ):
        app = app_from_file()
        open_page(app, PAGE)
        drawing = seven("white", "black", "RGBA")
        draw(app, drawing)
        for step in set(Step) - {Step.ALONE}:  # nothing else is on the canvas
            app.toggle(key=f"draw.step.{step}").set_value(False).run()

        app.segmented_control(key="draw.label").set_value("7").run()

        careful = to_digit(drawing, is_dark_on_bright=False).digit
        without = to_digit(drawing, is_dark_on_bright=False, steps=()).digit
        assert (careful != without).any()
        np.testing.assert_array_equal(own.all().images, [careful])


class TestReading:
    def test_their_accuracy_stands_beside_that_on_mnist(
        self, app: AppTest, own: OwnDigits, images: np.ndarray
    ):
        keep_some(own, images, n=20, n_wrong=1)

        open_page(app, PAGE, run="mlp-512")

        assert metrics(app)["Your digits"] == ("95%", "19 of 20")
        assert metrics(app)["MNIST's test images"][0] == "97.83%"
        # The score interval of 19 of 20.
        assert "(20), it reads between 76% and 99% of what you write" in texts(app)

    @pytest.mark.parametrize(
        ("misses", "verdict"),
        [
            # With 6 digits even one miss is nothing rare, though 5 of 6 is far below MNIST's share.
            (
                (1, 6),
                "about {n} in 100 such samples would have at least this many mistakes: this may",
            ),
            (
                (2, 20),
                "about {n} in 100 such samples would have at least this many mistakes: this may",
            ),
            ((2, 14), "only about {n} in 100 such samples would have at least this many mistakes"),
            ((2, 6), "fewer than one in 100 such samples would have at least this many mistakes"),
        ],
    )
    def test_whether_misses_may_be_chance_is_told_by_the_exact_chance_of_so_many(
        self, app: AppTest, own: OwnDigits, images: np.ndarray, misses, verdict: str
    ):
        n_wrong, n = misses
        keep_some(own, images, n=n, n_wrong=n_wrong)

        open_page(app, PAGE, run="mlp-512")

        chance = binom.sf(n_wrong - 1, n, 1 - 0.9783)
        verdict = verdict.format(n=f"{100 * chance:.0f}")
        assert f"read your handwriting as well as MNIST's (97.83%), {verdict}" in texts(app)
        assert texts(app).count("chance") == 1

    def test_without_a_miss_nothing_is_said_of_chance(self, app: AppTest, kept: OwnDigits):
        open_page(app, PAGE, run="mlp-512")

        assert metrics(app)["Your digits"] == ("100%", "20 of 20")
        assert "chance" not in texts(app)

    def test_that_they_are_shared_is_said_before_they_are_kept_and_deleted(
        self, app: AppTest, own: OwnDigits, images: np.ndarray
    ):
        open_page(app, PAGE)
        assert "All visitors of this server share these digits" in texts(app)

        own.add(images[0], 7)
        app.run()

        assert "All visitors of this server share these digits" in texts(app)
        assert "They are then gone for all visitors of this server." in texts(app)

    def test_a_chosen_digit_can_be_deleted(self, app: AppTest, kept: OwnDigits):
        open_page(app, PAGE)
        digit_id = int(kept.all().ids[3])
        app.session_state["mnist.own_digits.chosen"] = digit_id
        app.run()
        assert app.button(key="own_digits.delete").label == "Delete the chosen 0"

        app.button(key="own_digits.delete").click().run()

        assert digit_id not in kept.all().ids
        assert kept.count() == 19
        assert "own_digits.delete" not in [button.key for button in app.button]

    def test_all_can_be_deleted(self, app: AppTest, kept: OwnDigits):
        open_page(app, PAGE)
        assert "This deletes all your 20 digits for good." in texts(app)

        app.button(key="own_digits.delete_all").click().run()

        assert kept.count() == 0
        assert "You have not kept any digits yet." in texts(app)

    def test_a_database_that_fails_is_a_sentence(self, app: AppTest, kept: OwnDigits, monkeypatch):
        def fail(*_args):
            raise RunStoreError("the stored runs cannot be read or written now: it is locked")

        monkeypatch.setattr(OwnDigits, "delete_all", fail)
        open_page(app, PAGE)

        app.button(key="own_digits.delete_all").click().run()

        assert not app.exception
        assert [error.value for error in app.error] == [
            "The stored runs cannot be read or written now: it is locked"
        ]

    @pytest.mark.parametrize("language", ["en", "zh_TW"])
    def test_it_is_shown_in_every_language(self, app: AppTest, kept: OwnDigits, language: str):
        open_page(app, PAGE, lang=language)

        assert not app.exception
        assert not app.error


def test_only_to_look_loads_no_workers():
    script = "import sys; import pages.ui.draw.own_digits; print('loky' in sys.modules)"

    printed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout

    assert printed.strip() == "False"
