"""How many threads TensorFlow trains with: another number adds in another order, to other bits."""

import os

from mnist_core.errors import InvalidEnvironmentError
from mnist_core.i18n import N_
from mnist_core.training.quiet import silenced_stderr

with silenced_stderr():
    import tensorflow as tf


def default_n_threads() -> int:
    """Return `MNIST_THREADS`, or the number of processors that this process may use.

    Raises:
        InvalidEnvironmentError: It is not a whole number of at least 1.
    """
    value = os.environ.get("MNIST_THREADS")
    if not value:
        has_affinity = hasattr(os, "sched_getaffinity")  # macOS and Windows have not
        return len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1
    if not value.isdecimal() or int(value) < 1:
        raise InvalidEnvironmentError(
            N_("MNIST_THREADS must be a whole number of at least 1, got {value}"), value=value
        )
    return int(value)


def set_threads() -> None:
    """Let TensorFlow use that many, unless it has begun to work: then the number stays.

    Raises:
        InvalidEnvironmentError: `MNIST_THREADS` is no number.
    """
    n_threads = default_n_threads()
    try:
        tf.config.threading.set_intra_op_parallelism_threads(n_threads)
    except RuntimeError:
        return


def n_threads() -> int:
    """Return how many threads TensorFlow uses within an operation."""
    # 0 stands for its own choice, which is the number of processors.
    return tf.config.threading.get_intra_op_parallelism_threads() or os.cpu_count() or 1
