"""Running out of memory, told in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from mnist_core.errors import OutOfMemoryError
from mnist_core.i18n import N_
from mnist_core.training.quiet import silenced_stderr

with silenced_stderr():
    import tensorflow as tf


@contextmanager
def shortage_told() -> Iterator[None]:
    """Turn what Python, NumPy and TensorFlow raise without memory into an expected failure.

    Raises:
        OutOfMemoryError: There was not enough.
    """
    try:
        yield
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        raise OutOfMemoryError(
            N_(
                "the training ran out of memory: choose fewer units, fewer layers or a smaller "
                "batch, or close other programs"
            )
        ) from error
