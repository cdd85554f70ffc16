"""Settings and their values in words."""

import pytest

from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.differences import flat_settings
from pages.ui.widgets import setting_texts


@pytest.mark.parametrize("name", flat_settings(TrainingConfig()))
def test_every_setting_has_a_title(name: str):
    assert setting_texts.title(name)
