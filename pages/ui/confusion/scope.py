"""Which answers the Confusion page looks at: whose, to which images, since when, how sure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import streamlit as st

from mnist_core.data.dataset import DisputedLabel
from mnist_core.data.parts import LabelledImages, Part, parts_of
from mnist_core.evaluation.answers import Answers
from mnist_core.runs.run import Run
from pages.ui import layout
from pages.ui.base import cache, url
from pages.ui.base.choice import choose
from pages.ui.base.language import _, ngettext

_FILTER_OPEN: Final = "mnist.confusion.filter_open"
_TRAINED: Final = "trained"
# In percent. Networks are sure of nearly all they read: the interesting part is close to 100.
_CERTAINTIES: Final = (
    "0", "30", "40", "50", "60", "70", "80", "85", "90", "92", "94", "95", "96", "97", "98", "99",
    "99.5", "99.9", "99.99",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the page looks at.

    Attributes:
        run: Whose network.
        part: Which images it is scored on.
        epoch: The epoch after which the answers were given; None for the trained network.
        can_replay: Whether the answers after each epoch are known.
        first_epoch: During a replay, the answers after the first epoch.
        images: The images of that part.
        disputed: Those of them whose label is disputed, by index.
        left_out: The indices of images that do not count.
        everything: The network's answers to all other images, however sure.
        threshold: How sure an answer has to be to count, 0..1.
        answers: The answers of at least that confidence.
    """

    run: Run
    part: Part
    epoch: int | None
    can_replay: bool
    first_epoch: Answers | None
    images: LabelledImages
    disputed: dict[int, DisputedLabel]
    left_out: Collection[int]
    everything: Answers
    threshold: float
    answers: Answers

    @property
    def slug(self) -> str:
        """Say what is looked at, for the name of a file."""
        parts = [self.run.id, str(self.part)]
        if self.epoch is not None:
            parts.append(f"epoch{self.epoch}")
        if self.threshold:
            parts.append(f"sure{100 * self.threshold:g}")
        if self.left_out:
            parts.append("undisputed")
        return "-".join(parts)


def choose_part(run: Run) -> Part:
    """Let a person choose what a run is scored on."""
    titles = {
        Part.TEST: _("Test images"),
        Part.VALIDATION: _("Validation images"),
        Part.TRAIN: _("Training images"),
    }
    return choose(
        st.segmented_control,
        _("Scored on"),
        {part: titles[part] for part in parts_of(run.config)},
        parameter="split",
        key="confusion.part",
        default=Part.TEST,
        forgets=("index", "compared"),  # the same index is another image there
        required=True,
        help=_(
            "Test images were never seen in training. Validation images are the part of the "
            "training images that was held back, and training images are those that the "
            "network learned from."
        ),
    )


def image_title(part: Part, index: int) -> str:
    """Return the title of an image: its row in MNIST's training or test images."""
    if part is Part.TEST:
        return _("Test image {index}", index=index)
    return _("Training image {index}", index=index)


def choose_view(run: Run, part: Part, epoch: int | None) -> View:
    """Let a person choose which answers of a run to a part of the images count."""
    answers = cache.answers(run, part) if epoch is None else cache.epoch_answers(run, epoch)
    disputed = cache.disputed_labels() if part is Part.TEST else {}
    # Decided once for each visit: it should not close while somebody resets the filter.
    is_open = st.session_state.setdefault(
        f"{_FILTER_OPEN}.{layout.visit()}",
        any(name in st.query_params for name in ("sure", "undisputed")),
    )
    with st.expander(_("Which answers count"), expanded=is_open, icon=":material/filter_alt:"):
        threshold = _choose_threshold()
        left_out = disputed if disputed and _choose_undisputed(answers, disputed) else ()
    answers = answers.without(left_out) if left_out else answers
    return View(
        run=run,
        part=part,
        epoch=epoch,
        can_replay=_can_replay(run, part),
        first_epoch=None if epoch is None else cache.epoch_answers(run, cache.epochs(run)[0]),
        images=cache.images_of(run, part),
        disputed=disputed,
        left_out=left_out,
        everything=answers,
        threshold=threshold,
        answers=answers.at_least(threshold) if threshold else answers,
    )


def _can_replay(run: Run, part: Part) -> bool:
    return part is Part.TEST and len(cache.epochs(run)) > 1


def choose_epoch(run: Run, part: Part) -> int | None:
    """Let a person go back to an earlier epoch of a run; None for the trained network."""
    if not _can_replay(run, part):
        url.put(epoch=None)
        return None
    epochs = [str(epoch) for epoch in cache.epochs(run)]
    kept_epoch = run.result.kept_epoch if run.result else None
    trained = (
        _("trained")
        if kept_epoch is None
        else _("trained (went back to {epoch})", epoch=kept_epoch)
    )
    epoch = choose(
        st.select_slider,
        _("Go back to an earlier epoch"),
        {epoch: epoch for epoch in epochs} | {_TRAINED: trained},
        parameter="epoch",
        key="confusion.epoch",
        default=_TRAINED,
        is_default_written=False,
        help=_("The matrix and the images show what the network answered after that epoch."),
    )
    chosen = None if epoch == _TRAINED else int(epoch)
    answers = cache.answers(run, part) if chosen is None else cache.epoch_answers(run, chosen)
    st.caption(
        ngettext("{n} test image read wrong.", "{n} test images read wrong.", answers.n_wrong)
    )
    return chosen


def _choose_threshold() -> float:
    sure = choose(
        st.select_slider,
        _("Answer only when at least this sure"),
        {sure: f"{sure}%" for sure in _CERTAINTIES},
        parameter="sure",
        key="confusion.sure",
        default=_CERTAINTIES[0],
        is_default_written=False,
        help=_(
            "Answers below that are left out of the matrix and of the images, as if they had not "
            "been given."
        ),
    )
    return float(sure) / 100


def _choose_undisputed(answers: Answers, disputed: dict[int, DisputedLabel]) -> bool:
    keep = url.switch("undisputed", key="confusion.undisputed")
    n_disputed = sum(not answers.is_correct[answers.position(index)] for index in disputed)
    is_on = st.toggle(
        _("Leave out the {n} images with a disputed label", n=len(disputed)),
        key="confusion.undisputed",
        on_change=keep,
    )
    st.caption(
        ngettext(
            "Of five people who looked at each of these, fewer than three agreed with its label "
            "(Northcutt, Athalye and Mueller 2021, arXiv:2103.14749). {n} of the {n_wrong} "
            "mistakes is of this kind.",
            "Of five people who looked at each of these, fewer than three agreed with its label "
            "(Northcutt, Athalye and Mueller 2021, arXiv:2103.14749). {n} of the {n_wrong} "
            "mistakes are of this kind.",
            n_disputed,
            n_wrong=f"{answers.n_wrong:,}",
        )
    )
    return bool(is_on)
