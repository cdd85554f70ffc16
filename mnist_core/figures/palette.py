"""Colours, each named for what it means; figures, pictures and pages share them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

# On the page: the colour when it is light, and when it is dark. Hit and miss stand out from the
# page, and its text is legible on them.
PAGE_COLOURS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "accent": ("#3046c8", "#93a4ff"),
        "on-accent": ("#ffffff", "#10131f"),  # text
        "soft": ("#eef0f8", "#1b2032"),
        "line": ("#d5d9ea", "#323a55"),
        "muted": ("#565d78", "#a3abc6"),
        "hit": ("#4a96d4", "#146cb0"),  # read right, or read better than before
        "miss": ("#e26f38", "#ae4b10"),
    }
)

# In figures and pictures, which do not know whether the page is light or dark. Pairs are Okabe and
# Ito's, which the colour-blind tell apart.
FIGURE_COLOURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "main": "#5b74e8",  # what a figure is about
        "quiet": "#9aa3bd",  # what it is compared with
        "for": "#e69f00",  # evidence for an answer
        "against": "#56b4e9",
        "ground": "#05070d",  # behind the pixels of a digit
        "sure": "#0072b2",
        "unsure": "#d55e00",
        "marked": "#f2c14e",
        "on-marked": "#1b1400",  # text
        "grid": "#1b2033",  # between the pixels of a table
        "blank": "#6b7494",  # the number of a pixel without ink
    }
)

# Okabe and Ito's colour-blind-safe colours that read on light and on dark.
RUN_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")

# One for each digit, laid at half strength over a light or a dark page: of some fifty colours on
# which the text of both pages is easy to read, the ten that stay furthest apart there, for eyes
# without red, green or blue cones too.
DIGIT_COLOURS: Final = (
    "#66CCEE",
    "#8C564B",
    "#E69F00",
    "#4477AA",
    "#B00000",
    "#CCBB44",
    "#882255",
    "#332288",
    "#D55E00",
    "#999999",
)


def css_variables() -> str:
    """Return a style rule that gives each named colour to the page, as `--mnist-<name>`."""
    values = {name: f"light-dark({light}, {dark})" for name, (light, dark) in PAGE_COLOURS.items()}
    values |= FIGURE_COLOURS
    return ":root{" + "".join(f"--mnist-{name}:{value};" for name, value in values.items()) + "}"


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0..255, of a colour written as #rrggbb."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def run_colours(numbers: Sequence[int]) -> list[str]:
    """Return a colour for each run, given their numbers in the store.

    A run keeps its colour whatever it is compared with, unless one before it has the same: then
    it takes the next that is free.
    """
    colours: list[str] = []
    for number in numbers:
        cycle = [
            RUN_COLOURS[(number + step) % len(RUN_COLOURS)] for step in range(len(RUN_COLOURS))
        ]
        colours.append(next((colour for colour in cycle if colour not in colours), cycle[0]))
    return colours
