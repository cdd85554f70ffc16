"""An app of own digits alone, and what is read on its page."""

from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from mnist_core.store.own_digits import OwnDigits
from pages.ui.layout import PAGES
from tests.pages.conftest import app_from_file, open_page

PAGE = PAGES["draw"].file


# The visitor's own digits alone; what is drawn stands in the session.
SCRIPT = """
import streamlit as st

from pages.ui import layout
from pages.ui.base import run_choice
from pages.ui.draw import fine_tuning, own_digits


@st.fragment
def show(run):
    with layout.shown_errors():
        if "test.digit" in st.session_state:
            own_digits.offer(st.session_state["test.digit"])
        own_digits.show(run)


with layout.page("draw"):
    run = run_choice.choose()
    show(run)
    fine_tuning.show(run)
"""


def own_digits_app(folder: Path) -> AppTest:
    """Return an app, put into a folder, whose pages are all this one."""
    for page in PAGES.values():
        path = folder / page.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SCRIPT, encoding="utf-8")
    return app_from_file(folder / "app.py")


def open_with(app: AppTest, digit: np.ndarray) -> AppTest:
    open_page(app, PAGE)
    app.session_state["test.digit"] = digit
    return app.run()


def pictures(app: AppTest) -> list[str]:
    return [element.proto.body for element in app.get("html")]


def texts(app: AppTest) -> str:
    return "\n".join(
        element.value for element in (*app.markdown, *app.caption, *app.info, *app.error)
    )


def metrics(app: AppTest) -> dict[str, tuple[str, str]]:
    """Return the value and the line under it by label."""
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


def keep_some(own: OwnDigits, images: np.ndarray, *, n: int, n_wrong: int) -> None:
    """Keep test images that mlp-512 reads right, some of them with a wrong label."""
    labels = load_dataset().test_labels
    for index in range(n):
        own.add(images[index], (int(labels[index]) + (index < n_wrong)) % 10)
