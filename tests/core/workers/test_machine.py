import itertools
import time

import loky
import pytest

from mnist_core.errors import TooLargeError
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.workers import machine

_LARGE = TrainingConfig(layers=(HiddenLayer(2_048),) * 4)


def test_a_container_has_what_its_limit_leaves(monkeypatch, tmp_path):
    (tmp_path / "memory.max").write_text("900000\n")
    (tmp_path / "memory.current").write_text("500000\n")
    (tmp_path / "memory.stat").write_text("anon 300000\ninactive_file 150000\n")
    monkeypatch.setattr(machine, "CGROUP", tmp_path)

    assert machine.available_memory() == 550_000


@pytest.mark.parametrize("limit", ["max\n", None])
def test_without_a_limit_the_memory_is_that_of_the_machine(monkeypatch, tmp_path, limit):
    if limit:
        (tmp_path / "memory.max").write_text(limit)
    monkeypatch.setattr(machine, "CGROUP", tmp_path)

    assert machine.available_memory() > 1_000_000


def test_a_network_that_does_not_fit_is_refused(monkeypatch):
    monkeypatch.setattr(machine, "available_memory", lambda: 500_000_000)

    with pytest.raises(TooLargeError, match=r"take 1\.3 GB .* has 0\.5 GB left"):
        machine.check_memory(_LARGE)

    machine.check_memory(TrainingConfig())


def test_the_speed_is_that_of_the_fastest_product_on_every_core(monkeypatch):
    # Neither the first nor the last of a thousand is the fastest: 2 ms, 1 ms, 2 ms, ...
    ticks = itertools.cycle([0.0, 2e-3, 10.0, 10.0 + 1e-3, 20.0, 20.0 + 2e-3])
    monkeypatch.setattr(time, "perf_counter", lambda: next(ticks))
    monkeypatch.setattr(loky, "cpu_count", lambda *, only_physical_cores: 3)

    speed = machine.gigaflops.__wrapped__()

    assert speed == pytest.approx(3 * 2 * 96**3 / 1e-3 / 1e9)
