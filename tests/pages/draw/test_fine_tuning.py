"""Learning from one's own digits."""

import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from mnist_core.errors import RunStoreError
from mnist_core.runs.run import RunStatus
from mnist_core.store.own_digits import OwnDigits
from mnist_core.store.run_store import RunStore
from mnist_core.workers import machine
from tests.conftest import PROGRESS, add_fine_tuned, add_finished
from tests.pages.conftest import open_page
from tests.pages.draw.own_digits_app import (
    PAGE,
    metrics,
    own_digits_app,
    pictures,
    texts,
)


@pytest.fixture
def app(app: AppTest, tmp_path: Path) -> AppTest:
    return own_digits_app(tmp_path / "app")


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
        claim = store.claim_next()
        store.start(claim)
        store.update_progress(claim, PROGRESS, {})

        app.button(key="own_digits.stop").click().run()

        assert store.get(run.id).is_stop_requested

    def test_where_the_memory_is_too_small_for_it_that_is_said(
        self, app: AppTest, kept: OwnDigits, store: RunStore, monkeypatch
    ):
        open_page(app, PAGE, run="mlp-512")
        monkeypatch.setattr(machine, "available_memory", lambda: 0)

        app.button(key="own_digits.fine_tune").click().run()

        assert ["this machine has" in error.value for error in app.error] == [True]
        assert not store.list()

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
        assert "None is left for checking. Keep two of the same digit first" in texts(app)

        own.add(images[17], 7)
        app.run()

        assert "None is left for checking" not in texts(app)

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
        store.claim_next()

        app.button(key="own_digits.delete_all").click().run()

        assert len(app.get("progress")) == 1
        app.button(key="own_digits.stop").click().run()
        assert store.get(run.id).is_stop_requested

    def test_a_failure_is_a_sentence_and_it_can_be_tried_again(
        self, app: AppTest, kept: OwnDigits, store: RunStore
    ):
        open_page(app, PAGE, run="mlp-512")
        app.button(key="own_digits.fine_tune").click().run()
        store.fail(store.claim_next(), RunStoreError("the training process was ended"))

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

        assert "The fine-tuning ended before its weights were stored." in texts(app)


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
        assert "It ended early, after 1 of 4 epochs." in texts(app)

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
