"""What accuracies and curves mean, in a sentence each."""

from mnist_core.runs.diagnosis import CurveKind
from pages.ui.widgets.sentences import READINGS


def test_every_reading_has_its_sentence():
    assert set(READINGS) == set(CurveKind)
