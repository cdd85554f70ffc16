"""The words on charts of a training, the same wherever its curves are drawn."""

from mnist_core.figures.curves import GapWords, HistoryWords
from mnist_core.figures.words import CurveWords
from pages.ui.base.language import _


def curves() -> CurveWords:
    """Return the words for the curves of one run."""
    return CurveWords(
        epoch=_("Epoch"),
        loss=_("Loss"),
        accuracy=_("Accuracy"),
        training=_("training"),
        validation=_("validation"),
    )


def history() -> HistoryWords:
    """Return the words for the curves of several runs."""
    return HistoryWords(
        curves=curves(),
        loss_log=_("Loss (logarithmic)"),
        hover=_("{run}, {part}: {value} after epoch {epoch}"),
        hover_best=_("{run}: lowest validation loss, {value}, after epoch {epoch}"),
    )


def gap() -> GapWords:
    """Return the words for the gap between the training and the validation of several runs."""
    return GapWords(
        epoch=_("Epoch"),
        gap=_("Gap in percentage points"),
        best=_("epoch {epoch}"),
        hover=_("{run}: training is {value} points ahead after epoch {epoch}"),
        hover_best=_(
            "{run}: training is {value} points ahead after epoch {epoch}, where the validation "
            "loss is lowest"
        ),
    )
