"""What accuracies and curves mean, in a sentence each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mnist_core.i18n import N_
from mnist_core.runs.diagnosis import CurveKind, Fit

FIT_SENTENCES: Final[Mapping[Fit, str]] = MappingProxyType(
    {
        Fit.UNDERFITTING: N_(
            "It reads only {train} of the images it learned from: it needs more epochs, more "
            "units, or another learning rate (underfitting)."
        ),
        Fit.GOOD: N_(
            "It reads {train} of the images it learned from and {test} of new ones: it learned the "
            "digits, not the examples."
        ),
        Fit.SLIGHT_OVERFITTING: N_(
            "It reads {train} of the images it learned from, but {test} of new ones: a little of "
            "what it learned holds only for its own examples (overfitting)."
        ),
        Fit.OVERFITTING: N_(
            "It reads {train} of the images it learned from, but only {test} of new ones: it "
            "learned many of its examples by heart (overfitting). Try dropout, or more images."
        ),
    }
)

READINGS: Final[Mapping[CurveKind, str]] = MappingProxyType(
    {
        CurveKind.RATE_TOO_HIGH: N_(
            "Its training loss jumps, rises, or stays at that of guessing, 2.30: the steps are too "
            "large. Try a learning rate below {rate}."
        ),
        CurveKind.OVERFITTING: N_(
            "Its validation loss was lowest after epoch {epoch}; since then only the training loss "
            "fell, so it went on to learn its examples by heart (overfitting from epoch {epoch}). "
            "Stop there, or try dropout or more images."
        ),
        CurveKind.UNDERFITTING: N_(
            "It still reads only {train} of the images it learns from (underfitting): it needs "
            "more epochs, more units, or another learning rate."
        ),
        CurveKind.STILL_IMPROVING: N_(
            "Its validation loss fell until the last epoch, {epoch}: more epochs would probably "
            "help."
        ),
        CurveKind.WIDE_GAP: N_(
            "It reads {train} of the images it learns from but only {validation} of those held "
            "back: it learned many of its examples by heart (overfitting), although its validation "
            "loss has come to rest. Try dropout, distorted images, or more images."
        ),
        CurveKind.GOOD: N_(
            "In its last epoch it read {train} of the images it learns from and {validation} of "
            "those held back; its validation loss was lowest after epoch {epoch} and has not "
            "clearly risen since."
        ),
        CurveKind.UNSEEN: N_(
            "It held no images back, so its curves cannot show whether it overfits."
        ),
    }
)

STOPPED_EARLY: Final = N_(
    "Its validation loss was lowest after epoch {epoch}; since then only the training loss fell, "
    "so it went on to learn its examples by heart (overfitting from epoch {epoch}). Early stopping "
    "went back to the weights of epoch {epoch}. Dropout or more images may help further."
)
