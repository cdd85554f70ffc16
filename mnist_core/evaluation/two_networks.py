"""Two networks on the same images: where their answers differ, and how likely that is by chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnist_core.errors import InvalidLabelsError
from mnist_core.evaluation.answers import Answers
from mnist_core.evaluation.chance import mcnemar_test
from mnist_core.i18n import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """How network B differs from network A on the same images.

    Images are given by their positions in the evaluations.

    Attributes:
        fixed: Read wrong by A and right by B, the most confident mistakes of A first.
        broke: Read right by A and wrong by B, the most confident mistakes of B first.
        both_wrong: Read wrong by both, ascending.
        n_other_answers: Images that the two read as different digits.
        p_value: The probability, 0..1, that two equally good networks differ at least this much,
            by `mcnemar_test`.
    """

    fixed: NDArray[np.int64]
    broke: NDArray[np.int64]
    both_wrong: NDArray[np.int64]
    n_other_answers: int
    p_value: float


def compare(a: Answers, b: Answers) -> Disagreement:
    """Compare the answers of two networks.

    Raises:
        InvalidLabelsError: They were asked about different images.
    """
    is_same = np.array_equal(a.indices, b.indices) and np.array_equal(a.y_true, b.y_true)
    if not is_same:
        raise InvalidLabelsError(N_("two networks are compared on the same images only"))
    fixed = np.flatnonzero(~a.is_correct & b.is_correct)
    broke = np.flatnonzero(a.is_correct & ~b.is_correct)
    return Disagreement(
        fixed=_most_sure_first(fixed, a),
        broke=_most_sure_first(broke, b),
        both_wrong=np.flatnonzero(~a.is_correct & ~b.is_correct),
        n_other_answers=int(np.count_nonzero(a.y_pred != b.y_pred)),
        p_value=mcnemar_test(len(fixed), len(broke)),
    )


def _most_sure_first(positions: NDArray[np.int64], answers: Answers) -> NDArray[np.int64]:
    return positions[np.argsort(-answers.confidence[positions], kind="stable")]
