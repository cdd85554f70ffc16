import pytest
import tensorflow as tf

from mnist_core.errors import OutOfMemoryError
from mnist_core.training.memory import shortage_told


@pytest.mark.parametrize(
    "error", [MemoryError(), tf.errors.ResourceExhaustedError(None, None, "no room")]
)
def test_a_shortage_is_told_in_a_sentence(error):
    with pytest.raises(OutOfMemoryError, match="fewer units"), shortage_told():
        raise error
