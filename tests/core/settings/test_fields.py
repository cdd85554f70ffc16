from dataclasses import fields

import pytest

from mnist_core.settings.choices import OPTIMIZERS
from mnist_core.settings.config import Augmentation, HiddenLayer, TrainingConfig
from mnist_core.settings.fields import SETTINGS, choices_of, in_group, limit_of
from mnist_core.settings.presets import PRESETS
from mnist_core.settings.setting import Group, Limit, Widget


def names_of(*classes: type) -> list[str]:
    return [field.name for cls in classes for field in fields(cls)]


def test_every_field_has_an_entry_and_every_entry_is_about_a_field():
    # The distortions are a field each, the layers are one: how many there are.
    in_configs = names_of(TrainingConfig, HiddenLayer, Augmentation)

    assert sorted([*SETTINGS, "augmentation"]) == sorted(in_configs)


def test_a_group_holds_the_fields_of_what_a_page_makes_of_it():
    assert in_group(Group.LAYERS) == ["layers"]
    assert in_group(Group.LAYER) == names_of(HiddenLayer)
    assert in_group(Group.DISTORTIONS) == names_of(Augmentation)


def test_every_setting_is_in_a_group():
    assert sorted(name for group in Group for name in in_group(group)) == sorted(SETTINGS)


def test_settings_are_told_apart_by_title_and_help():
    assert len({setting.title for setting in SETTINGS.values()}) == len(SETTINGS)
    assert len({setting.help for setting in SETTINGS.values()}) == len(SETTINGS)
    assert all(setting.title and setting.help for setting in SETTINGS.values())


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=list(SETTINGS))
def test_an_entry_has_what_its_widget_needs(setting):
    assert bool(setting.choices) == (setting.widget == Widget.CHOICE)
    assert (setting.limit is None) == (setting.widget == Widget.CHOICE)
    assert bool(setting.steps) == (setting.widget == Widget.STEPS)


@pytest.mark.parametrize("name", [name for name, each in SETTINGS.items() if each.steps])
def test_the_stops_of_a_slider_rise_within_the_limits_and_hold_every_preset(name):
    steps, limit = SETTINGS[name].steps, limit_of(name)

    assert list(steps) == sorted(set(steps))
    assert limit.low <= steps[0] < steps[-1] <= limit.high
    assert {getattr(preset.config, name) for preset in PRESETS.values()} <= set(steps)


def test_the_limits_of_a_number_are_found_by_its_name():
    assert limit_of("epochs") == Limit(1, 200)


def test_the_choices_of_a_setting_are_found_by_its_name():
    assert choices_of("optimizer") is OPTIMIZERS


@pytest.mark.parametrize("name", ["epochs", "momentum"])
def test_what_is_not_chosen_by_name_has_no_choices(name):
    with pytest.raises(KeyError, match=name):
        choices_of(name)


@pytest.mark.parametrize("name", ["optimizer", "momentum"])
def test_what_is_no_number_has_no_limits(name):
    with pytest.raises(KeyError, match=name):
        limit_of(name)
