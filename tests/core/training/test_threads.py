import os
import subprocess
import sys

import pytest

from mnist_core.errors import InvalidEnvironmentError
from mnist_core.training.threads import default_n_threads, n_threads, set_threads

TRAINING = """
import dataclasses, hashlib, json
from mnist_core.data.dataset import load_dataset
from mnist_core.network.forward import Network
from mnist_core.settings.presets import PRESETS
from mnist_core.training.keras_model import weights_of
from mnist_core.training.train import measure, train

config = dataclasses.replace(PRESETS["dropout-256"].config, n_train=1_000, epochs=2)
dataset = load_dataset()
outcome = train(config, dataset)
weights = weights_of(outcome.model)
result = measure(outcome, Network(config, weights), dataset, start=0.0)
content = b"".join(array.tobytes() for array in weights)
print(json.dumps([result.n_threads, hashlib.sha256(content).hexdigest()]))
"""


def train_elsewhere(**environment: str) -> str:
    """Train in a process of its own; return the number of threads and what it came to."""
    process = subprocess.run(
        [sys.executable, "-c", TRAINING],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return process.stdout


def test_the_same_seed_and_number_of_threads_give_the_same_bits_in_any_process():
    first = train_elsewhere(MNIST_THREADS="2", PYTHONHASHSEED="1")
    again = train_elsewhere(MNIST_THREADS="2", PYTHONHASHSEED="2")

    assert first.startswith("[2, ")
    assert again == first
    assert train_elsewhere(MNIST_THREADS="1").startswith("[1, ")


def test_without_a_word_every_processor_works(monkeypatch):
    monkeypatch.delenv("MNIST_THREADS", raising=False)

    assert default_n_threads() == len(os.sched_getaffinity(0))


def test_the_environment_can_say_another_number(monkeypatch):
    monkeypatch.setenv("MNIST_THREADS", "3")

    assert default_n_threads() == 3


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5"])
def test_a_number_that_is_none_is_refused(monkeypatch, value):
    monkeypatch.setenv("MNIST_THREADS", value)

    with pytest.raises(InvalidEnvironmentError, match=r"^MNIST_THREADS must be a whole number"):
        set_threads()


def test_once_tensorflow_works_the_number_stays(monkeypatch):
    import tensorflow as tf

    tf.constant(1.0) + 1.0
    before = n_threads()
    monkeypatch.setenv("MNIST_THREADS", str(before + 5))

    set_threads()

    assert n_threads() == before
