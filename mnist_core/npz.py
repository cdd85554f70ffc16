"""Arrays as the bytes of an npz file, as the run store keeps them."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# How a zip file begins, and an empty one.
_BEGINNINGS: Final = (b"PK\x03\x04", b"PK\x05\x06")


def pack(arrays: Mapping[str, Array], *, is_compressed: bool = False) -> bytes:
    """Write named arrays as the bytes of an npz file.

    Args:
        arrays: Name -> array of any shape and plain dtype; none may hold Python objects.
        is_compressed: Whether to take time for fewer bytes.
    """
    buffer = io.BytesIO()
    save = np.savez_compressed if is_compressed else np.savez
    save(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, Array]:
    """Read what `pack` wrote, in its order.

    Only the caller knows what the bytes are of, and says so in an error of its own.

    Raises:
        ValueError: The bytes are damaged or of another kind; the message is a few words.
    """
    # NumPy takes whatever else there is for a pickle, and gives advice about that.
    if not content.startswith(_BEGINNINGS):
        raise ValueError("not an npz file")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = dict(archive)
    except (
        ValueError,
        OSError,
        EOFError,
        KeyError,
        RuntimeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise ValueError("the npz file is damaged") from error
    # NumPy returns the bytes of what is not an array.
    if not all(isinstance(array, np.ndarray) for array in arrays.values()):
        raise ValueError("the npz file holds something else than arrays")
    return arrays
