"""Arrays as the bytes of an npz file, as the run store keeps them."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_core.errors import InvalidWeightsError
from mnist_core.i18n import N_

Array = NDArray[Any]


def pack(arrays: Mapping[str, Array], *, is_compressed: bool = False) -> bytes:
    """Write named arrays as the bytes of an npz file."""
    buffer = io.BytesIO()
    save = np.savez_compressed if is_compressed else np.savez
    save(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, Array]:
    """Read what `pack` wrote, in its order.

    Raises:
        InvalidWeightsError: The bytes are damaged or of another kind.
    """
    try:
        archive = np.load(io.BytesIO(content), allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("not an npz file")  # noqa: TRY004, TRY301
        with archive:
            return dict(archive)
    except (
        OSError,
        EOFError,
        ValueError,
        KeyError,
        RuntimeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise unreadable(error) from error


def unreadable(reason: object) -> InvalidWeightsError:
    """Return the error for stored arrays that are damaged or of another kind."""
    return InvalidWeightsError(N_("the stored weights cannot be read: {reason}"), reason=reason)
