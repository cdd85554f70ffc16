"""Options for all settings of a training."""

import argparse
import dataclasses

from mnist_core.settings.architecture import NO_LAYERS, read_layers
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.fields import SETTINGS, in_group
from mnist_core.settings.presets import PRESETS
from mnist_core.settings.setting import Group, Setting


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add an option for each setting; one that is not given stays out of the parsed options."""
    parser.add_argument("--layers", default=argparse.SUPPRESS, help=_layers_help())
    for name, setting in SETTINGS.items():
        if setting.group not in (Group.LAYERS, Group.LAYER):
            parser.add_argument(
                f"--{name.replace('_', '-')}",
                default=argparse.SUPPRESS,
                type=setting.kind,
                choices=setting.choices or None,
                help=_help(setting),
            )


def _layers_help() -> str:
    """Say how hidden layers are written, and what each setting of a layer does."""
    first, *others = in_group(Group.LAYER)
    sentences = [
        f"Hidden layers as {':'.join((first, *others))} with commas between them, such as "
        f"256:relu:0.5,256; {NO_LAYERS} for no hidden layer.",
        f"What follows the {first} may be left out.",
        *(_help(SETTINGS[name]) for name in (first, *others)),
    ]
    return " ".join(sentences)


def _help(setting: Setting) -> str:
    """Say what a setting does, and what it can be."""
    sentences = [f"{setting.title}. {setting.help}"]
    if setting.choices:
        sentences += [f"{slug}: {choice.help}" for slug, choice in setting.choices.items()]
    if setting.limit:
        sentences.append(f"From {setting.limit.low} to {setting.limit.high}.")
    # argparse takes a percent sign for the beginning of a placeholder.
    return " ".join(sentences).replace("%", "%%")


def chosen_config(options: argparse.Namespace) -> TrainingConfig:
    """Return the preset's config with the settings that the options give."""
    given = {name: value for name, value in vars(options).items() if name in SETTINGS}
    start = PRESETS[options.preset].config
    if "layers" in given:
        given["layers"] = read_layers(given["layers"])
    distortions = {name: given.pop(name) for name in in_group(Group.DISTORTIONS) if name in given}
    augmentation = dataclasses.replace(start.augmentation, **distortions)
    return dataclasses.replace(start, **given, augmentation=augmentation)
