import dataclasses
import sqlite3

import numpy as np
import pytest

from mnist_core.data.dataset import Dataset, load_dataset
from mnist_core.errors import RunNotFoundError, RunStoreError
from mnist_core.runs.fine_tuning import mix
from mnist_core.runs.run import RunStatus
from mnist_core.settings.config import Augmentation, HiddenLayer, TrainingConfig
from mnist_core.store.run_store import RunStore
from mnist_core.training import train as training
from mnist_core.workers import machine, worker
from tests.conftest import lose
from tests.core.samples import ANSWERS, DIVERGING_CONFIG
from tests.core.store.conftest import held
from tests.waiting import wait_until

SHORT = TrainingConfig(layers=(HiddenLayer(8),), epochs=2, n_train=100, validation_split=0.2)


@pytest.fixture
def claimed(store):
    """Store a run for this process to train; return its id."""
    return lambda config=SHORT: store.create_claimed(config, name="mine").run_id


def work(store: RunStore, run_id: str) -> None:
    """Do what a worker does with a run that it has taken."""
    worker.run(store.url, held(store, run_id))


@pytest.fixture(autouse=True)
def data_in_memory(monkeypatch, dataset):
    """Spare every worker of these tests the reading of the file."""
    monkeypatch.setattr(worker, "load_dataset", lambda: dataset)


