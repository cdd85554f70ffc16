import dataclasses
import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.agreement import AT_MOST_POINTS, METRICS, histories
from mnist_core.data.augmentation import Distorter
from mnist_core.data.dataset import Dataset
from mnist_core.data.preprocessing import normalise
from mnist_core.errors import InvalidCheckpointError
from mnist_core.network.forward import Network
from mnist_core.settings.choices import OPTIMIZERS
from mnist_core.settings.config import Augmentation, HiddenLayer, TrainingConfig
from mnist_core.settings.presets import PRESETS
from mnist_core.training import compiled_loop
from mnist_core.training.compiled_loop import CompiledLoop
from mnist_core.training.keras_model import build_model, weights_of
from mnist_core.training.train import train
from tests.core.training.trainings import (
    AUGMENTED_CONFIG,
    DROPOUT_CONFIG,
    SMALL_CONFIG,
    InOrder,
    assert_same_bits,
    assert_same_training,
    fit_with_keras,
)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_trains_as_keras_does_on_the_same_images_in_the_same_order(preset, dataset):
    config = PRESETS[preset].config
    short = dataclasses.replace(
        config, n_train=min(config.n_train, 2_000), epochs=min(config.epochs, 3)
    )

    ours, theirs = histories(short, dataset)

    assert set(ours) == set(theirs) >= {"loss", METRICS[0]}
    for metric in METRICS:
        np.testing.assert_allclose(
            ours.get(metric, []), theirs.get(metric, []), rtol=0, atol=AT_MOST_POINTS / 100
        )
    # Other masks of the dropout, or another order, would show here first.
    np.testing.assert_allclose(ours["loss"], theirs["loss"], rtol=1e-3)


@pytest.mark.parametrize(
    ("optimizer", "loss"),
    [
        *((optimizer, "sparse_categorical_crossentropy") for optimizer in OPTIMIZERS),
        ("adam", "categorical_crossentropy"),
    ],
)
def test_full_batches_train_exactly_as_keras_does(optimizer, loss, small_dataset):
    config = dataclasses.replace(
        SMALL_CONFIG, optimizer=optimizer, loss=loss, learning_rate=0.01, batch_size=250, epochs=6
    )

    outcome = train(config, small_dataset)

    assert_same_training(outcome, *fit_with_keras(config, small_dataset))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_small_batches_in_the_order_of_keras_train_as_keras_does(
    optimizer, small_dataset, monkeypatch
):
    # 200 images in batches of 32: the last batch has 8, and counts as 8.
    monkeypatch.setattr(compiled_loop.np.random, "default_rng", InOrder)
    config = dataclasses.replace(SMALL_CONFIG, optimizer=optimizer)

    outcome = train(config, small_dataset)

    assert_same_training(outcome, *fit_with_keras(config, small_dataset))


def test_without_validation_there_are_no_validation_values(small_dataset):
    config = dataclasses.replace(SMALL_CONFIG, validation_split=0.0, batch_size=250)

    outcome = train(config, small_dataset)

    assert set(outcome.history) == {"loss", "accuracy"}
    assert_same_training(outcome, *fit_with_keras(config, small_dataset))


def test_a_network_without_hidden_layer_can_be_trained(small_dataset):
    config = dataclasses.replace(SMALL_CONFIG, layers=(), batch_size=250)

    outcome = train(config, small_dataset)

    assert_same_training(outcome, *fit_with_keras(config, small_dataset))


def test_the_l2_penalty_is_that_of_keras(small_dataset):
    config = dataclasses.replace(SMALL_CONFIG, l2=0.01, batch_size=250, epochs=4)

    outcome = train(config, small_dataset)

    assert_same_training(outcome, *fit_with_keras(config, small_dataset))


