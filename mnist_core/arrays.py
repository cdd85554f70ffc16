"""The arrays that travel through the core, and the sizes that never change."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

N_CLASSES: Final = 10  # the digits 0 to 9
IMAGE_SIZE: Final = 28  # pixels on each side
N_INPUTS: Final = IMAGE_SIZE * IMAGE_SIZE
MAX_PIXEL: Final = 255

Images = NDArray[np.uint8]  # (n, 28, 28), 0..255, bright ink
Labels = NDArray[np.uint8]  # (n,), 0..9
Grey = NDArray[np.uint8]  # (height, width), 0..255, a picture of any size
FloatArray = NDArray[np.float32]
