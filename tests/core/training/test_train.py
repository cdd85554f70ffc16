import dataclasses
import math

import numpy as np
import pytest

from mnist_core.data.dataset import Dataset
from mnist_core.errors import (
    InvalidCheckpointError,
    InvalidConfigError,
    InvalidWeightsError,
    TrainingDivergedError,
)
from mnist_core.network.forward import Network
from mnist_core.runs.checkpoint import Checkpoint
from mnist_core.settings.choices import OPTIMIZERS
from mnist_core.settings.config import HiddenLayer
from mnist_core.training import compiled_loop
from mnist_core.training import train as training
from mnist_core.training.keras_model import build_model, weights_of
from mnist_core.training.train import train
from tests.core.samples import DIVERGING_CONFIG
from tests.core.training.trainings import (
    AUGMENTED_CONFIG,
    DROPOUT_CONFIG,
    SMALL_CONFIG,
    assert_same_bits,
)


def test_the_same_seed_gives_the_same_training_to_the_bit_with_dropout(small_dataset):
    first, again = (train(DROPOUT_CONFIG, small_dataset) for _ in range(2))

    assert first.history == again.history
    for ours, theirs in zip(weights_of(first.model), weights_of(again.model), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_another_seed_gives_another_training(small_dataset):
    other = dataclasses.replace(SMALL_CONFIG, seed=1)

    assert train(SMALL_CONFIG, small_dataset).history != train(other, small_dataset).history


@pytest.mark.parametrize(
    ("optimizer", "activation", "initializer", "loss"),
    [
        ("adam", "relu", "normal", "categorical_crossentropy"),
        ("sgd", "sigmoid", "glorot_uniform", "sparse_categorical_crossentropy"),
        ("rmsprop", "tanh", "he_normal", "categorical_crossentropy"),
        ("adam", "elu", "he_normal", "sparse_categorical_crossentropy"),
    ],
)
def test_the_model_that_is_trained_is_that_of_the_settings(
    optimizer, activation, initializer, loss, small_dataset
):
    config = dataclasses.replace(
        SMALL_CONFIG,
        layers=(HiddenLayer(9, activation, dropout=0.25),),
        optimizer=optimizer,
        initializer=initializer,
        loss=loss,
        learning_rate=0.003,
        l2=0.001,
        epochs=1,
    )

    model = train(config, small_dataset).model

    hidden, dropout, output = model.layers
    assert (hidden.units, dropout.rate, output.units) == (9, 0.25, 10)
    assert hidden.activation.__name__ == activation
    assert {layer.kernel_regularizer.l2 for layer in (hidden, output)} == {0.001}
    names = {"normal": "RandomNormal", "glorot_uniform": "GlorotUniform", "he_normal": "HeNormal"}
    assert type(hidden.kernel_initializer).__name__ == names[initializer]
    optimizers = {"adam": "Adam", "sgd": "SGD", "rmsprop": "RMSprop"}
    assert type(model.optimizer).__name__ == optimizers[optimizer]
    assert float(model.optimizer.learning_rate) == pytest.approx(0.003)
    assert int(model.optimizer.iterations) == config.n_batches
    assert model.loss == loss


class TestGoOn:
    @pytest.mark.parametrize("optimizer", OPTIMIZERS)
    def test_two_epochs_and_one_more_are_three_to_the_bit(self, optimizer, small_dataset):
        config = dataclasses.replace(
            AUGMENTED_CONFIG, optimizer=optimizer, learning_rate_decay=0.1, l2=1e-4
        )
        whole = train(config, small_dataset)
        first = train(dataclasses.replace(config, epochs=2), small_dataset)
        stored = Checkpoint.from_bytes(first.checkpoint.to_bytes())

        rest = train(config, small_dataset, start_from=stored)

        assert_same_bits(rest, whole)
        assert rest.history == whole.history
        assert len(rest.epoch_seconds) == 3
        assert rest.epoch_seconds[:2] == first.epoch_seconds

    def test_one_stopped_within_an_epoch_goes_on_within_it(self, small_dataset, monkeypatch):
        monkeypatch.setattr(compiled_loop, "_CHUNK_SECONDS", 0.0)  # a look at the clock each batch
        whole = train(AUGMENTED_CONFIG, small_dataset)
        places = []

        stopped = train(
            AUGMENTED_CONFIG,
            small_dataset,
            on_progress=lambda progress, _history: places.append((progress.epoch, progress.batch)),
            should_stop=lambda: (2, 7) in places,
        )
        rest = train(AUGMENTED_CONFIG, small_dataset, start_from=stopped.checkpoint)

        assert stopped.was_stopped
        assert stopped.checkpoint.n_epochs == 1
        assert stopped.checkpoint.begun.n_batches == 7
        assert_same_bits(rest, whole)
        assert rest.history == whole.history

    def test_the_curve_and_the_progress_go_on_where_they_ended(self, small_dataset, monkeypatch):
        monkeypatch.setattr(compiled_loop, "_CHUNK_SECONDS", 0.0)
        places = []
        stopped = train(
            SMALL_CONFIG,
            small_dataset,
            on_progress=lambda progress, _history: places.append((progress.epoch, progress.batch)),
            should_stop=lambda: (2, 3) in places,
        )
        reports = []

        rest = train(
            SMALL_CONFIG,
            small_dataset,
            start_from=stopped.checkpoint,
            on_progress=lambda progress, _history: reports.append(progress),
        )

        before = stopped.checkpoint.curve
        after = rest.checkpoint.curve
        assert before
        assert after[: len(before)] == before
        ends = [end for end, _, _ in after]
        assert ends == sorted(set(ends))
        assert ends[-1] == SMALL_CONFIG.epochs
        assert all(progress.share > 3 / 7 * 1 / 3 for progress in reports)
        assert reports[-1].share == 1
        assert reports[-1].eta_seconds == 0

    def test_what_was_handed_out_is_not_changed_by_what_comes_after(self, small_dataset):
        first = train(dataclasses.replace(SMALL_CONFIG, epochs=1), small_dataset)
        content = first.checkpoint.to_bytes()

        train(SMALL_CONFIG, small_dataset, start_from=first.checkpoint)

        assert first.checkpoint.to_bytes() == content

    def test_the_checkpoint_of_another_network_is_refused(self, small_dataset):
        other = train(DROPOUT_CONFIG, small_dataset).checkpoint

        with pytest.raises(InvalidCheckpointError, match=r"belongs to another network$"):
            train(SMALL_CONFIG, small_dataset, start_from=other)

    def test_a_training_can_begin_with_given_weights(self, small_dataset):
        trained = weights_of(train(SMALL_CONFIG, small_dataset).model)

        outcome = train(
            SMALL_CONFIG, small_dataset, start_weights=trained, should_stop=lambda: True
        )

        for ours, theirs in zip(weights_of(outcome.model), trained, strict=True):
            np.testing.assert_array_equal(ours, theirs)

    def test_what_came_after_given_weights_counts_more_than_they(self, small_dataset):
        trained = weights_of(train(SMALL_CONFIG, small_dataset).model)
        first = train(
            dataclasses.replace(SMALL_CONFIG, epochs=1), small_dataset, start_weights=trained
        )
        whole = train(SMALL_CONFIG, small_dataset, start_weights=trained)

        rest = train(
            SMALL_CONFIG, small_dataset, start_from=first.checkpoint, start_weights=trained
        )

        assert_same_bits(rest, whole)

    def test_given_weights_of_another_network_are_refused(self, small_dataset):
        other = weights_of(train(DROPOUT_CONFIG, small_dataset).model)

        with pytest.raises(InvalidWeightsError, match=r"^the weights do not fit the network"):
            train(SMALL_CONFIG, small_dataset, start_weights=other)

    def test_checkpoints_are_offered_after_epochs_when_enough_time_has_gone(
        self, small_dataset, monkeypatch
    ):
        offered: list[Checkpoint] = []
        train(SMALL_CONFIG, small_dataset, on_checkpoint=offered.append)
        assert offered == []  # all was done within seconds

        monkeypatch.setattr(training, "_CHECKPOINT_SECONDS", 0.0)
        monkeypatch.setattr(training, "_WRITING_SHARE", 0.0)
        outcome = train(SMALL_CONFIG, small_dataset, on_checkpoint=offered.append)

        assert [checkpoint.n_epochs for checkpoint in offered] == [1, 2, 3]
        assert [len(checkpoint.history["loss"]) for checkpoint in offered] == [1, 2, 3]
        rest = train(SMALL_CONFIG, small_dataset, start_from=offered[0])
        assert_same_bits(rest, outcome)


def test_what_takes_long_to_write_is_written_seldom(small_dataset, monkeypatch):
    monkeypatch.setattr(training, "_CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(training, "_WRITING_SHARE", math.inf)
    offered = []

    train(SMALL_CONFIG, small_dataset, on_checkpoint=offered.append)

    assert [checkpoint.n_epochs for checkpoint in offered] == [1]


class TestEveryEpoch:
    @pytest.fixture
    def many_test_images(self, dataset):
        """More than are evaluated at once, and the last part smaller."""
        return Dataset(
            train_images=dataset.train_images[:300],
            train_labels=dataset.train_labels[:300],
            test_images=dataset.test_images[:2_100],
            test_labels=dataset.test_labels[:2_100],
        )

    @pytest.mark.parametrize("config", [SMALL_CONFIG, AUGMENTED_CONFIG], ids=["plain", "noisy"])
    def test_the_answers_are_those_of_the_network_after_that_epoch(self, config, many_test_images):
        told = {}

        train(config, many_test_images, on_epoch=told.__setitem__)

        assert list(told) == [1, 2, 3]
        for epoch, answers in told.items():
            model = train(dataclasses.replace(config, epochs=epoch), many_test_images).model
            probabilities = Network(config, weights_of(model)).probabilities(
                many_test_images.test_images
            )
            y_true = many_test_images.test_labels
            assert np.mean(answers.y_pred != probabilities.argmax(axis=1)) <= 1 / 2_100
            np.testing.assert_allclose(answers.confidence, probabilities.max(axis=1), atol=1e-5)
            p_true = probabilities[np.arange(2_100), y_true]
            np.testing.assert_allclose(answers.p_true, p_true, atol=1e-5)

    @pytest.mark.parametrize("validation_split", [0.2, 0.0])
    def test_looking_at_them_changes_no_bit_of_the_training(self, validation_split, small_dataset):
        config = dataclasses.replace(AUGMENTED_CONFIG, validation_split=validation_split)
        unseen = train(config, small_dataset)

        seen = train(config, small_dataset, on_epoch=lambda _epoch, _answers: None)

        assert_same_bits(seen, unseen)
        assert seen.history == unseen.history
        for ours, theirs in zip(
            seen.checkpoint.variables, unseen.checkpoint.variables, strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)

    def test_their_time_is_not_that_of_the_epoch(self, small_dataset, monkeypatch):
        late = [0.0]
        clock, answer = training.time.perf_counter, compiled_loop.CompiledLoop.test_probabilities

        def answer_slowly(loop):
            late[0] += 10_000
            return answer(loop)

        monkeypatch.setattr(training.time, "perf_counter", lambda: clock() + late[0])
        monkeypatch.setattr(compiled_loop.CompiledLoop, "test_probabilities", answer_slowly)

        outcome = train(SMALL_CONFIG, small_dataset, on_epoch=lambda _epoch, _answers: None)

        assert late == [30_000]
        assert max(outcome.epoch_seconds) < 10_000

    def test_nobody_listens_and_nothing_is_answered(self, small_dataset, monkeypatch):
        monkeypatch.setattr(
            compiled_loop.CompiledLoop, "test_probabilities", lambda _loop: pytest.fail("asked")
        )

        train(SMALL_CONFIG, small_dataset)

    def test_one_that_goes_on_counts_from_where_it_was(self, small_dataset):
        first = train(dataclasses.replace(SMALL_CONFIG, epochs=2), small_dataset)
        told = {}

        train(SMALL_CONFIG, small_dataset, start_from=first.checkpoint, on_epoch=told.__setitem__)

        assert list(told) == [3]

    def test_an_epoch_that_was_stopped_has_none(self, small_dataset, monkeypatch):
        monkeypatch.setattr(compiled_loop, "_CHUNK_SECONDS", 0.0)  # a look at the clock each batch
        places, told = [], []

        train(
            SMALL_CONFIG,
            small_dataset,
            on_progress=lambda progress, _history: places.append((progress.epoch, progress.batch)),
            on_epoch=lambda epoch, _answers: told.append(epoch),
            should_stop=lambda: (2, 3) in places,
        )

        assert told == [1]

    def test_weights_that_the_last_step_broke_answer_nothing(self, small_dataset):
        config = dataclasses.replace(
            DIVERGING_CONFIG, learning_rate=5.0, batch_size=200, epochs=4, n_train=200
        )
        told = {}

        with pytest.raises(TrainingDivergedError):
            train(config, small_dataset, on_epoch=told.__setitem__)

        assert 4 not in told
        assert all(np.isfinite(answers.confidence).all() for answers in told.values())


# Two hundred images are soon learned by heart: then the validation loss only rises.
PATIENT_CONFIG = dataclasses.replace(
    SMALL_CONFIG, layers=(HiddenLayer(64),), learning_rate=0.01, epochs=60, patience=3
)


class TestEarlyStopping:
    @pytest.fixture(scope="module")
    @staticmethod
    def outcome(small_dataset):
        return train(PATIENT_CONFIG, small_dataset)

    def test_it_ends_when_the_validation_loss_has_not_fallen_for_so_many_epochs(self, outcome):
        losses = outcome.history["val_loss"]
        best = int(np.argmin(losses)) + 1

        assert len(losses) == best + PATIENT_CONFIG.patience < PATIENT_CONFIG.epochs
        assert not outcome.was_stopped

    def test_the_weights_are_those_of_the_best_epoch(self, outcome, small_dataset):
        best = int(np.argmin(outcome.history["val_loss"])) + 1
        expected = train(
            dataclasses.replace(PATIENT_CONFIG, epochs=best, patience=0), small_dataset
        )

        assert outcome.kept_epoch == best
        assert_same_bits(outcome, expected)

    def test_it_goes_on_from_the_best_epoch_with_new_patience(self, outcome, small_dataset):
        n_before = len(outcome.epoch_seconds)

        rest = train(
            dataclasses.replace(PATIENT_CONFIG, epochs=n_before + 2),
            small_dataset,
            start_from=outcome.checkpoint,
        )

        assert outcome.checkpoint.patience_from == n_before
        for ours, kept in zip(
            weights_of(outcome.model), outcome.checkpoint.variables, strict=False
        ):
            np.testing.assert_array_equal(ours, kept)
        assert len(rest.history["val_loss"]) == n_before + 2

    def test_gone_on_with_in_vain_it_goes_back_to_the_best_epoch_again(
        self, outcome, small_dataset
    ):
        n_before = len(outcome.epoch_seconds)

        rest = train(PATIENT_CONFIG, small_dataset, start_from=outcome.checkpoint)

        losses = rest.history["val_loss"]
        best = int(np.argmin(losses)) + 1
        assert rest.kept_epoch == best
        if best == outcome.kept_epoch:
            assert len(losses) == n_before + PATIENT_CONFIG.patience
            assert_same_bits(rest, outcome)

    @pytest.mark.parametrize("n_before", [1, 2, 3, 4])
    def test_a_pause_changes_nothing(self, outcome, small_dataset, n_before):
        n_whole = len(outcome.epoch_seconds)
        first = train(dataclasses.replace(PATIENT_CONFIG, epochs=n_whole - n_before), small_dataset)
        stored = Checkpoint.from_bytes(first.checkpoint.to_bytes())

        rest = train(PATIENT_CONFIG, small_dataset, start_from=stored)

        assert rest.history == outcome.history
        assert rest.kept_epoch == outcome.kept_epoch
        assert_same_bits(rest, outcome)

    def test_without_validation_images_the_training_loss_is_watched(self, small_dataset):
        # Steps far too small to matter against the noise of dropout.
        config = dataclasses.replace(
            PATIENT_CONFIG,
            layers=(HiddenLayer(16, dropout=0.5),),
            validation_split=0.0,
            optimizer="sgd",
            learning_rate=1e-6,
        )

        outcome = train(config, small_dataset)

        best = int(np.argmin(outcome.history["loss"])) + 1
        assert len(outcome.history["loss"]) == best + config.patience < config.epochs
        assert outcome.kept_epoch == best

    def test_without_patience_every_epoch_is_done(self, small_dataset):
        outcome = train(dataclasses.replace(PATIENT_CONFIG, patience=0), small_dataset)

        assert len(outcome.history["loss"]) == PATIENT_CONFIG.epochs
        assert outcome.kept_epoch is None


class TestStop:
    def test_asked_at_once_the_weights_are_the_initial_ones(self, small_dataset):
        outcome = train(SMALL_CONFIG, small_dataset, should_stop=lambda: True)

        assert outcome.was_stopped
        assert (outcome.history, outcome.epoch_seconds) == ({}, ())
        initial = weights_of(build_model(SMALL_CONFIG))
        for ours, theirs in zip(weights_of(outcome.model), initial, strict=True):
            np.testing.assert_array_equal(ours, theirs)

    def test_asked_in_the_second_epoch_the_first_is_kept(self, small_dataset):
        n_finished = []

        outcome = train(
            SMALL_CONFIG,
            small_dataset,
            on_progress=lambda _progress, history: n_finished.append(len(history.get("loss", ()))),
            should_stop=lambda: 1 in n_finished,
        )

        assert outcome.was_stopped
        assert set(outcome.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
        assert {len(values) for values in outcome.history.values()} == {1}
        assert len(outcome.epoch_seconds) == 1

    def test_asked_after_the_last_batch_the_training_is_whole(self, small_dataset):
        shares = []

        outcome = train(
            SMALL_CONFIG,
            small_dataset,
            on_progress=lambda progress, _history: shares.append(progress.share),
            should_stop=lambda: 1 in shares,
        )

        assert not outcome.was_stopped

    def test_nobody_asks_and_every_epoch_is_done(self, small_dataset):
        outcome = train(SMALL_CONFIG, small_dataset)

        assert not outcome.was_stopped
        assert len(outcome.epoch_seconds) == len(outcome.history["loss"]) == 3
        assert min(outcome.epoch_seconds) > 0


class TestFailure:
    def test_a_loss_that_is_no_number_ends_the_training_there(self, dataset):
        message = "^the loss is no longer a number: try a smaller learning rate$"
        epochs = []

        with pytest.raises(TrainingDivergedError, match=message):
            train(
                dataclasses.replace(DIVERGING_CONFIG, epochs=3),
                dataset,
                on_progress=lambda progress, _history: epochs.append(progress.epoch),
            )

        assert 3 not in epochs

    def test_a_validation_loss_that_is_no_number_ends_the_training_with_its_curve(
        self, small_dataset, monkeypatch
    ):
        monkeypatch.setattr(
            compiled_loop.CompiledLoop,
            "validate",
            lambda _self: {"val_loss": math.nan, "val_accuracy": 0.1},
        )
        reports = []

        with pytest.raises(TrainingDivergedError):
            train(
                SMALL_CONFIG,
                small_dataset,
                on_progress=lambda progress, _history: reports.append(progress),
            )

        assert (reports[-1].epoch, reports[-1].share) == (1, pytest.approx(1 / 3))
        assert reports[-1].curve[-1][0] == 1

    @pytest.mark.parametrize("validation_split", [0.2, 0.0])
    def test_a_network_that_the_last_step_broke_is_not_handed_out(
        self, validation_split, small_dataset
    ):
        # Four huge steps: the loss of the fourth is still a number, what comes after it is not.
        config = dataclasses.replace(
            DIVERGING_CONFIG,
            learning_rate=5.0,
            batch_size=200,
            epochs=4,
            n_train=200,
            validation_split=validation_split,
        )

        with pytest.raises(TrainingDivergedError):
            train(config, small_dataset)

    def test_more_images_than_there_are_cannot_be_trained_on(self, small_dataset):
        config = dataclasses.replace(SMALL_CONFIG, n_train=301)
        message = "^n_train must be at most 300, the number of images there are, got 301$"

        with pytest.raises(InvalidConfigError, match=message):
            train(config, small_dataset)

    def test_all_the_images_there_are_can_be_trained_on(self, small_dataset):
        config = dataclasses.replace(SMALL_CONFIG, n_train=300, epochs=1)

        assert math.isfinite(train(config, small_dataset).history["loss"][0])