def test_a_run_is_trained_measured_and_stored(store, claimed):
    run_id = claimed()

    work(store, run_id)

    run = store.get(run_id)
    assert (run.status, run.failure) == (RunStatus.FINISHED, None)
    assert set(run.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert len(run.history["loss"]) == len(run.result.epoch_seconds) == 2
    assert sum(run.result.epoch_seconds) <= run.result.total_seconds
    assert run.result.validation_accuracy == pytest.approx(run.history["val_accuracy"][-1])
    assert run.progress.share == 1
    assert run.progress.eta_seconds == 0
    assert store.network(run_id).config == SHORT


def test_the_same_run_twice_gives_the_same_weights(store, claimed):
    first, again = claimed(), claimed()

    work(store, first)
    work(store, again)

    for ours, theirs in zip(
        store.network(first).weights, store.network(again).weights, strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_a_diverging_run_fails_with_its_sentence(store, claimed):
    run_id = claimed(DIVERGING_CONFIG)

    work(store, run_id)

    run = store.get(run_id)
    assert run.status is RunStatus.FAILED
    assert str(run.failure) == "the loss is no longer a number: try a smaller learning rate"
    assert run.result is None


def test_a_damaged_dataset_fails_the_run_with_its_sentence(store, claimed, tmp_path, monkeypatch):
    path = tmp_path / "mnist.npz"
    path.write_text("these are no digits")
    monkeypatch.setattr(worker, "load_dataset", lambda: load_dataset(path))
    run_id = claimed()

    work(store, run_id)

    run = store.get(run_id)
    assert run.status is RunStatus.FAILED
    assert str(run.failure) == f"{path} cannot be read as an npz file: File is not a zip file"


def test_a_bug_is_not_taken_for_an_expected_failure(store, claimed, monkeypatch):
    def buggy():
        raise ZeroDivisionError

    monkeypatch.setattr(worker, "load_dataset", buggy)

    with pytest.raises(ZeroDivisionError):
        work(store, claimed())


def test_a_run_deleted_while_tensorflow_loads_is_not_trained(store, claimed, monkeypatch):
    monkeypatch.setattr(worker, "load_dataset", lambda: pytest.fail("nothing is to be trained"))
    run_id = claimed()
    claim = held(store, run_id)
    store.delete(run_id)

    worker.run(store.url, claim)

    with pytest.raises(RunNotFoundError):
        store.get(run_id)


class TestRunNext:
    def test_the_next_run_is_taken_and_trained(self, store):
        first = store.create(SHORT, name="first").id
        second = store.create(SHORT, name="second").id

        worker.run_next(store.url, "ada")

        assert store.get(first).status is RunStatus.FINISHED
        assert store.get(first).worker == "ada"
        assert store.get(second).status is RunStatus.QUEUED

    def test_where_none_waits_nothing_is_done(self, store):
        worker.run_next(store.url, "ada")

        assert store.list() == []

    def test_a_lost_run_goes_on_from_its_checkpoint_to_the_same_weights(self, store, monkeypatch):
        config = dataclasses.replace(SHORT, epochs=3)
        whole, lost = store.create(config, name="whole").id, store.create(config, name="lost").id
        worker.run_next(store.url, "ada")
        for pause in ("_CHECKPOINT_SECONDS", "_WRITING_SHARE"):
            monkeypatch.setattr(f"mnist_core.training.train.{pause}", 0.0)
        save, saved = RunStore.save_checkpoint, []

        def die_after_two(self, claim, checkpoint):
            saved.append(save(self, claim, checkpoint))
            if len(saved) == 2:
                raise KeyboardInterrupt
            return saved[-1]

        with monkeypatch.context() as patch:
            patch.setattr(RunStore, "save_checkpoint", die_after_two)
            with pytest.raises(KeyboardInterrupt):
                worker.run_next(store.url, "bob")
        store.take_back(held(store, lost), RunStoreError("gone"))

        worker.run_next(store.url, "cid")

        run = store.get(lost)
        assert (run.status, run.failure, run.n_losses) == (RunStatus.FINISHED, None, 1)
        assert run.history["loss"] == store.get(whole).history["loss"]
        for ours, theirs in zip(
            store.network(lost).weights, store.network(whole).weights, strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)


def test_a_run_that_another_worker_has_by_now_is_left_alone(store, monkeypatch):
    monkeypatch.setattr(worker, "load_dataset", lambda: pytest.fail("nothing is to be trained"))
    run_id = store.create(SHORT, name="mine").id
    old_claim = store.claim_next()
    store.take_back(old_claim, RunStoreError("silent"))
    store.claim_next()
    before = store.get(run_id)

    worker.run(store.url, old_claim)

    assert store.get(run_id) == before


def test_a_run_given_up_while_tensorflow_loads_is_not_trained(store, claimed, monkeypatch):
    monkeypatch.setattr(worker, "load_dataset", lambda: pytest.fail("nothing is to be trained"))
    run_id = claimed()
    store.fail(held(store, run_id), RunStoreError("the training process went away"))
    before = store.get(run_id)

    work(store, run_id)

    assert store.get(run_id) == before


def test_a_run_stopped_while_tensorflow_loads_ends_after_its_first_steps(store, claimed):
    run_id = claimed(TrainingConfig(layers=(HiddenLayer(8),), epochs=200))
    store.request_stop(run_id)

    work(store, run_id)

    run = store.get(run_id)
    assert (run.status, run.history) == (RunStatus.STOPPED, {})
    assert run.progress.share < 0.01
    assert store.network(run_id).config.epochs == 200


def test_a_worker_beats_while_it_is_busy(store, claimed, tmp_path, monkeypatch, dataset):
    run_id = claimed()

    def heartbeat() -> float:
        database = sqlite3.connect(tmp_path / "runs.db")
        (beat,) = database.execute(
            "SELECT heartbeat_at FROM runs WHERE id = ?", (run_id,)
        ).fetchone()
        database.close()
        return beat

    def load_slowly() -> Dataset:
        for _ in range(2):
            before = heartbeat()
            wait_until(lambda before=before: heartbeat() > before)
        return dataset

    monkeypatch.setattr("mnist_core.workers.reports._BEAT_SECONDS", 0.01)
    monkeypatch.setattr(worker, "load_dataset", load_slowly)

    work(store, run_id)

    assert store.get(run_id).status is RunStatus.FINISHED


def test_a_finished_run_goes_on_to_what_it_would_have_been_in_one_go(store, claimed):
    whole, parted = claimed(dataclasses.replace(SHORT, epochs=3)), claimed(SHORT)
    for run_id in (whole, parted):
        work(store, run_id)

    store.go_on(parted, n_epochs=1)
    store.claim_next()
    work(store, parted)

    first, second = store.get(whole), store.get(parted)
    assert second.status is RunStatus.FINISHED
    assert second.config == first.config
    assert second.history == first.history
    assert second.result.test_accuracy == first.result.test_accuracy
    assert second.result.total_seconds >= sum(second.result.epoch_seconds)
    for ours, theirs in zip(
        store.network(parted).weights, store.network(whole).weights, strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_a_stopped_run_can_go_on(store, claimed):
    run_id = claimed()
    store.request_stop(run_id)
    work(store, run_id)
    n_done = store.get(run_id).n_epochs_done
    assert store.get(run_id).status is RunStatus.STOPPED

    store.go_on(run_id, n_epochs=2)
    store.claim_next()
    work(store, run_id)

    run = store.get(run_id)
    assert run.status is RunStatus.FINISHED
    assert len(run.history["loss"]) == n_done + 2


def test_early_stopping_says_which_epoch_it_kept(store, claimed):
    run_id = claimed(
        TrainingConfig(
            layers=(HiddenLayer(64),),
            epochs=100,
            n_train=200,
            validation_split=0.2,
            learning_rate=0.01,
            patience=2,
        )
    )

    work(store, run_id)

    run = store.get(run_id)
    losses = run.history["val_loss"]
    assert run.status is RunStatus.FINISHED
    assert len(losses) < 100
    assert run.result.kept_epoch == losses.index(min(losses)) + 1
    assert store.epochs(run_id) == list(range(1, len(losses) + 1))
    assert run.result.validation_accuracy == pytest.approx(
        run.history["val_accuracy"][run.result.kept_epoch - 1]
    )


def test_a_diverging_run_keeps_its_curves_up_to_there(store, claimed):
    run_id = claimed(dataclasses.replace(DIVERGING_CONFIG, learning_rate=0.3, epochs=50))

    work(store, run_id)

    run = store.get(run_id)
    assert run.status is RunStatus.FAILED
    assert run.progress.epoch == 1
    assert all(0 < end < 1 and loss > 0 for end, loss, _ in run.progress.curve)
    assert run.progress.curve
    assert not run.can_go_on


def test_where_there_is_room_for_the_result_alone_the_result_is_kept(store, claimed, monkeypatch):
    def refuse(*_args):
        raise RunStoreError("database or disk is full")

    monkeypatch.setattr(RunStore, "save_checkpoint", refuse)
    run_id = claimed()

    work(store, run_id)

    run = store.get(run_id)
    assert (run.status, run.has_checkpoint) == (RunStatus.FINISHED, False)
    assert store.network(run_id).weights


def test_the_answers_after_every_epoch_are_stored(store, claimed, dataset):
    run_id = claimed()

    work(store, run_id)

    assert store.epochs(run_id) == [1, 2]
    answers = store.network(run_id).probabilities(dataset.test_images)
    last = store.epoch(run_id, 2)
    p_true = answers[np.arange(10_000), dataset.test_labels]
    np.testing.assert_allclose(last.p_true, p_true, rtol=0, atol=1e-4)
    accuracy = last.answers(dataset.test_labels).accuracy
    assert accuracy == pytest.approx(store.get(run_id).result.test_accuracy, abs=1e-4)


def test_a_run_that_goes_on_keeps_its_epochs_and_adds_to_them(store, claimed):
    run_id = claimed()
    work(store, run_id)
    before = store.p_true_by_epoch(run_id)
    store.go_on(run_id, n_epochs=1)
    store.claim_next()

    work(store, run_id)

    after = store.p_true_by_epoch(run_id)
    assert list(after) == [1, 2, 3]
    assert list(before) == [1, 2]
    for epoch, p_true in before.items():
        np.testing.assert_array_equal(after[epoch], p_true)


def test_one_that_starts_again_from_nothing_has_no_later_epochs_of_before(store, claimed):
    run_id = claimed()
    for epoch in (1, 2, 3):
        store.start(held(store, run_id), n_epochs=epoch)
        store.save_epoch(held(store, run_id), epoch, ANSWERS)
    lose(store, held(store, run_id))
    store.go_on(run_id, n_epochs=2)
    store.claim_next()

    work(store, run_id)

    assert store.epochs(run_id) == [1, 2]
    assert len(store.epoch(run_id, 1).y_pred) == 10_000


def test_epochs_that_find_no_room_do_not_end_the_training(store, claimed, monkeypatch):
    def refuse(*_args):
        raise RunStoreError("database or disk is full")

    monkeypatch.setattr(RunStore, "save_epoch", refuse)
    run_id = claimed()

    work(store, run_id)

    run = store.get(run_id)
    assert (run.status, run.failure) == (RunStatus.FINISHED, None)
    assert store.epochs(run_id) == []
    assert store.network(run_id).weights


@pytest.mark.parametrize("validation_split", [0.2, 0.0])
@pytest.mark.parametrize("augmentation", [Augmentation(), Augmentation(elastic=2.0)])
def test_each_part_of_the_data_is_measured_for_itself(
    store, claimed, dataset, validation_split, augmentation
):
    layers = (HiddenLayer(16, dropout=0.5),)
    config = dataclasses.replace(
        SHORT, layers=layers, validation_split=validation_split, augmentation=augmentation
    )
    run_id = claimed(config)

    work(store, run_id)

    result = store.get(run_id).result
    network = store.network(run_id)

    def share_right(images: np.ndarray, labels: np.ndarray) -> float:
        right = network.probabilities(images).argmax(axis=1) == labels
        return pytest.approx(right.mean())

    # Without dropout, and the images as they are.
    images, labels = dataset.train_images[:100], dataset.train_labels[:100]
    n_fit = config.n_fit
    assert result.train_accuracy == share_right(images[:n_fit], labels[:n_fit])
    assert result.test_accuracy == share_right(dataset.test_images, dataset.test_labels)
    if validation_split:
        assert result.validation_accuracy == share_right(images[n_fit:], labels[n_fit:])
    else:
        assert result.validation_accuracy is None


def test_the_time_of_a_run_that_goes_on_only_ever_grows(store, claimed):
    run_id = claimed()
    work(store, run_id)
    before = store.get(run_id).result.total_seconds
    store.go_on(run_id, n_epochs=1)
    store.claim_next()

    work(store, run_id)

    assert store.get(run_id).result.total_seconds > before


class TestFineTuning:
    """A run that begins with another's weights, and learns own digits too."""

    @pytest.fixture
    def own(self, dataset):
        """Test images, as somebody's own."""
        return dataset.test_images[:5], dataset.test_labels[:5]

    @pytest.fixture
    def base(self, store, claimed):
        run_id = claimed()
        work(store, run_id)
        return run_id

    @staticmethod
    def fine_tune(store, base, own, n_epochs=2):
        """Store a fine-tuned run that a worker has taken; return its id."""
        run_id = store.fine_tune(base, *own, n_epochs=n_epochs, name="mine").id
        assert store.claim_next().run_id == run_id
        return run_id

    @staticmethod
    def assert_same_weights(store, one, other):
        for ours, theirs in zip(
            store.network(one).weights, store.network(other).weights, strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)

    def test_it_learns_the_own_digits_and_the_other_run_stays(self, store, base, own):
        before = store.network(base).weights

        run_id = self.fine_tune(store, base, own, n_epochs=30)
        work(store, run_id)

        run = store.get(run_id)
        assert (run.status, run.failure) == (RunStatus.FINISHED, None)
        images, labels = own
        p_own = store.network(run_id).probabilities(images)[range(5), labels]
        p_before = store.network(base).probabilities(images)[range(5), labels]
        assert (p_own > p_before).all()
        for ours, theirs in zip(store.network(base).weights, before, strict=True):
            np.testing.assert_array_equal(ours, theirs)

    def test_the_same_digits_twice_give_the_same_weights(self, store, base, own):
        first, again = (self.fine_tune(store, base, own) for _ in range(2))

        work(store, first)
        work(store, again)

        self.assert_same_weights(store, first, again)

    def test_its_accuracies_are_of_mnist_with_the_own_digits_among_it(
        self, store, base, own, dataset
    ):
        run_id = self.fine_tune(store, base, own)

        work(store, run_id)

        mixed = mix(dataset, SHORT, *own)
        network = store.network(run_id)
        right = network.probabilities(mixed.train_images[:80]).argmax(1) == mixed.train_labels[:80]
        assert store.get(run_id).result.train_accuracy == pytest.approx(right.mean())
        held_back = network.probabilities(dataset.train_images[80:100]).argmax(axis=1)
        right = held_back == dataset.train_labels[80:100]
        assert store.get(run_id).result.validation_accuracy == pytest.approx(right.mean())

    def test_trained_further_it_is_what_it_would_have_been_in_one_go(self, store, base, own):
        whole = self.fine_tune(store, base, own, n_epochs=3)
        parted = self.fine_tune(store, base, own, n_epochs=2)
        for run_id in (whole, parted):
            work(store, run_id)

        store.go_on(parted, n_epochs=1)
        store.claim_next()
        work(store, parted)

        assert store.get(parted).history == store.get(whole).history
        self.assert_same_weights(store, parted, whole)

    def test_interrupted_before_a_checkpoint_it_starts_again_from_the_same_weights(
        self, store, base, own
    ):
        whole, broken = (self.fine_tune(store, base, own) for _ in range(2))
        store.start(held(store, broken))
        lose(store, held(store, broken))
        store.go_on(broken, n_epochs=2)
        store.claim_next()

        for run_id in (whole, broken):
            work(store, run_id)

        self.assert_same_weights(store, broken, whole)

    def test_a_baseline_can_be_fine_tuned_and_still_reads_after_its_first_step(self, store, own):
        run_id = self.fine_tune(store, "mlp-256", own)
        store.request_stop(run_id)

        work(store, run_id)

        run = store.get(run_id)
        assert (run.status, run.n_epochs_done) == (RunStatus.STOPPED, 0)
        assert run.result.test_accuracy > 0.95


def test_a_run_that_the_memory_is_too_small_for_is_refused(monkeypatch, store, claimed):
    monkeypatch.setattr(machine, "available_memory", lambda: 0)
    run_id = claimed()

    work(store, run_id)

    run = store.get(run_id)
    assert run.status == RunStatus.FAILED
    assert "this machine has 0.0 GB left" in str(run.failure)


def test_a_run_that_runs_out_of_memory_says_so_and_the_next_one_trains(monkeypatch, store, claimed):
    def run_out(*arguments: object, **options: object) -> None:
        raise MemoryError

    first, second = claimed(), claimed()
    with monkeypatch.context() as patch:
        patch.setattr(training, "train", run_out)
        work(store, first)

    work(store, second)

    assert store.get(first).status == RunStatus.FAILED
    assert "ran out of memory" in str(store.get(first).failure)
    assert store.get(second).status == RunStatus.FINISHED
