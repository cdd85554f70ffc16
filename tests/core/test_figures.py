"""Figures: what they are given is what they draw, and every axis has its title."""

import numpy as np
import pytest

from mnist_core import figures

TITLES = {
    "epoch": "Epoch",
    "loss": "Loss",
    "accuracy": "Accuracy",
    "training": "training",
    "validation": "validation",
    "hover": "{run}, {part}: {value} after epoch {epoch}",
}
HISTORY = {
    "loss": [0.5, 0.25],
    "accuracy": [0.8, 0.9],
    "val_loss": [0.6, 0.4],
    "val_accuracy": [0.7, 0.85],
}


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
def test_a_history_has_a_line_for_each_part_of_each_run(metric: str):
    without_validation = {"loss": [0.3], "accuracy": [0.95]}

    figure = figures.history_figure(
        {"first": HISTORY, "second": without_validation},
        metric=metric,
        colours=["red", "blue"],
        titles=TITLES,
    )

    lines = {trace.name: (list(trace.x), list(trace.y)) for trace in figure.data}
    assert lines == {
        "first · training": ([1, 2], HISTORY[metric]),
        "first · validation": ([1, 2], HISTORY[f"val_{metric}"]),
        "second · training": ([1], without_validation[metric]),
    }
    assert figure.layout.xaxis.title.text == "Epoch"
    assert figure.layout.yaxis.title.text == TITLES[metric]


def test_both_parts_of_a_run_have_its_colour():
    figure = figures.history_figure(
        {"first": HISTORY, "second": HISTORY},
        metric="loss",
        colours=["red", "blue"],
        titles=TITLES,
    )

    assert [trace.line.color for trace in figure.data] == ["red", "red", "blue", "blue"]


def test_a_run_keeps_its_colour_in_another_company():
    assert figures.run_colours([4, 9])[1] == figures.run_colours([9])[0]


def test_runs_that_are_compared_have_different_colours():
    n = len(figures.RUN_COLOURS)

    assert len(set(figures.run_colours([1, 1 + n, 2]))) == 3
    assert len(set(figures.run_colours(range(n)))) == n


def test_hovering_over_a_history_says_a_sentence():
    figure = figures.history_figure(
        {"mine": HISTORY}, metric="accuracy", colours=["red"], titles=TITLES
    )

    assert figure.data[0].hovertemplate == (
        "mine, training: %{y:.2%} after epoch %{x}<extra></extra>"
    )


def test_class_metrics_are_a_bar_for_each_digit_and_metric():
    values = {"Precision": np.array([0.9, 1.0]), "Recall": np.array([0.95, 0.97])}

    figure = figures.class_metrics_figure(
        values, titles={"digit": "Digit", "share": "Share", "hover": "{metric} {digit} {value}"}
    )

    assert {bar.name: list(bar.y) for bar in figure.data} == {
        name: shares.tolist() for name, shares in values.items()
    }
    assert list(figure.data[0].x) == ["0", "1"]
    assert figure.layout.xaxis.title.text == "Digit"
    assert figure.layout.yaxis.title.text == "Share"
    low, high = figure.layout.yaxis.range
    assert (low, high) == (pytest.approx(0.88), 1.0)


def test_probabilities_mark_the_highest():
    probabilities = np.array([0.1, 0.7, 0.2])

    chart = figures.probabilities_chart(
        probabilities, titles={"digit": "Digit", "probability": "Probability"}
    )

    assert chart.data["digit"].tolist() == ["0", "1", "2"]
    assert chart.data["probability"].tolist() == pytest.approx([0.1, 0.7, 0.2])
    assert chart.data["is_highest"].tolist() == [False, True, False]
    encoding = chart.to_dict()["layer"][0]["encoding"]
    assert encoding["x"]["title"] == "Probability"
    assert encoding["y"]["title"] == "Digit"


@pytest.mark.parametrize(("metric", "column"), [("loss", 1), ("accuracy", 2)])
def test_the_live_chart_holds_the_curve_and_the_validation_of_finished_epochs(
    metric: str, column: int
):
    curve = [(0.5, 0.7, 0.6), (1.0, 0.5, 0.8)]

    chart = figures.live_chart(
        curve, HISTORY, metric=metric, n_epochs=5, has_validation=True, titles=TITLES
    )

    rows = chart.data.to_dict("records")
    expected = [(point[0], point[column], "training") for point in curve]
    expected += [(n, value, "validation") for n, value in enumerate(HISTORY[f"val_{metric}"], 1)]
    assert [(row["epoch"], row["value"], row["part"]) for row in rows] == expected
    encoding = chart.to_dict()["layer"][0]["encoding"]
    assert encoding["x"]["scale"]["domain"] == [0, 5]
    assert encoding["x"]["title"] == "Epoch"
    assert encoding["y"]["title"] == TITLES[metric]


def test_the_live_chart_before_the_first_point_has_its_axes_already():
    chart = figures.live_chart(
        (), {}, metric="loss", n_epochs=3, has_validation=False, titles=TITLES
    )

    encoding = chart.to_dict()["layer"][0]["encoding"]
    assert len(chart.data) == 0
    assert encoding["x"]["scale"]["domain"] == [0, 3]
    assert encoding["color"]["scale"]["domain"] == ["training"]
