"""The settings of a training, each with all that is said of it: one entry a setting.

The checks of a config, the widgets of Train, the texts of History and the options of the terminal
are made from this table. An entry has the name of the field that it is about, of `TrainingConfig`
or of what that holds.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mnist_core.i18n import N_
from mnist_core.settings.activations import ACTIVATIONS
from mnist_core.settings.choices import INITIALIZERS, LOSSES, OPTIMIZERS, Choice
from mnist_core.settings.setting import Group, Limit, Setting, Widget

SETTINGS: Final[Mapping[str, Setting]] = MappingProxyType(
    {
        "layers": Setting(
            title=N_("Hidden layers"),
            help=N_(
                "Layers between the 784 pixels and the ten outputs. With none, the network can "
                "only weigh each pixel for or against a digit."
            ),
            group=Group.LAYERS,
            widget=Widget.SLIDER,
            limit=Limit(0, 4),
        ),
        "units": Setting(
            title=N_("Units"),
            help=N_("How many features the layer can look for."),
            group=Group.LAYER,
            widget=Widget.NUMBER,
            limit=Limit(1, 2_048),
        ),
        "activation": Setting(
            title=N_("Activation"),
            help=N_(
                "What a unit makes of its sum. Without it, many layers could do no more than one."
            ),
            group=Group.LAYER,
            widget=Widget.CHOICE,
            choices=ACTIVATIONS,
        ),
        "dropout": Setting(
            title=N_("Dropout"),
            help=N_(
                "The share of units silenced at random in each step, so that none can rely on "
                "another. It works against overfitting."
            ),
            group=Group.LAYER,
            widget=Widget.SLIDER,
            limit=Limit(0.0, 0.9),
            step=0.05,
        ),
        "initializer": Setting(
            title=N_("Initial weights"),
            help=N_(
                "The random numbers that the weights start from. If they are too small or too "
                "large, the first layers hardly learn."
            ),
            group=Group.NETWORK,
            widget=Widget.CHOICE,
            choices=INITIALIZERS,
        ),
        "epochs": Setting(
            title=N_("Epochs"),
            help=N_(
                "An epoch is one pass over all training images. With more passes it learns more, "
                "until it begins to learn the images by heart."
            ),
            group=Group.LEARNING,
            widget=Widget.SLIDER,
            limit=Limit(1, 200),
        ),
        "learning_rate": Setting(
            title=N_("Learning rate"),
            help=N_(
                "How large a step the weights take after each batch. Too small: slow. Too large: "
                "it never settles."
            ),
            group=Group.LEARNING,
            widget=Widget.STEPS,
            limit=Limit(1e-6, 10.0),
            steps=(1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0),
        ),
        "learning_rate_decay": Setting(
            title=N_("Learning rate decay"),
            help=N_(
                "The share of the learning rate that each epoch takes away: large steps at first, "
                "small ones to settle at the end."
            ),
            group=Group.LEARNING,
            widget=Widget.SLIDER,
            limit=Limit(0.0, 0.9),
            step=0.01,
        ),
        "batch_size": Setting(
            title=N_("Batch size"),
            help=N_(
                "How many images are looked at before the weights take one step. Small batches "
                "take more and noisier steps."
            ),
            group=Group.LEARNING,
            widget=Widget.STEPS,
            limit=Limit(1, 10_000),
            steps=(8, 16, 32, 64, 128, 256, 512, 1_024, 2_048),
        ),
        "optimizer": Setting(
            title=N_("Optimiser"),
            help=N_(
                "The rule that turns the error of a batch into new weights. Adam finds a fitting "
                "step for each weight by itself; SGD takes the same for all."
            ),
            group=Group.LEARNING,
            widget=Widget.CHOICE,
            choices=OPTIMIZERS,
        ),
        "loss": Setting(
            title=N_("Loss function"),
            help=N_(
                "What training makes small: how surprised the network is by the true digit. Both "
                "give the same numbers; one takes one-hot labels, the other (sparse) the digits "
                "themselves."
            ),
            group=Group.LEARNING,
            widget=Widget.CHOICE,
            choices=LOSSES,
        ),
        "seed": Setting(
            title=N_("Seed"),
            help=N_(
                "Where the random numbers start. On the same machine, the same seed gives the same "
                "training again."
            ),
            group=Group.LEARNING,
            widget=Widget.NUMBER,
            limit=Limit(0, 2**31 - 1),
            form="d",
        ),
        "l2": Setting(
            title=N_("L2 penalty"),
            help=N_(
                "Adds the squares of all weights, times this factor, to the loss: a large weight "
                "has to earn its cost, so the network learns simpler rules."
            ),
            group=Group.REGULARISATION,
            widget=Widget.STEPS,
            limit=Limit(0.0, 0.1),
            steps=(0.0, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1),
        ),
        "patience": Setting(
            title=N_("Early stopping: patience"),
            help=N_(
                "Ends the training when the validation loss has not fallen for this many epochs, "
                "and goes back to the best one; 0 turns it off. Without a validation split, the "
                "training loss is watched instead."
            ),
            group=Group.REGULARISATION,
            widget=Widget.SLIDER,
            limit=Limit(0, 50),
        ),
        "n_train": Setting(
            title=N_("Number of training images"),
            help=N_(
                "With few examples, a large network learns them by heart instead of the digits."
            ),
            group=Group.IMAGES,
            widget=Widget.STEPS,
            limit=Limit(100, 60_000),
            steps=(100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 60_000),
        ),
        "validation_split": Setting(
            title=N_("Validation split"),
            help=N_(
                "The share of the training images that is held back, to test on after each epoch."
            ),
            group=Group.IMAGES,
            widget=Widget.SLIDER,
            limit=Limit(0.0, 0.5),
            step=0.05,
        ),
        "shift": Setting(
            title=N_("Shift, in pixels"),
            help=N_(
                "Moves each digit by up to this many pixels, so that the network learns to read it "
                "wherever it stands."
            ),
            group=Group.DISTORTIONS,
            widget=Widget.SLIDER,
            limit=Limit(0.0, 6.0),
            step=0.5,
        ),
        "rotation": Setting(
            title=N_("Rotation, in degrees"),
            help=N_(
                "Turns each digit by up to this many degrees, so that slanted handwriting does not "
                "confuse the network."
            ),
            group=Group.DISTORTIONS,
            widget=Widget.SLIDER,
            limit=Limit(0.0, 45.0),
        ),
        "zoom": Setting(
            title=N_("Zoom"),
            help=N_(
                "Makes each digit larger or smaller by up to this share, so that the network does "
                "not rely on the size."
            ),
            group=Group.DISTORTIONS,
            widget=Widget.SLIDER,
            limit=Limit(0.0, 0.5),
            step=0.05,
        ),
        "elastic": Setting(
            title=N_("Elastic distortion, in pixels"),
            help=N_(
                "Bends each digit as if it were drawn on rubber, much as somebody else might write "
                "it; Simard's experiments of 2003 used about 1.4."
            ),
            group=Group.DISTORTIONS,
            widget=Widget.SLIDER,
            limit=Limit(0.0, 3.0),
            step=0.1,
        ),
    }
)


def in_group(group: Group) -> list[str]:
    """Name the settings of a group, in the order of the table."""
    return [name for name, setting in SETTINGS.items() if setting.group == group]


def limit_of(name: str) -> Limit:
    """Return the limits of a setting that is a number.

    Raises:
        KeyError: There is no such setting, or it is chosen by name.
    """
    limit = SETTINGS[name].limit
    if limit is None:
        raise KeyError(name)
    return limit


def choices_of(name: str) -> Mapping[str, Choice]:
    """Return the choices of a setting that is chosen by name, slug -> entry.

    Raises:
        KeyError: There is no such setting, or it is a number.
    """
    choices = SETTINGS[name].choices
    if not choices:
        raise KeyError(name)
    return choices
