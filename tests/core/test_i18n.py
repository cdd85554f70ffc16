"""Marking texts for translation."""

from mnist_core.i18n import N_


def test_a_marked_text_is_unchanged():
    assert N_("{n} images") == "{n} images"
