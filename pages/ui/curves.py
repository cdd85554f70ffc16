"""The words on charts of a training, the same wherever its curves are drawn."""

from pages.ui.language import _


def titles() -> dict[str, str]:
    """Return the words for `curve_figures.live_chart` and `history_figure`."""
    return {
        "epoch": _("Epoch"),
        "loss": _("Loss"),
        "accuracy": _("Accuracy"),
        "training": _("training"),
        "validation": _("validation"),
        "hover": _("{run}, {part}: {value} after epoch {epoch}"),
    }
