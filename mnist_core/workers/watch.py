"""Telling the workers that are gone from those that are at work, by their signs of life."""

from collections.abc import Mapping, Sequence
from typing import Final

from mnist_core.store.claim import Claim

# A worker gives a sign of life once a second, and here is looked about once a second. So many
# looks without one, and it is taken for dead. Looks are counted, not seconds: they stand still
# with this machine when that sleeps, are slow with it when it has much to do, and no clock that is
# set, and none of another machine, has a part in them.
SILENT_LOOKS: Final = 20


class Watch:
    """Counts for each claim how often its worker was found silent in turn."""

    def __init__(self) -> None:
        self._seen: dict[Claim, tuple[int, int]] = {}  # the latest beat, looks since

    def look(self, beats: Mapping[Claim, int]) -> Sequence[Claim]:
        """Take in how often each worker has given a sign of life; return those that are silent.

        Args:
            beats: The count of each claim that there is now.
        """
        seen = {}
        for claim, beat in beats.items():
            before, n_looks = self._seen.get(claim, (beat - 1, 0))
            seen[claim] = (beat, n_looks + 1 if beat == before else 0)
        self._seen = seen
        return [claim for claim, (_, n_looks) in seen.items() if n_looks >= SILENT_LOOKS]
