"""Own digits: what a visitor drew and kept, with its label."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from mnist_core import npz
from mnist_core.arrays import IMAGE_SIZE, N_CLASSES, N_INPUTS, Images, Labels
from mnist_core.data.preprocessing import check_labels
from mnist_core.errors import (
    EmptyDrawingError,
    InvalidImageError,
    InvalidOwnDigitsError,
    TooManyDigitsError,
)
from mnist_core.i18n import N_
from mnist_core.store.clock import now
from mnist_core.store.database import Database
from mnist_core.store.schema import OWN_DIGITS

MAX_OWN_DIGITS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDigitSet:
    """Own digits, oldest first; every array is read-only.

    Attributes:
        ids: int64, shape (n,), ascending.
        images: uint8, shape (n, 28, 28), bright on black.
        labels: uint8, shape (n,), 0..9.
        is_test: bool, shape (n,): kept for checking, never to be learned from.
    """

    ids: NDArray[np.int64]
    images: Images
    labels: Labels
    is_test: NDArray[np.bool_]

    def __post_init__(self) -> None:
        for array in (self.ids, self.images, self.labels, self.is_test):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.ids)

    def select(self, is_wanted: NDArray[np.bool_]) -> "OwnDigitSet":
        """Return some of the digits, chosen by a mask of shape (n,)."""
        return OwnDigitSet(
            ids=self.ids[is_wanted],
            images=self.images[is_wanted],
            labels=self.labels[is_wanted],
            is_test=self.is_test[is_wanted],
        )

    @property
    def to_learn(self) -> "OwnDigitSet":
        """The digits that a network may learn from."""
        return self.select(~self.is_test)

    @property
    def to_check(self) -> "OwnDigitSet":
        """The digits that a network is checked on."""
        return self.select(self.is_test)

    def are_among(self, images: Images) -> NDArray[np.bool_]:
        """Tell which of the digits are among images (m, 28, 28), to the pixel; shape (n,)."""
        known = {image.tobytes() for image in images}
        return np.array([image.tobytes() in known for image in self.images], dtype=bool)

    def to_npz(self) -> bytes:
        """Write them as the bytes of a file like Keras' mnist.npz.

        Its arrays are uint8: x_train (n, 28, 28), y_train (n,), and those to check as x_test and
        y_test.
        """
        learn, check = self.to_learn, self.to_check
        return npz.pack(
            {
                "x_train": learn.images,
                "y_train": learn.labels,
                "x_test": check.images,
                "y_test": check.labels,
            },
            is_compressed=True,
        )


class OwnDigits:
    """The own digits of a workspace, in the database of the runs; safe to share between threads.

    Args:
        url: An SQLAlchemy URL; `default_url()` when None. No database is opened before first use.
        workspace: Whose digits these are.

    Raises:
        InvalidEnvironmentError: The URL names no database that can be used.
        RunStoreError: From every method, when the database cannot be read or written.
    """

    def __init__(self, url: str | None, *, workspace: str) -> None:
        self._database = Database(url)
        self._workspace = workspace
        self._is_of_workspace = OWN_DIGITS.c.workspace == workspace

    def add(self, image: Images, label: int) -> None:
        """Keep an own digit; one that is kept already only gets another label.

        Of each label every second one is kept for checking. That is decided here, once and for
        all: whatever is deleted later, no digit moves from one half to the other.

        Args:
            image: uint8, shape (28, 28), bright on black.
            label: The digit that it is, 0..9.

        Raises:
            InvalidImageError: It has another shape or dtype.
            EmptyDrawingError: It is all black.
            InvalidLabelsError: The label is not a digit.
            TooManyDigitsError: `MAX_OWN_DIGITS` are kept already.
        """
        _check_image(image)
        check_labels(np.array([label]))
        with self._database.write(alone=f"own digits {self._workspace}") as connection:
            # Writes come first in a transaction, so that it holds the lock from its beginning.
            is_known = connection.execute(
                sa.update(OWN_DIGITS).where(self._is(image)).values(label=int(label))
            ).rowcount
            if is_known:
                return
            kept = connection.execute(
                sa.select(OWN_DIGITS.c.label, OWN_DIGITS.c.is_test).where(self._is_of_workspace)
            ).all()
            if len(kept) >= MAX_OWN_DIGITS:
                raise TooManyDigitsError(
                    N_("no more than {n} digits can be kept: delete some first"),
                    n=f"{MAX_OWN_DIGITS:,}",
                )
            halves = [row.is_test for row in kept if row.label == label]
            connection.execute(
                sa.insert(OWN_DIGITS).values(
                    workspace=self._workspace,
                    created_at=now(),
                    label=int(label),
                    is_test=halves.count(True) < halves.count(False),
                    pixels=image.tobytes(),
                )
            )

    def label_of(self, image: Images) -> int | None:
        """Return the label that an image (28, 28) is kept with; None where it is not kept."""
        query = sa.select(OWN_DIGITS.c.label).where(self._is(image))
        with self._database.read() as connection:
            label: int | None = connection.execute(query).scalar()
        return label

    def count(self) -> int:
        """Count the own digits."""
        query = sa.select(sa.func.count()).select_from(OWN_DIGITS).where(self._is_of_workspace)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def all(self) -> OwnDigitSet:
        """Return all own digits, oldest first.

        Raises:
            InvalidOwnDigitsError: One of them is damaged.
        """
        query = sa.select(OWN_DIGITS).where(self._is_of_workspace).order_by(OWN_DIGITS.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            if len(row.pixels) != N_INPUTS or row.label not in range(N_CLASSES):
                raise InvalidOwnDigitsError(
                    N_("one of the own digits is damaged: row {row} of own_digits in the database"),
                    row=row.id,
                )
        pixels = np.frombuffer(b"".join(row.pixels for row in rows), dtype=np.uint8)
        return OwnDigitSet(
            ids=np.array([row.id for row in rows], dtype=np.int64),
            images=pixels.reshape(-1, IMAGE_SIZE, IMAGE_SIZE),
            labels=np.array([row.label for row in rows], dtype=np.uint8),
            is_test=np.array([row.is_test for row in rows], dtype=bool),
        )

    def delete(self, digit_id: int) -> None:
        """Forget a digit, if there is one of this id."""
        with self._database.write() as connection:
            connection.execute(
                sa.delete(OWN_DIGITS).where(self._is_of_workspace, OWN_DIGITS.c.id == int(digit_id))
            )

    def delete_all(self) -> None:
        """Forget all digits of the workspace."""
        with self._database.write() as connection:
            connection.execute(sa.delete(OWN_DIGITS).where(self._is_of_workspace))

    def close(self) -> None:
        """Let go of the database connections."""
        self._database.close()

    def _is(self, image: Images) -> sa.ColumnElement[bool]:
        return sa.and_(self._is_of_workspace, OWN_DIGITS.c.pixels == image.tobytes())


def _check_image(image: Images) -> None:
    expected = (IMAGE_SIZE, IMAGE_SIZE)
    if image.shape != expected or image.dtype != np.uint8:
        raise InvalidImageError(
            N_("a digit must be uint8 of shape {expected}, got {dtype} of shape {shape}"),
            expected=expected,
            dtype=image.dtype,
            shape=image.shape,
        )
    if not image.any():
        raise EmptyDrawingError(N_("there is no ink: a black square is not a digit"))
