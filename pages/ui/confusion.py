"""The parts of the Confusion page that say what is scored, and the matrix of it."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import streamlit as st

from mnist_core.dataset import N_CLASSES, DisputedLabel
from mnist_core.evaluation import Choice, Evaluation
from mnist_core.metrics import Unit
from mnist_core.parts import LabelledImages, Part, parts_of
from mnist_core.records import Run
from pages.ui import cache, reveal, url
from pages.ui.confusion_grid import confusion_grid
from pages.ui.language import _, ngettext
from pages.ui.runs import percent

_N_PAIRS: Final = 6
_TRAINED: Final = "trained"
# In percent. Networks are sure of nearly all they read: the interesting part is close to 100.
_CERTAINTIES: Final = (
    "0", "30", "40", "50", "60", "70", "80", "85", "90", "92", "94", "95", "96", "97", "98", "99",
    "99.5", "99.9", "99.99",
)  # fmt: skip


class Section(StrEnum):
    """What there is to see of all answers together."""

    DIGITS = "digits"
    CONFIDENCE = "confidence"
    TWO_NETWORKS = "networks"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the page looks at.

    Attributes:
        run: Whose network.
        part: Which images it is scored on.
        images: These images.
        disputed: Those of them whose label is disputed, by index.
        left_out: The indices of images that do not count.
        everything: The network's answers to all other images.
        threshold: How sure an answer has to be to count, 0..1.
        result: The answers that are.
        epoch: The epoch after which the answers were given; None for the trained network.
        can_replay: Whether the answers after each epoch are known.
    """

    run: Run
    part: Part
    epoch: int | None
    can_replay: bool
    images: LabelledImages
    disputed: dict[int, DisputedLabel]
    left_out: Collection[int]
    everything: Evaluation
    threshold: float
    result: Evaluation


def choose_view(run: Run, part: Part, epoch: int | None) -> View:
    """Let a person choose which answers of a run to a part of the images count."""
    result = cache.result(run, part) if epoch is None else cache.epoch_result(run, epoch)
    disputed = cache.disputed_labels() if part is Part.TEST else {}
    is_filtered = any(name in st.query_params for name in ("sure", "undisputed"))
    with st.expander(_("Which answers count"), expanded=is_filtered, icon=":material/filter_alt:"):
        threshold = _choose_threshold()
        left_out = disputed if disputed and _choose_undisputed(result, disputed) else ()
    result = result.without(left_out) if left_out else result
    return View(
        run=run,
        part=part,
        epoch=epoch,
        can_replay=_can_replay(run, part),
        images=cache.images_of(run, part),
        disputed=disputed,
        left_out=left_out,
        everything=result,
        threshold=threshold,
        result=result.at_least(threshold) if threshold else result,
    )


def choose_part(run: Run) -> Part:
    """Let a person choose what a run is scored on."""
    titles = {
        Part.TEST: _("Test images"),
        Part.VALIDATION: _("Validation images"),
        Part.TRAIN: _("Training images"),
    }
    parts = parts_of(run.config)
    keep = url.follow("split", key="confusion.part", options=parts, default=Part.TEST)
    return Part(
        st.segmented_control(
            _("Scored on"),
            parts,
            format_func=lambda part: titles[part],
            required=True,
            key="confusion.part",
            on_change=keep,
            help=_(
                "Test images were never seen in training. Validation images are the part of the "
                "training images that was held back, and training images are those that the "
                "network learned from."
            ),
        )
    )


def choose_section() -> Section:
    """Let a person choose what to see of all answers together; only that is computed."""
    titles = {
        Section.DIGITS: _("Digit by digit"),
        Section.CONFIDENCE: _("How sure is it?"),
        Section.TWO_NETWORKS: _("Two networks"),
    }
    keep = url.follow(
        "section", key="confusion.section", options=tuple(Section), default=Section.DIGITS
    )
    return Section(
        st.segmented_control(
            _("All answers together"),
            tuple(Section),
            format_func=lambda section: titles[section],
            required=True,
            key="confusion.section",
            on_change=keep,
            wrap=True,
        )
    )


def _can_replay(run: Run, part: Part) -> bool:
    return part is Part.TEST and len(cache.epochs(run)) > 1


def choose_epoch(run: Run, part: Part) -> int | None:
    """Let a person go back to an earlier epoch of a run; None for the trained network."""
    if not _can_replay(run, part):
        url.put(epoch=None)
        return None
    epochs = [str(epoch) for epoch in cache.epochs(run)]
    url.follow("epoch", key="confusion.epoch", options=[*epochs, _TRAINED], default=_TRAINED)

    def keep() -> None:
        epoch = st.session_state["confusion.epoch"]
        url.put(epoch=None if epoch == _TRAINED else epoch)

    epoch = st.select_slider(
        _("Replay the training, epoch by epoch"),
        [*epochs, _TRAINED],
        format_func=lambda epoch: _("trained") if epoch == _TRAINED else epoch,
        key="confusion.epoch",
        on_change=keep,
        help=_("The matrix and the images show what the network answered after that epoch."),
    )
    return None if epoch == _TRAINED else int(epoch)


