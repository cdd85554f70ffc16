"""The words on charts of a training, the same wherever its curves are drawn."""

from pages.ui.base.language import _


def titles() -> dict[str, str]:
    """Return the words for the figures of `curves` and `live`."""
    return {
        "epoch": _("Epoch"),
        "loss": _("Loss"),
        "loss_log": _("Loss (logarithmic)"),
        "accuracy": _("Accuracy"),
        "training": _("training"),
        "validation": _("validation"),
        "hover": _("{run}, {part}: {value} after epoch {epoch}"),
        "hover_best": _("{run}: lowest validation loss, {value}, after epoch {epoch}"),
        "gap": _("Gap in percentage points"),
        "hover_gap": _("{run}: training is {value} points ahead after epoch {epoch}"),
        "hover_gap_best": _(
            "{run}: training is {value} points ahead after epoch {epoch}, where the validation "
            "loss is lowest"
        ),
        "best": _("epoch {epoch}"),
    }
