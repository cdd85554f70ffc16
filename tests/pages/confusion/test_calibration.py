"""How sure the network is, and what it would gain by silence."""

import base64
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from mnist_core.evaluation.calibration import Calibration
from mnist_core.store.run_store import RunStore
from pages.ui.confusion.calibration import CALIBRATIONS
from tests.pages.conftest import app_from_function


def script(threshold: float) -> None:
    from pages.ui.base import cache
    from pages.ui.confusion import calibration

    calibration.show(cache.test_answers(cache.store().get("mlp-512")), threshold)


def made_up(stated: float, n_right: int) -> None:
    import numpy as np

    from mnist_core.evaluation.answers import evaluate
    from pages.ui.confusion import calibration

    probabilities = np.zeros((100, 10), np.float32)
    probabilities[:, 3] = stated
    y_true = np.where(np.arange(100) < n_right, 3, 5)
    calibration.show(evaluate(probabilities, y_true), 0.9)


def empty() -> None:
    from pages.ui.base import cache
    from pages.ui.confusion import calibration

    calibration.show(cache.test_answers(cache.store().get("mlp-512")).at_least(1.1), 0.5)


def shown(function, *args: float) -> AppTest:
    app = app_from_function(function, *args).run()
    assert not app.exception
    return app


def sentences(app: AppTest) -> str:
    return "\n".join(text.value for text in app.markdown)


@pytest.fixture(scope="module")
def answers() -> tuple[np.ndarray, np.ndarray]:
    """How sure mlp-512 is of each test image, and whether it is right."""
    dataset = load_dataset()
    probabilities = RunStore().network("mlp-512").probabilities(dataset.test_images)
    return probabilities.max(axis=1), probabilities.argmax(axis=1) == dataset.test_labels


@pytest.mark.parametrize("threshold", [0.5, 0.9, 0.995])
def test_the_sentence_says_what_it_answers_and_how_well(runs_url, answers, threshold: float):
    confidence, is_right = answers
    is_sure = confidence >= threshold

    text = sentences(shown(script, threshold))

    assert (
        f"at least {100 * threshold:.4g}% sure, it answers {is_sure.mean():.2%} of the images and "
        f"is right in {is_right[is_sure].mean():.2%} of these."
    ) in text


def test_the_mark_stands_where_the_sentence_says(runs_url, answers):
    confidence, is_right = answers
    is_sure = confidence >= 0.9

    _reliability, chart = shown(script, 0.9).get("plotly_chart")
    _curve, mark = json.loads(chart.proto.spec)["data"]
    assert mark["text"] == ["at least 90% sure"]
    assert numbers(mark["x"]) == pytest.approx([is_sure.mean()])
    assert numbers(mark["y"]) == pytest.approx([is_right[is_sure].mean()])


def numbers(packed: dict[str, str]) -> list[float]:
    """Numbers as Plotly sends them."""
    return np.frombuffer(base64.b64decode(packed["bdata"]), packed["dtype"]).tolist()


def test_the_mean_confidence_and_the_calibration_error_are_those_of_the_answers(runs_url, answers):
    confidence, is_right = answers
    error = 0.0
    for low in range(10):
        inside = (confidence > low / 10) & (confidence <= (low + 1) / 10)
        if inside.any():
            apart = abs(float(confidence[inside].mean(dtype=float)) - is_right[inside].mean())
            error += apart * inside.mean()

    app = shown(script, 0.9)

    assert f"{confidence.mean(dtype=float):.2%} sure" in sentences(app)
    assert f"over all answers, is {error:.2%}." in app.caption[0].value


@pytest.mark.parametrize(
    ("stated", "n_right", "expected"),
    [
        (0.99, 80, Calibration.OVERCONFIDENT),
        (0.6, 80, Calibration.UNDERCONFIDENT),
        (0.8, 80, Calibration.FITTING),
    ],
)
def test_the_sentence_says_whether_it_is_too_sure(
    runs_url, stated: float, n_right: int, expected: Calibration
):
    text = sentences(shown(made_up, stated, n_right))

    filled = CALIBRATIONS[expected].format(
        confidence=f"{stated:.2%}", accuracy=f"{n_right / 100:.2%}", n="100"
    )
    assert filled in text


def test_what_it_is_never_sure_enough_of_it_would_not_answer(runs_url):
    text = sentences(shown(made_up, 0.5, 50))

    assert "It is never 90% sure, so it would answer nothing." in text


def test_without_images_there_is_a_sentence(runs_url):
    assert [info.value for info in shown(empty).info] == ["There are no images to count."]


def test_where_every_answer_counts_the_slider_is_named(runs_url):
    assert "Now it answers everything." in sentences(shown(script, 0.0))
