"""MNIST as it is shipped with the app: load, verify, never touch the network."""

import hashlib
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import IMAGE_SIZE, Images, Labels
from mnist_core.errors import DatasetError
from mnist_core.i18n import N_

Split = Literal["train", "test"]

DATA_DIRECTORY: Final = Path(__file__).parent

# Shape and SHA-256 of each array's bytes in C order. Every unaltered copy of MNIST has them.
_ARRAYS: Final = MappingProxyType(
    {
        "x_train": (
            (60_000, IMAGE_SIZE, IMAGE_SIZE),
            "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
        ),
        "y_train": (
            (60_000,),
            "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
        ),
        "x_test": (
            (10_000, IMAGE_SIZE, IMAGE_SIZE),
            "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
        ),
        "y_test": (
            (10_000,),
            "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
        ),
    }
)


_UNREADABLE: Final = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Training and test images with their labels; every array is read-only.

    Attributes:
        train_images: uint8, shape (n, 28, 28), 0 (paper) to 255 (ink).
        train_labels: uint8, shape (n,), digits 0..9.
        test_images: As `train_images`.
        test_labels: As `train_labels`.
    """

    train_images: Images
    train_labels: Labels
    test_images: Images
    test_labels: Labels

    def __post_init__(self) -> None:
        for array in (self.train_images, self.train_labels, self.test_images, self.test_labels):
            array.setflags(write=False)

    def images(self, split: Split) -> Images:
        """Return MNIST's training or test images."""
        return self.train_images if split == "train" else self.test_images

    def labels(self, split: Split) -> Labels:
        """Return the labels of MNIST's training or test images."""
        return self.train_labels if split == "train" else self.test_labels


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputedLabel:
    """A test image whose label fewer than three of five human raters confirmed.

    Attributes:
        index: Row among MNIST's test images, from 0.
        given: The label in MNIST.
        suggested: The label that the raters were offered instead.
        votes_given: Raters for the given label.
        votes_suggested: Raters for the suggested label.
        votes_neither: Raters for neither.
    """

    index: int
    given: int
    suggested: int
    votes_given: int
    votes_suggested: int
    votes_neither: int


def load_dataset(path: Path | None = None) -> Dataset:
    """Load MNIST from an npz file with the keys of the Keras file of that name.

    Args:
        path: The file; the copy that ships with the app when None.

    Raises:
        DatasetError: The file is missing, damaged, or holds other arrays than MNIST's.
            The message names the file and what is wrong with it.
    """
    path = DATA_DIRECTORY / "mnist.npz" if path is None else path
    try:
        with zipfile.ZipFile(path) as archive:
            for name in _ARRAYS:
                if f"{name}.npy" not in archive.namelist():
                    raise DatasetError(
                        N_("{path} is not the MNIST file: it has no array {name}"),
                        path=path,
                        name=name,
                    )
            arrays = {name: _read_array(archive, path, name) for name in _ARRAYS}
    except _UNREADABLE as error:
        raise _unreadable(path, error) from error
    return Dataset(
        train_images=arrays["x_train"],
        train_labels=arrays["y_train"],
        test_images=arrays["x_test"],
        test_labels=arrays["y_test"],
    )


def _unreadable(path: Path, error: Exception) -> DatasetError:
    if isinstance(error, FileNotFoundError):
        return DatasetError(N_("{path} does not exist"), path=path)
    return DatasetError(
        N_("{path} cannot be read as an npz file: {reason}"), path=path, reason=error
    )


def _read_array(archive: zipfile.ZipFile, path: Path, name: str) -> NDArray[np.uint8]:
    shape, digest = _ARRAYS[name]
    # The header first: a foreign file may claim an array larger than the memory.
    with archive.open(f"{name}.npy") as member:
        version = np.lib.format.read_magic(member)
        read_header = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        found_shape, fortran_order, found_dtype = read_header(member)
        if fortran_order:
            raise DatasetError(
                N_("{path}: {name} must be stored row by row (C order)"), path=path, name=name
            )
        if found_shape != shape or found_dtype != np.uint8:
            raise DatasetError(
                N_("{path}: {name} must be uint8 of shape {shape}, got {dtype} of shape {found}"),
                path=path,
                name=name,
                shape=shape,
                dtype=found_dtype,
                found=found_shape,
            )
        content = member.read(int(np.prod(shape)))
    if hashlib.sha256(content).hexdigest() != digest:
        raise DatasetError(
            N_("{path}: the values of {name} are not those of MNIST (SHA-256 differs)"),
            path=path,
            name=name,
        )
    return np.frombuffer(content, dtype=np.uint8).reshape(shape)


def load_preview(n: int) -> tuple[Images, Labels]:
    """Load the first n test images and labels of the copy that ships, reading no more than those.

    Nothing is verified: it is for a first look only.

    Raises:
        DatasetError: The file is missing or damaged.
    """
    path = DATA_DIRECTORY / "mnist.npz"
    try:
        with zipfile.ZipFile(path) as archive:
            images, labels = (_read_first(archive, name, n) for name in ("x_test", "y_test"))
            return images.reshape(n, IMAGE_SIZE, IMAGE_SIZE), labels.reshape(n)
    except (*_UNREADABLE, KeyError) as error:
        raise _unreadable(path, error) from error


def _read_first(archive: zipfile.ZipFile, name: str, n: int) -> NDArray[np.uint8]:
    with archive.open(f"{name}.npy") as member:
        np.lib.format.read_magic(member)
        np.lib.format.read_array_header_1_0(member)
        content = member.read(n * int(np.prod(_ARRAYS[name][0][1:])))
    return np.frombuffer(content, dtype=np.uint8)


def load_disputed_labels(path: Path | None = None) -> tuple[DisputedLabel, ...]:
    """Load the test labels that human raters dispute (Northcutt et al. 2021, arXiv:2103.14749).

    Raises:
        DatasetError: The file is missing or damaged.
    """
    path = DATA_DIRECTORY / "disputed_test_labels.json" if path is None else path
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["disputed"]
        return tuple(
            DisputedLabel(
                index=entry["index"],
                given=entry["given"],
                suggested=entry["suggested"],
                votes_given=entry["votes"]["given"],
                votes_suggested=entry["votes"]["suggested"],
                votes_neither=entry["votes"]["neither"],
            )
            for entry in entries
        )
    except FileNotFoundError:
        raise DatasetError(N_("{path} does not exist"), path=path) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            N_("{path} is not a list of disputed labels: {reason}"), path=path, reason=error
        ) from error
