"""Digits of one's own: kept, read by a network, learned from."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from mnist_core.errors import RunStoreError
from mnist_core.pictures.steps import Step, to_digit
from mnist_core.runs.run import RunStatus
from mnist_core.store import own_digits
from mnist_core.store.own_digits import OwnDigits
from mnist_core.store.run_store import RunStore
from pages.ui.layout import PAGES
from tests.conftest import PROGRESS, add_fine_tuned, add_finished
from tests.pages.conftest import app_from_file, open_page
from tests.pages.draw.test_draw import draw, seven

PAGE = PAGES["draw"].file

# The visitor's own digits alone; what is drawn stands in the session.
SCRIPT = """
import streamlit as st

from pages.ui import layout
from pages.ui.base import run_choice
from pages.ui.draw import fine_tuning, own_digits


@st.fragment
def show(run):
    with layout.shown_errors():
        if "test.digit" in st.session_state:
            own_digits.offer(st.session_state["test.digit"])
        own_digits.show(run)


with layout.page("draw"):
    run = run_choice.choose()
    show(run)
    fine_tuning.show(run)
"""


@pytest.fixture
def app(app: AppTest, tmp_path: Path) -> AppTest:
    """An app whose pages are all this one."""
    for page in PAGES.values():
        path = tmp_path / "app" / page.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SCRIPT, encoding="utf-8")
    return app_from_file(tmp_path / "app" / "app.py")


@pytest.fixture
def own(store: RunStore):
    own = OwnDigits(store.url, workspace=store.workspace)
    yield own
    own.close()


@pytest.fixture
def images() -> np.ndarray:
    return load_dataset().test_images


@pytest.fixture
def kept(own: OwnDigits, images: np.ndarray) -> OwnDigits:
    """Twenty test images are kept, all of which the included networks read right."""
    labels = load_dataset().test_labels
    for index in range(20):
        own.add(images[index], int(labels[index]))
    return own


def open_with(app: AppTest, digit: np.ndarray) -> AppTest:
    open_page(app, PAGE)
    app.session_state["test.digit"] = digit
    return app.run()


def pictures(app: AppTest) -> list[str]:
    return [element.proto.body for element in app.get("html")]


def texts(app: AppTest) -> str:
    return "\n".join(
        element.value for element in (*app.markdown, *app.caption, *app.info, *app.error)
    )


def metrics(app: AppTest) -> dict[str, tuple[str, str]]:
    """Return the value and the line under it by label."""
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


def keep_some(own: OwnDigits, images: np.ndarray, *, n: int, n_wrong: int) -> None:
    """Keep test images that mlp-512 reads right, some of them with a wrong label."""
    labels = load_dataset().test_labels
    for index in range(n):
        own.add(images[index], (int(labels[index]) + (index < n_wrong)) % 10)


class TestKeeping:
    def test_without_any_the_page_says_what_to_do(self, app: AppTest):
        open_page(app, PAGE)

        assert not app.exception
        assert "under its answer choose which digit it is" in texts(app)
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
        for step in Step:
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
                "about {n} of 100 such samples would have at least as many mistakes: this may",
            ),
            (
                (2, 20),
                "about {n} of 100 such samples would have at least as many mistakes: this may",
            ),
            ((2, 14), "only about {n} of 100 such samples would have at least as many mistakes"),
            ((2, 6), "fewer than one of 100 such samples would have at least as many mistakes"),
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
        assert f"as good on your hand as on MNIST (97.83%), {verdict}" in texts(app)
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
        assert "You have kept no digit yet." in texts(app)

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


class TestFineTuning:
    def test_a_new_run_waits_and_is_followed(self, app: AppTest, kept: OwnDigits, store: RunStore):
        open_page(app, PAGE, run="mlp-512")
        app.number_input(key="own_digits.epochs").set_value(2).run()

        app.button(key="own_digits.fine_tune").click().run()

        (run,) = store.list()
        assert (run.base, run.name, run.config.epochs) == ("mlp-512", "mlp-512 + mine", 2)
        learned = store.fine_tuning(run.id)
        np.testing.assert_array_equal(learned.images, kept.all().to_learn.images)
        np.testing.assert_array_equal(learned.labels, kept.all().to_learn.labels)
        assert not app.exception
        assert len(app.get("progress")) == 1
        assert "own_digits.fine_tune" not in [button.key for button in app.button]

    def test_it_can_be_stopped(self, app: AppTest, kept: OwnDigits, store: RunStore):
        open_page(app, PAGE, run="mlp-512")
        app.button(key="own_digits.fine_tune").click().run()
        (run,) = store.list()
        store.start(run.id)
        store.update_progress(run.id, PROGRESS, {})

        app.button(key="own_digits.stop").click().run()

        assert store.get(run.id).is_stop_requested

    def test_another_network_is_not_held_up_by_it(
        self, app: AppTest, kept: OwnDigits, store: RunStore
    ):
        open_page(app, PAGE, run="mlp-512")
        app.button(key="own_digits.fine_tune").click().run()

        app.selectbox(key="run.choice").set_value("mlp-256").run()

        assert not app.get("progress")
        app.button(key="own_digits.fine_tune").click().run()
        assert [run.base for run in store.list()] == ["mlp-256", "mlp-512"]

    def test_without_a_digit_to_learn_from_it_is_not_offered(
        self, app: AppTest, own: OwnDigits, images: np.ndarray
    ):
        own.add(images[0], 7)
        own.add(images[17], 7)
        own.delete(int(own.all().ids[0]))

        open_page(app, PAGE)

        assert app.button(key="own_digits.fine_tune").disabled

    def test_without_a_digit_for_checking_a_sentence_says_what_is_missing_before_the_start(
        self, app: AppTest, own: OwnDigits, images: np.ndarray
    ):
        own.add(images[0], 7)
        open_page(app, PAGE)
        assert "Nothing is left for checking: keep two of a digit first" in texts(app)

        own.add(images[17], 7)
        app.run()

        assert "Nothing is left for checking" not in texts(app)

    def test_it_learns_from_what_is_kept_when_it_begins(
        self, app: AppTest, kept: OwnDigits, store: RunStore
    ):
        open_page(app, PAGE, run="mlp-512")
        (first, *_) = kept.all().to_learn.ids
        kept.delete(int(first))  # in another window

        app.button(key="own_digits.fine_tune").click().run()

        (run,) = store.list()
        np.testing.assert_array_equal(store.fine_tuning(run.id).images, kept.all().to_learn.images)

    @pytest.mark.parametrize("n_left", [0, 1])
    def test_when_there_is_nothing_left_to_learn_from_a_sentence_says_so(
        self, app: AppTest, kept: OwnDigits, store: RunStore, n_left: int
    ):
        open_page(app, PAGE, run="mlp-512")
        for digit_id in [*kept.all().to_learn.ids, *kept.all().to_check.ids[n_left:]]:
            kept.delete(int(digit_id))

        app.button(key="own_digits.fine_tune").click().run()

        assert not app.exception
        assert [error.value for error in app.error] == [
            "Fine-tuning needs at least one digit, and a label for each of them"
        ]
        assert not store.list()
        app.run()
        assert not app.error

    def test_it_stays_in_sight_when_its_base_is_renamed(
        self, app: AppTest, kept: OwnDigits, store: RunStore
    ):
        base = add_finished(store)
        open_page(app, PAGE, run=base.id)
        app.button(key="own_digits.fine_tune").click().run()

        store.rename(base.id, "other")
        app.run()

        assert len(app.get("progress")) == 1

    def test_it_stays_in_sight_when_all_digits_are_deleted(
        self, app: AppTest, kept: OwnDigits, store: RunStore
    ):
        open_page(app, PAGE, run="mlp-512")
        app.button(key="own_digits.fine_tune").click().run()
        (run,) = store.list()

        app.button(key="own_digits.delete_all").click().run()

        assert len(app.get("progress")) == 1
        app.button(key="own_digits.stop").click().run()
        assert store.get(run.id).is_stop_requested

    def test_a_failure_is_a_sentence_and_it_can_be_tried_again(
        self, app: AppTest, kept: OwnDigits, store: RunStore
    ):
        open_page(app, PAGE, run="mlp-512")
        app.button(key="own_digits.fine_tune").click().run()
        (run,) = store.list()
        store.fail(run.id, RunStoreError("the training process was ended"))

        app.run()

        assert [error.value for error in app.error] == ["The training process was ended"]
        assert not app.button(key="own_digits.fine_tune").disabled

    def test_one_that_is_cancelled_says_so(self, app: AppTest, kept: OwnDigits, store: RunStore):
        run = store.fine_tune(
            "mlp-512", kept.all().images, kept.all().labels, n_epochs=1, name="tuned"
        )
        store.request_stop(run.id)
        assert store.get(run.id).status is RunStatus.STOPPED

        open_page(app, PAGE, run="mlp-512")

        assert "The fine-tuning was ended before its weights were stored." in texts(app)


class TestBeforeAndAfter:
    @pytest.fixture
    def tuned(self, store: RunStore, kept: OwnDigits):
        """Fine-tune mlp-256 on the half to learn from, until it reads a 9 in everything."""
        learn = kept.all().to_learn
        return add_fine_tuned(store, learn.images, learn.labels, favourite=9)

    @staticmethod
    def rows(app: AppTest) -> list[list[str]]:
        (table,) = (text.value for text in app.markdown if text.value.startswith("| "))
        return [line.strip("| ").split(" | ") for line in table.splitlines()][2:]

    def test_each_kind_of_images_is_read_before_and_after(
        self, app: AppTest, tuned, kept: OwnDigits, store: RunStore
    ):
        open_page(app, PAGE, run="mlp-256")

        n_nines = int((load_dataset().test_labels == 9).sum())
        network = store.network("mlp-256")

        def n_right(digits) -> int:
            return int((network.probabilities(digits.images).argmax(1) == digits.labels).sum())

        learn, check = kept.all().to_learn, kept.all().to_check
        (new, n_before, n_after), (learned, *_), (mnist, *accuracies) = self.rows(app)
        assert (new, learned, mnist) == (
            "Your digits that it did not learn from",
            "Your digits that it learned from",
            "MNIST's 10,000 test images",
        )
        assert n_before.startswith(f"{n_right(check)} of {len(check)} (")
        assert n_after.startswith(f"{(check.labels == 9).sum()} of {len(check)} (")
        assert self.rows(app)[1][1].startswith(f"{n_right(learn)} of {len(learn)} (")
        assert accuracies == [
            f"{store.get('mlp-256').result.test_accuracy:.2%}",
            f"{n_nines / 10_000:.2%}",
        ]
        assert "it now reads" in texts(app)

    def test_digits_kept_afterwards_count_among_those_it_did_not_learn_from(
        self, app: AppTest, tuned, kept: OwnDigits, images: np.ndarray
    ):
        n_check = len(kept.all().to_check)
        for index in range(20, 25):
            kept.add(images[index], 9)

        open_page(app, PAGE, run="mlp-256")

        assert f" of {n_check + 5} (" in self.rows(app)[0][2]

    def test_it_stays_in_sight_when_all_digits_are_deleted(
        self, app: AppTest, tuned, kept: OwnDigits
    ):
        kept.delete_all()

        for run_id in ("mlp-256", tuned.id):
            open_page(app, PAGE, run=run_id)
            assert [row[1] == "–" for row in self.rows(app)] == [True, False, False]

    def test_what_its_base_had_learned_from_is_nothing_new_to_it(
        self, app: AppTest, tuned, kept: OwnDigits, store: RunStore, images: np.ndarray
    ):
        """Even when it was deleted, and then kept again for checking."""
        kept.delete_all()
        kept.add(images[20], 9)
        again = add_fine_tuned(
            store, kept.all().to_learn.images, kept.all().to_learn.labels, base=tuned.id
        )
        learned_before = store.fine_tuning(tuned.id).images[0]
        kept.add(learned_before, 9)
        kept.add(images[21], 9)

        open_page(app, PAGE, run=again.id)

        assert metrics(app)["Your digits that it did not learn from"][1].endswith("of 1")
        assert " of 1 (" in self.rows(app)[0][2]

    def test_one_that_was_stopped_early_says_so(
        self, app: AppTest, kept: OwnDigits, store: RunStore
    ):
        learn = kept.all().to_learn
        whole = add_fine_tuned(store, learn.images, learn.labels)
        stopped = add_fine_tuned(store, learn.images, learn.labels, base="mlp-512", n_epochs=4)

        open_page(app, PAGE, run=whole.id)
        assert "ended early" not in texts(app)

        open_page(app, PAGE, run=stopped.id)
        assert "It ended early: of 4 epochs it did 1." in texts(app)

    def test_when_it_learned_from_all_of_them_nothing_is_claimed(
        self, app: AppTest, store: RunStore, own: OwnDigits, images: np.ndarray
    ):
        own.add(images[0], 7)
        add_fine_tuned(store, own.all().images, own.all().labels)

        open_page(app, PAGE, run="mlp-256")

        assert self.rows(app)[0][1:] == ["–", "–"]
        assert "Keep two of each digit" in texts(app)

    def test_the_new_network_is_opened_by_a_click(self, app: AppTest, tuned, kept: OwnDigits):
        open_page(app, PAGE, run="mlp-256")

        app.button(key="own_digits.open").click().run()

        assert app.query_params["run"] == tuned.id
        assert app.selectbox(key="run.choice").value == tuned.id

    def test_of_a_fine_tuned_network_only_new_digits_count(
        self, app: AppTest, tuned, kept: OwnDigits
    ):
        open_page(app, PAGE, run=tuned.id)

        check = kept.all().to_check
        n_right = int((check.labels == 9).sum())
        label = "Your digits that it did not learn from"
        expected = f"{n_right / len(check):.0%}", f"{n_right} of {len(check)}"
        assert metrics(app)[label] == expected
        assert len(self.rows(app)) == 3
        # The matrix counts the same digits as the figure.
        (mine, _mnist) = (each for each in pictures(app) if "Confusion matrix of" in each)
        assert sum(map(int, re.findall(r">(\d+)</td>", mine))) == len(check)
        assert f"**{label}**" in texts(app)
        assert not app.exception


def test_only_to_look_loads_no_workers():
    script = "import sys; import pages.ui.draw.own_digits; print('loky' in sys.modules)"

    printed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout

    assert printed.strip() == "False"