def test_the_learning_rate_decays_after_every_epoch(small_dataset):
    # A full batch a step, and plain numbers: without momentum a step is rate times gradient.
    config = dataclasses.replace(
        SMALL_CONFIG, batch_size=250, epochs=3, learning_rate=0.01, learning_rate_decay=0.5
    )

    outcome = train(config, small_dataset)

    model = build_model(dataclasses.replace(config))
    x, labels = normalise(small_dataset.train_images), small_dataset.train_labels
    for epoch, rate in enumerate([0.01, 0.005, 0.0025], start=1):
        model.optimizer.learning_rate.assign(rate)
        model.fit(x[: config.n_fit], labels[: config.n_fit], batch_size=250, verbose=0)
        assert config.learning_rate_in(epoch) == rate
    for ours, theirs in zip(weights_of(outcome.model), weights_of(model), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4)


def test_the_images_are_shuffled_anew_in_every_epoch(small_dataset, monkeypatch):
    generators = []

    def make_generator(seed):
        generators.append(InOrder(seed))
        return generators[-1]

    monkeypatch.setattr(compiled_loop.np.random, "default_rng", make_generator)

    train(SMALL_CONFIG, small_dataset)

    assert len({generator.seed for generator in generators}) == SMALL_CONFIG.epochs
    assert {generator.n_shuffled for generator in generators} == {1}


def test_an_epoch_takes_every_image_once(small_dataset):
    # With steps this small the weights stay, so the mean loss of the epoch is that of the start.
    config = dataclasses.replace(SMALL_CONFIG, optimizer="sgd", learning_rate=1e-6, epochs=1)
    n_fit = config.n_fit
    model = build_model(config)
    x, labels = normalise(small_dataset.train_images), small_dataset.train_labels
    expected = model.evaluate(x[:n_fit], labels[:n_fit], verbose=0, return_dict=True)

    history = train(config, small_dataset).history

    assert history["loss"][0] == pytest.approx(expected["loss"], rel=1e-4)
    assert history["accuracy"][0] == pytest.approx(expected["accuracy"], abs=1 / n_fit)


def test_the_last_part_of_the_training_images_is_held_back(dataset):
    # 80 zeros to learn from, then 20 ones that the network never sees.
    zeros = np.flatnonzero(dataset.train_labels == 0)[:80]
    ones = np.flatnonzero(dataset.train_labels == 1)[:20]
    chosen = np.concatenate([zeros, ones])
    part = Dataset(
        train_images=dataset.train_images[chosen],
        train_labels=dataset.train_labels[chosen],
        test_images=dataset.test_images[:1],
        test_labels=dataset.test_labels[:1],
    )

    history = train(dataclasses.replace(SMALL_CONFIG, n_train=100, epochs=5), part).history

    assert history["accuracy"][-1] == 1
    assert history["val_accuracy"][-1] == 0


def test_dropout_is_on_in_training_and_off_in_validation(small_dataset):
    # With steps this small the weights stay, so only dropout can change the loss.
    config = dataclasses.replace(
        SMALL_CONFIG,
        layers=(HiddenLayer(16, dropout=0.9),),
        optimizer="sgd",
        learning_rate=1e-6,
        epochs=1,
    )

    outcome = train(config, small_dataset)

    def loss_without_dropout(part: slice) -> float:
        probabilities = Network(config, weights_of(outcome.model)).probabilities(
            small_dataset.train_images[part]
        )
        labels = small_dataset.train_labels[part]
        return float(-np.log(probabilities[np.arange(len(labels)), labels]).mean())

    known, held_back = slice(config.n_fit), slice(config.n_fit, config.n_train)
    assert outcome.history["val_loss"] == [pytest.approx(loss_without_dropout(held_back), rel=1e-4)]
    assert outcome.history["loss"][0] > loss_without_dropout(known) + 0.1


def test_the_pace_of_the_machine_does_not_change_the_training(small_dataset, monkeypatch):
    usual = train(DROPOUT_CONFIG, small_dataset)
    monkeypatch.setattr(
        compiled_loop, "_CHUNK_SECONDS", 0.0
    )  # a look at the clock after each batch
    slow = train(DROPOUT_CONFIG, small_dataset)

    np.testing.assert_allclose(usual.history["loss"], slow.history["loss"], rtol=1e-12)
    for ours, theirs in zip(weights_of(usual.model), weights_of(slow.model), strict=True):
        np.testing.assert_array_equal(ours, theirs)


