"""Arrays as the bytes of an npz file, as the run store keeps them."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


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
        ValueError: The bytes are damaged or of another kind.
    """
    try:
        archive = np.load(io.BytesIO(content), allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("not an npz file")  # noqa: TRY004
        with archive:
            return dict(archive)
    except (OSError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(str(error)) from error
