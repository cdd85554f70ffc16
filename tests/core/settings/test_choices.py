import pytest

from mnist_core.settings.activations import ACTIVATIONS
from mnist_core.settings.choices import INITIALIZERS, LOSSES, OPTIMIZERS


@pytest.mark.parametrize("table", [ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS])
def test_choices_are_told_apart_by_title_and_help(table):
    assert len({choice.title for choice in table.values()}) == len(table)
    assert len({choice.help for choice in table.values()}) == len(table)
    assert all(choice.title and choice.help for choice in table.values())


def test_a_table_cannot_be_changed_by_chance():
    with pytest.raises(TypeError):
        OPTIMIZERS["adam"] = OPTIMIZERS["sgd"]
