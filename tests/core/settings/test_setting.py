import pytest

from mnist_core.settings.choices import OPTIMIZERS
from mnist_core.settings.setting import Group, Limit, Setting, Widget


def setting(low: float, **others) -> Setting:
    return Setting(
        title="A setting",
        help="It helps.",
        group=Group.LEARNING,
        widget=Widget.SLIDER,
        limit=Limit(low, 1_000_000),
        **others,
    )


@pytest.mark.parametrize(
    ("written", "value"),
    [("1,234", 1_234), ("0", 0), ("0.5, 0.25", "0.5, 0.25")],
)
def test_a_whole_number_has_commas_between_the_thousands(written, value):
    assert setting(0).write(value) == written


@pytest.mark.parametrize(
    ("written", "value"), [("1e-05", 1e-5), ("0.05", 0.05), ("3", 3.0), ("3", 3)]
)
def test_a_number_has_as_many_digits_as_it_needs(written, value):
    assert setting(0.0).write(value) == written


def test_a_setting_may_have_a_form_of_its_own():
    assert setting(0, form="d").write(1_234) == "1234"


def test_the_lower_limit_decides_whether_a_setting_is_whole():
    assert setting(0).is_whole
    assert not setting(0.0).is_whole
    choice = Setting(title="", help="", group=Group.NETWORK, widget=Widget.CHOICE, choices={})
    assert not choice.is_whole


def test_a_setting_knows_the_type_of_its_values():
    assert setting(0).kind is int
    assert setting(0.0).kind is float
    assert setting(0, choices=OPTIMIZERS).kind is str
