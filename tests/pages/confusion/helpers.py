"""What a test of Confusion reads on its page."""

import numpy as np
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import component

PAGE = "pages/4_Confusion.py"


RUN = "mlp-256"  # has a validation part


def count(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (y_true, y_pred), 1)
    return counts


def matrix(app: AppTest) -> dict:
    return component(app, "confusion.matrix")


def gallery(app: AppTest) -> list[dict]:
    return component(app, "confusion.tiles")["tiles"]


def shown_indices(app: AppTest) -> list[int]:
    return [tile["index"] for tile in gallery(app)]
