import dataclasses
import itertools

import numpy as np
import pytest

from mnist_core.runs.progress import CurvePoint, History, Progress
from mnist_core.settings.config import TrainingConfig
from mnist_core.training import compiled_loop
from mnist_core.training.reporter import Reporter
from mnist_core.training.train import train
from tests.core.training.trainings import SMALL_CONFIG

# Ten batches an epoch, the last of 50 images.
TEN_BATCHES = TrainingConfig(n_train=950, batch_size=100, epochs=2)


class Listener:
    """A reporter, and all that it tells."""

    def __init__(
        self,
        config: TrainingConfig = TEN_BATCHES,
        *,
        history: History | None = None,
        curve: tuple[CurvePoint, ...] = (),
        n_batches_before: int = 0,
    ) -> None:
        self.told: list[Progress] = []
        self.reporter = Reporter(
            config,
            lambda progress, _history: self.told.append(progress),
            history=history or {},
            curve=curve,
            n_batches_before=n_batches_before,
        )

    def add(self, n_images: int, *, loss: float = 1.0, share: float = 0.5, seconds: float = 0.1):
        """Take in a chunk whose images have this mean loss, and this share of hits."""
        self.reporter.add(n_images, loss * n_images, round(share * n_images), seconds)

    @property
    def points(self) -> list[CurvePoint]:
        return [pytest.approx(point) for point in self.reporter.curve]


class TestSpeedAndTimeLeft:
    def test_the_first_chunk_is_not_told_since_its_speed_says_nothing(self):
        listener = Listener()

        listener.add(100, seconds=50.0)
        listener.reporter.report(1, 1)
        assert listener.told == []

        listener.add(100, seconds=0.1)
        listener.reporter.report(1, 2)
        (progress,) = listener.told
        assert (progress.epoch, progress.n_epochs) == (1, 2)
        assert (progress.batch, progress.n_batches) == (2, 10)
        assert progress.images_per_second == pytest.approx(1_000)

    def test_an_epoch_of_one_chunk_is_told_nevertheless(self):
        listener = Listener()

        listener.add(950, seconds=0.5)
        listener.reporter.end_epoch(1, {"loss": 1.0}, seconds=0.6)

        (progress,) = listener.told
        assert progress.images_per_second == pytest.approx(1_900)
        assert progress.share == 0.5

    def test_a_change_of_speed_counts_for_a_fifth(self):
        listener = Listener()
        for seconds in (50.0, 0.1, 0.05):
            listener.add(100, seconds=seconds)

        listener.reporter.report(1, 3)

        assert listener.told[-1].images_per_second == pytest.approx(1_000 + 0.2 * 1_000)

    def test_within_the_first_epoch_the_time_left_follows_from_the_speed(self):
        listener = Listener()
        for _ in range(2):
            listener.add(100, seconds=0.1)

        listener.reporter.report(1, 2)

        assert listener.told[-1].eta_seconds == pytest.approx((2 * 950 - 200) / 1_000)

    def test_later_it_follows_from_the_latest_epoch_with_all_that_belongs_to_it(self):
        listener = Listener()
        listener.add(950, seconds=0.5)
        listener.reporter.end_epoch(1, {"loss": 1.0}, seconds=1.9)
        listener.add(475, seconds=0.2)

        listener.reporter.report(2, 5)

        assert [progress.eta_seconds for progress in listener.told] == pytest.approx([1.9, 0.95])

    def test_nobody_listens_and_the_curve_is_kept_all_the_same(self):
        reporter = Reporter(TEN_BATCHES, None, history={}, curve=(), n_batches_before=0)

        reporter.add(950, 1_900.0, 475, 0.5)
        reporter.end_epoch(1, {"loss": 2.0}, 0.5)

        assert reporter.curve == ((1.0, 2.0, 0.5),)
        assert reporter.history == {"loss": [2.0]}


class TestCurve:
    @pytest.mark.parametrize(
        ("n_epochs", "points_per_epoch"), [(1, 20), (30, 20), (31, 19), (60, 10), (200, 3)]
    )
    def test_it_has_twenty_points_an_epoch_but_no_more_than_600(self, n_epochs, points_per_epoch):
        config = TrainingConfig(n_train=20 * 19 * 3, batch_size=1, epochs=n_epochs)
        listener = Listener(config)

        for _ in range(n_epochs * config.n_fit // 3):
            listener.add(3)

        assert len(listener.reporter.curve) == n_epochs * points_per_epoch <= 600

    def test_a_point_is_the_mean_over_the_images_since_the_one_before(self):
        listener = Listener()

        listener.add(10, loss=4.0, share=0.1)  # a point is of 47.5 images or more
        assert listener.points == []
        listener.add(40, loss=1.0, share=0.6)
        listener.add(50, loss=0.5, share=0.7)

        assert listener.points == [(50 / 950, 1.6, 0.5), (100 / 950, 0.5, 0.7)]

    def test_the_few_images_that_end_an_epoch_join_the_point_before(self):
        listener = Listener()

        listener.add(930, loss=1.0, share=0.5)
        listener.add(20, loss=3.0, share=0.5)

        assert listener.points == [(1, (930 * 1.0 + 20 * 3.0) / 950, 0.5)]

    def test_they_join_no_point_of_the_epoch_before(self):
        listener = Listener(TrainingConfig(n_train=100, batch_size=100, epochs=2))
        listener.add(90)
        listener.add(10)
        listener.add(2)  # less than half of the 5 images of a point

        listener.reporter.end()

        assert [end for end, _, _ in listener.reporter.curve] == pytest.approx([0.9, 1, 1.02])

    def test_what_is_pending_is_drawn_when_the_training_ends_early(self):
        listener = Listener()
        listener.add(950)
        listener.add(30, loss=2.0)

        listener.reporter.end()

        assert listener.points == [(1, 1, 475 / 950), (980 / 950, 2.0, 0.5)]
        (progress,) = listener.told
        assert (progress.epoch, progress.batch) == (2, 1)
        assert progress.curve == listener.reporter.curve


class TestGoingOn:
    def test_it_counts_from_the_batches_that_are_done(self):
        before = ((0.5, 2.0, 0.25), (1.0, 1.5, 0.5))
        listener = Listener(curve=before, n_batches_before=13)  # one epoch, and 3 of 10

        listener.add(100, loss=1.0)
        listener.add(100, loss=1.0)
        listener.reporter.report(2, 5)

        assert listener.points == [*before, (1350 / 950, 1.0, 0.5), (1450 / 950, 1.0, 0.5)]
        assert listener.told[-1].eta_seconds == pytest.approx((1_900 - 1_450) / 1_000)

    def test_the_history_it_was_given_is_left_as_it_was(self):
        given = {"loss": [2.0]}
        listener = Listener(history=given, n_batches_before=10)

        listener.add(950)
        listener.reporter.end_epoch(2, {"loss": 1.0, "val_loss": 1.5}, seconds=1.0)

        assert listener.reporter.history == {"loss": [2.0, 1.0], "val_loss": [1.5]}
        assert given == {"loss": [2.0]}


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
