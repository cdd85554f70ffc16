"""How well a text reads on a colour, as WCAG 2 defines it."""

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import mnist_core
from mnist_core.figures.palette import rgb

CONFIG = Path(mnist_core.__file__).parents[1] / ".streamlit" / "config.toml"


def theme(name: str) -> dict[str, Any]:
    """Return the colours of the light or the dark page."""
    colours: dict[str, Any] = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][name]
    return colours


def mixed(colour: str, ground: str, share: float) -> NDArray[np.float64]:
    """Lay a share, 0..1, of a colour over a ground; red, green and blue, 0..1."""
    return (share * np.array(rgb(colour)) + (1 - share) * np.array(rgb(ground))) / 255


def contrast(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the contrast of two colours, 1..21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: NDArray[np.float64]) -> float:
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
