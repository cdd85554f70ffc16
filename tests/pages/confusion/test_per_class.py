"""Accuracy with its interval, and the metrics of each digit."""

import re

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from mnist_core.data.parts import Part, part_of
from mnist_core.evaluation.chance import accuracy_interval
from mnist_core.settings.presets import PRESETS
from mnist_core.store.run_store import RunStore
from tests.pages.conftest import app_from_function


def script(part: str, *, is_empty: bool = False) -> None:
    from mnist_core.data.parts import Part
    from pages.ui.base import cache
    from pages.ui.confusion import per_class

    result = cache.answers(cache.store().get("mlp-256"), Part(part))
    per_class.show(result.at_least(1.1) if is_empty else result, Part(part))


def shown(runs_url: str, part: Part, **options: bool) -> AppTest:
    app = app_from_function(script, part.value, **options)
    app.run()
    assert not app.exception
    return app


def answers(part: Part) -> tuple[np.ndarray, np.ndarray]:
    images = part_of(load_dataset(), PRESETS["mlp-256"].config, part)
    return images.labels, RunStore().network("mlp-256").probabilities(images.images).argmax(axis=1)


@pytest.mark.parametrize("part", [Part.TEST, Part.VALIDATION])
def test_the_accuracy_stands_with_its_interval(runs_url: str, part: Part):
    y_true, y_pred = answers(part)
    n_correct = int((y_true == y_pred).sum())
    interval = accuracy_interval(n_correct, len(y_true))

    sentence = shown(runs_url, part).markdown[0].value

    assert f"{n_correct / len(y_true):.2%} of these {len(y_true):,} images" in sentence
    assert f"between {interval.low:.2%} and {interval.high:.2%} right" in sentence


def test_of_images_it_learned_from_no_interval_is_told(runs_url: str):
    sentence = shown(runs_url, Part.TRAIN).markdown[0].value

    assert "It learned from them" in sentence
    assert len(re.findall("%", sentence)) == 1


def test_each_digit_and_the_macro_average_are_as_scikit_learn_has_them(runs_url: str):
    y_true, y_pred = answers(Part.TEST)
    app = shown(runs_url, Part.TEST)

    table = app.dataframe[0].value

    expected = precision_recall_fscore_support(y_true, y_pred)
    for name, values in zip(("precision", "recall", "f1"), expected[:3], strict=True):
        np.testing.assert_allclose(table[name], 100 * values)
    assert table["support"].tolist() == expected[3].tolist()
    precision, recall, f1, _support = precision_recall_fscore_support(
        y_true, y_pred, average="macro"
    )
    assert f"precision {precision:.2%}, recall {recall:.2%}, F1 {f1:.2%}." in app.markdown[1].value


def test_every_bar_is_seen_and_the_caption_says_where_they_begin(runs_url: str):
    app = shown(runs_url, Part.TEST)

    (start,) = re.findall(r"begin at (\d+)%", app.caption[1].value)

    table = app.dataframe[0].value
    lowest = table[["precision", "recall", "f1"]].to_numpy().min()
    assert 0 < int(start) < lowest - 1
    assert f'"min_value":{start}' in app.dataframe[0].proto.columns.replace(".0", "").replace(
        " ", ""
    )


def poor_result() -> None:
    import numpy as np

    from mnist_core.data.parts import Part
    from mnist_core.evaluation.answers import evaluate
    from pages.ui.confusion import per_class

    # It takes every image for a 3.
    per_class.show(evaluate(np.eye(10, dtype=np.float32)[[3] * 10], np.arange(10)), Part.TEST)


def test_where_a_digit_is_never_found_the_bars_begin_at_0(runs_url: str):
    app = app_from_function(poor_result).run()

    assert not app.exception
    assert not any("bars begin" in caption.value for caption in app.caption)
    assert app.dataframe[0].value["recall"].tolist() == [0] * 3 + [100] + [0] * 6


def test_without_images_there_is_a_sentence(runs_url: str):
    app = shown(runs_url, Part.TEST, is_empty=True)

    assert [info.value for info in app.info] == ["There are no images to count."]