def _choose_threshold() -> float:
    url.follow("sure", key="confusion.sure", options=_CERTAINTIES, default=_CERTAINTIES[0])

    def keep() -> None:
        sure = st.session_state["confusion.sure"]
        url.put(sure=None if sure == _CERTAINTIES[0] else sure)

    sure = st.select_slider(
        _("Answer only when at least this sure"),
        _CERTAINTIES,
        format_func=lambda sure: f"{sure}%",
        key="confusion.sure",
        on_change=keep,
        help=_("Answers below are left out of the matrix and of the images, as if not given."),
    )
    return float(sure) / 100


def _choose_undisputed(result: Evaluation, disputed: dict[int, DisputedLabel]) -> bool:
    keep = url.switch("undisputed", key="confusion.undisputed")
    n_disputed = sum(not result.is_correct[result.position(index)] for index in disputed)
    is_on = st.toggle(
        _("Leave out the {n} images with a disputed label", n=len(disputed)),
        key="confusion.undisputed",
        on_change=keep,
        help=_(
            "Five people looked at each of these test images, and fewer than three agreed with "
            "its label (Northcutt, Athalye and Mueller 2021, arXiv:2103.14749)."
        ),
    )
    st.caption(
        ngettext(
            "{n} of the {n_wrong} mistakes on the test images is of this kind.",
            "{n} of the {n_wrong} mistakes on the test images are of this kind.",
            n_disputed,
            n_wrong=f"{result.n_wrong:,}",
        )
    )
    return bool(is_on)


def headline(view: View) -> None:
    """Say how many images are read wrong, and how many are not answered."""
    result = view.result
    values = {
        "accuracy": percent(result.accuracy),
        "total": f"{len(view.everything):,}",
    }
    if view.threshold:
        st.write(
            _(
                "At least {threshold} sure: it answers {share} of the {total} images, and reads "
                "{accuracy} of these right.",
                threshold=f"{100 * view.threshold:g}%",
                share=percent(len(result) / len(view.everything)),
                **values,
            )
        )
    elif view.epoch is not None:
        st.write(
            ngettext(
                "After epoch {epoch} it read {accuracy} of the {total} test images right; {n} was "
                "read wrong.",
                "After epoch {epoch} it read {accuracy} of the {total} test images right; {n} were "
                "read wrong.",
                result.n_wrong,
                epoch=view.epoch,
                **values,
            )
        )
    elif view.part is Part.TEST:
        st.write(
            ngettext(
                "It reads {accuracy} of the {total} test images right; {n} is read wrong.",
                "It reads {accuracy} of the {total} test images right; {n} are read wrong.",
                result.n_wrong,
                **values,
            )
        )
    elif view.part is Part.VALIDATION:
        st.write(
            ngettext(
                "It reads {accuracy} of the {total} images that were held back right; {n} is read "
                "wrong.",
                "It reads {accuracy} of the {total} images that were held back right; {n} are read "
                "wrong.",
                result.n_wrong,
                **values,
            )
        )
    else:
        st.write(
            ngettext(
                "It reads {accuracy} of the {total} images that it learned from right; {n} is read "
                "wrong.",
                "It reads {accuracy} of the {total} images that it learned from right; {n} are "
                "read wrong.",
                result.n_wrong,
                **values,
            )
        )


def asked_choice() -> Choice | None:
    """Return the cell, row or column that the URL names; None for none, or for nonsense."""
    true, predicted = (url.whole(name, below=N_CLASSES) for name in ("true", "predicted"))
    return None if true is None and predicted is None else Choice(true, predicted)


def keep_choice(choice: Choice | None) -> None:
    """Write what was chosen into the URL; another choice has other images."""
    if choice is not None:
        reveal.ask("gallery")
    choice = choice or Choice()
    url.put(true=choice.true, predicted=choice.predicted, order=None, index=None)


def matrix(view: View, choice: Choice | None) -> None:
    """Show the matrix to choose from."""
    titles = {
        Unit.COUNT: _("Images"),
        Unit.ROW: _("Share of the row (recall)"),
        Unit.COLUMN: _("Share of the column (precision)"),
    }
    keep = url.follow("unit", key="confusion.unit", options=tuple(Unit), default=Unit.COUNT)
    unit = st.segmented_control(
        _("Cells show"),
        tuple(Unit),
        format_func=lambda unit: titles[unit],
        required=True,
        key="confusion.unit",
        on_change=keep,
        label_visibility="collapsed",
        wrap=True,
    )
    confusion_grid(
        view.result.counts,
        unit=Unit(unit),
        key="confusion.matrix",
        chosen=choice,
        on_choice=keep_choice,
    )
    st.caption(
        _(
            "Rows are true digits, columns what the network read. Choose a cell, or a digit at "
            "the edge, to see the images; arrow keys and Enter work too."
        )
    )


def most_confused(result: Evaluation) -> None:
    """List the pairs that are confused most, as buttons that choose the cell."""
    st.markdown(_("**Most confused**"))
    with st.container(key="confusion-pairs"):
        for pair in result.most_confused(_N_PAIRS):
            st.button(
                _(
                    "{true} read as {predicted}: {count} ×",
                    true=pair.true,
                    predicted=pair.predicted,
                    count=pair.count,
                ),
                key=f"confusion.pair.{pair.true}.{pair.predicted}",
                on_click=keep_choice,
                args=(Choice(pair.true, pair.predicted),),
                width="stretch",
            )
    if not result.n_wrong:
        st.write(_("No mistake at all."))