class TestAugmentation:
    def test_each_epoch_sees_the_distorted_images_with_their_own_labels(self, small_dataset):
        config = dataclasses.replace(
            SMALL_CONFIG, batch_size=250, augmentation=Augmentation(shift=3, elastic=1.0)
        )
        distorter = Distorter(small_dataset.train_images[: config.n_fit], config.augmentation)
        model = build_model(config)
        losses = []
        for epoch in range(1, config.epochs + 1):
            images = distorter.distort(seed=(config.seed, epoch, 1))
            labels = small_dataset.train_labels[: config.n_fit]
            history = model.fit(normalise(images), labels, batch_size=250, verbose=0).history
            losses += history["loss"]

        outcome = train(config, small_dataset)

        np.testing.assert_allclose(outcome.history["loss"], losses, rtol=1e-3)

    def test_the_part_held_back_is_not_distorted(self, small_dataset):
        # With steps this small the weights stay as they are at the start.
        config = dataclasses.replace(
            SMALL_CONFIG,
            optimizer="sgd",
            learning_rate=1e-6,
            epochs=1,
            augmentation=Augmentation(shift=4, elastic=2.0),
        )
        held_back = slice(config.n_fit, config.n_train)
        expected = build_model(config).evaluate(
            normalise(small_dataset.train_images[held_back]),
            small_dataset.train_labels[held_back],
            verbose=0,
            return_dict=True,
        )

        history = train(config, small_dataset).history

        assert history["val_loss"] == [pytest.approx(expected["loss"], rel=1e-4)]

    def test_the_same_seed_gives_the_same_training_to_the_bit(self, small_dataset):
        first, again = (train(AUGMENTED_CONFIG, small_dataset) for _ in range(2))

        assert first.history == again.history
        assert_same_bits(first, again)


def make_loop(config: TrainingConfig, dataset: Dataset) -> CompiledLoop:
    loop = CompiledLoop(config, build_model(config), dataset)
    loop.prepare_epoch(1)
    return loop


class TestChunks:
    # 250 images in batches of 6: 42 batches, the last of 4.
    CONFIG = dataclasses.replace(SMALL_CONFIG, batch_size=6, validation_split=0.0)

    def run_epoch(self, small_dataset, monkeypatch, seconds):
        """Run an epoch whose chunks take so many seconds each."""
        times = itertools.accumulate(each for second in seconds for each in (1.0, second))
        clock = SimpleNamespace(perf_counter=lambda: next(times))
        monkeypatch.setattr(compiled_loop, "time", clock)
        loop = make_loop(self.CONFIG, small_dataset)
        chunks = [loop.run_chunk(0)]
        while chunks[-1].end < self.CONFIG.n_batches:
            chunks.append(loop.run_chunk(chunks[-1].end))
        return chunks

    def test_a_chunk_is_at_most_twice_as_long_as_the_one_before(self, small_dataset, monkeypatch):
        chunks = self.run_epoch(small_dataset, monkeypatch, itertools.repeat(1e-6))

        assert [chunk.end for chunk in chunks] == [1, 3, 7, 15, 31, 42]
        assert [chunk.n_images for chunk in chunks] == [6, 12, 24, 48, 96, 64]

    def test_a_chunk_is_as_long_as_takes_a_tenth_of_a_second(self, small_dataset, monkeypatch):
        # The fourth, of 8 batches, takes 0.4 s: so a tenth of a second is enough for two.
        seconds = [0.05, 0.05, 0.05, 0.4, *itertools.repeat(0.1, 20)]

        chunks = self.run_epoch(small_dataset, monkeypatch, seconds)

        assert [chunk.end for chunk in chunks][:7] == [1, 3, 7, 15, 17, 19, 21]
        assert [chunk.seconds for chunk in chunks][:5] == pytest.approx([*seconds[:4], 0.1])

    def test_a_chunk_has_a_batch_however_slow(self, small_dataset, monkeypatch):
        chunks = self.run_epoch(small_dataset, monkeypatch, itertools.repeat(60.0))

        assert [chunk.end for chunk in chunks] == list(range(1, 43))
        assert [chunk.n_images for chunk in chunks] == [6] * 41 + [4]

    def test_chunks_add_up_to_the_epoch_whatever_their_length(self, small_dataset, monkeypatch):
        short = self.run_epoch(small_dataset, monkeypatch, itertools.repeat(60.0))
        long = self.run_epoch(small_dataset, monkeypatch, itertools.repeat(1e-6))

        assert sum(chunk.n_images for chunk in short) == self.CONFIG.n_fit
        assert sum(chunk.n_images for chunk in long) == self.CONFIG.n_fit
        assert sum(chunk.n_correct for chunk in short) == sum(chunk.n_correct for chunk in long)
        assert sum(chunk.loss_sum for chunk in short) == pytest.approx(
            sum(chunk.loss_sum for chunk in long)
        )


