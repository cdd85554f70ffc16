"""Settings and their values in words."""

from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.differences import flat_settings
from pages.ui.widgets import setting_texts


def test_every_setting_has_a_title():
    assert set(setting_texts.TITLES) == set(flat_settings(TrainingConfig()))
