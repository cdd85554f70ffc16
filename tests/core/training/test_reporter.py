import dataclasses
import itertools

import numpy as np
import pytest

from mnist_core.training import compiled_loop
from mnist_core.training.train import train
from tests.core.training.trainings import SMALL_CONFIG


@pytest.fixture(scope="module")
def reports(small_dataset):
    """Every progress of 3 epochs with 17 batches, the last smaller, and the history by then."""
    reports = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(compiled_loop, "_CHUNK_SECONDS", 0.0)  # report after each batch
        train(
            dataclasses.replace(SMALL_CONFIG, batch_size=12),
            small_dataset,
            on_progress=lambda progress, history: reports.append(
                (progress, {name: list(values) for name, values in history.items()})
            ),
        )
    return reports


class TestProgress:
    def test_the_share_grows_to_one(self, reports):
        shares = [progress.share for progress, _ in reports]

        assert len(shares) > 20
        assert shares[0] > 0
        assert all(share < later for share, later in itertools.pairwise(shares))
        assert shares[-1] == 1

    def test_epochs_and_batches_are_counted_from_one_to_the_last(self, reports):
        last, _ = reports[-1]

        assert {(progress.n_epochs, progress.n_batches) for progress, _ in reports} == {(3, 17)}
        assert {progress.epoch for progress, _ in reports} == {1, 2, 3}
        assert {progress.batch for progress, _ in reports} <= set(range(1, 18))
        assert (last.epoch, last.batch) == (3, 17)

    def test_the_time_left_ends_at_zero(self, reports):
        left = [progress.eta_seconds for progress, _ in reports]

        assert min(left[:-1]) > 0
        assert left[-1] == 0
        assert all(progress.images_per_second > 0 for progress, _ in reports)

    def test_after_an_epoch_the_time_left_is_that_of_whole_epochs(self, small_dataset):
        reports = []
        outcome = train(
            SMALL_CONFIG,
            small_dataset,
            on_progress=lambda progress, _history: reports.append(progress),
        )

        ends = [progress for progress in reports if progress.batch == progress.n_batches]
        assert [progress.eta_seconds for progress in ends] == [
            pytest.approx(n_left * seconds)
            for n_left, seconds in zip((2, 1, 0), outcome.epoch_seconds, strict=True)
        ]

    def test_the_history_grows_with_every_finished_epoch(self, reports):
        _, whole = reports[-1]

        assert {len(values) for values in whole.values()} == {3}
        for progress, history in reports:
            n_finished = progress.epoch if progress.batch == 17 else progress.epoch - 1
            expected = {name: values[:n_finished] for name, values in whole.items()}
            assert history == (expected if n_finished else {})

    def test_the_curve_only_ever_grows(self, reports):
        curves = [progress.curve for progress, _ in reports]

        for curve, later in itertools.pairwise(curves):
            assert later[: len(curve)] == curve

    def test_the_curve_averages_to_the_history_of_each_epoch(self, reports):
        progress, history = reports[-1]
        ends = np.array([end for end, _, _ in progress.curve])
        widths = np.diff(ends, prepend=0.0)
        losses = np.array([loss for _, loss, _ in progress.curve])
        accuracies = np.array([accuracy for _, _, accuracy in progress.curve])

        assert min(widths) > 0
        for epoch in range(3):
            part = (ends > epoch) & (ends <= epoch + 1)
            assert part.sum() > 2
            assert widths[part].sum() == pytest.approx(1)
            assert widths[part] @ losses[part] == pytest.approx(history["loss"][epoch])
            assert widths[part] @ accuracies[part] == pytest.approx(history["accuracy"][epoch])

    def test_a_long_training_keeps_its_curve_short(self, small_dataset, monkeypatch):
        monkeypatch.setattr(compiled_loop, "_CHUNK_SECONDS", 0.0)  # report after each batch
        curves = []
        config = dataclasses.replace(SMALL_CONFIG, layers=(), batch_size=10, epochs=200)

        train(config, small_dataset, on_progress=lambda progress, _: curves.append(progress.curve))

        assert 200 <= len(curves[-1]) <= 800