class TestEvaluation:
    @pytest.mark.parametrize("n_images", [1, 39, 40, 41, 80, 100])
    def test_every_image_is_answered_wherever_a_part_ends(
        self, n_images, small_dataset, monkeypatch
    ):
        monkeypatch.setattr(compiled_loop, "_EVALUATION_BATCH", 40)
        images = small_dataset.test_images[:n_images]
        dataset = dataclasses.replace(
            small_dataset, test_images=images, test_labels=small_dataset.test_labels[:n_images]
        )
        model = build_model(SMALL_CONFIG)

        probabilities = CompiledLoop(SMALL_CONFIG, model, dataset).test_probabilities()

        expected = Network(SMALL_CONFIG, weights_of(model)).probabilities(images)
        assert probabilities.shape == (n_images, 10)
        np.testing.assert_allclose(probabilities, expected, atol=1e-6)

    @pytest.mark.parametrize("size", [1, 49, 50, 51])
    def test_loss_and_accuracy_do_not_depend_on_the_size_of_the_parts(
        self, size, small_dataset, monkeypatch
    ):
        expected = make_loop(SMALL_CONFIG, small_dataset).validate()
        monkeypatch.setattr(compiled_loop, "_EVALUATION_BATCH", size)

        values = make_loop(SMALL_CONFIG, small_dataset).validate()

        assert values == pytest.approx(expected)

    def test_without_a_part_held_back_there_is_nothing_to_validate(self, small_dataset):
        config = dataclasses.replace(SMALL_CONFIG, validation_split=0.0)

        assert make_loop(config, small_dataset).validate() == {}

    def test_the_images_learned_from_are_judged_without_their_distortions(self, small_dataset):
        plain = dataclasses.replace(AUGMENTED_CONFIG, augmentation=Augmentation())

        values = make_loop(AUGMENTED_CONFIG, small_dataset).evaluate_fit()

        assert values == pytest.approx(make_loop(plain, small_dataset).evaluate_fit())


class TestState:
    def test_what_was_handed_out_brings_that_moment_back(self, small_dataset, monkeypatch):
        monkeypatch.setattr(compiled_loop, "_CHUNK_SECONDS", 0.0)  # a batch each
        loop = make_loop(DROPOUT_CONFIG, small_dataset)
        loop.run_chunk(0)
        state = loop.state()
        first = loop.run_chunk(1)
        after = loop.state()

        loop.set_state(state)
        again = loop.run_chunk(1)

        assert (again.end, again.loss_sum, again.n_correct) == (
            first.end,
            first.loss_sum,
            first.n_correct,
        )
        for ours, theirs in zip(loop.state(), after, strict=True):
            np.testing.assert_array_equal(ours, theirs)

    def test_that_of_another_network_is_refused_and_changes_nothing(self, small_dataset):
        loop = make_loop(SMALL_CONFIG, small_dataset)
        before = loop.state()

        with pytest.raises(InvalidCheckpointError, match=r"belongs to another network$"):
            loop.set_state(make_loop(DROPOUT_CONFIG, small_dataset).state())

        for ours, theirs in zip(loop.state(), before, strict=True):
            np.testing.assert_array_equal(ours, theirs)
