"""What is drawn while runs train: what the charts are given is what they draw."""

import pytest

from mnist_core.figures import live
from mnist_core.figures.live import GhostCurves
from mnist_core.figures.palette import FIGURE_COLOURS
from mnist_core.figures.words import CurveWords, Metric
from tests.core.figures.test_curves import HISTORY

WORDS = CurveWords(
    epoch="Epoch",
    loss="Loss",
    accuracy="Accuracy",
    training="training",
    validation="validation",
)


@pytest.mark.parametrize(("metric", "column"), [("loss", 1), ("accuracy", 2)])
def test_the_live_chart_holds_the_curve_and_the_validation_of_finished_epochs(
    metric: Metric, column: int
):
    curve = [(0.5, 0.7, 0.6), (1.0, 0.5, 0.8)]

    chart = live.live_chart(
        curve, HISTORY, metric=metric, n_epochs=5, has_validation=True, words=WORDS
    )

    rows = chart.frame.to_dict("records")
    assert [row["is_validation"] for row in rows] == [False, False, True, True]
    expected = [(point[0], point[column], "training") for point in curve]
    expected += [(n, value, "validation") for n, value in enumerate(HISTORY[f"val_{metric}"], 1)]
    assert [(row["epoch"], row["value"], row["part"]) for row in rows] == expected
    encoding = chart.spec["layer"][0]["encoding"]
    assert encoding["x"]["scale"]["domain"] == [0, 5]
    assert encoding["x"]["title"] == "Epoch"
    assert encoding["y"]["title"] == WORDS.title(metric)


def test_the_description_of_a_live_chart_stays_the_same_while_it_grows():
    def chart(curve):
        return live.live_chart(
            curve, {}, metric="loss", n_epochs=3, has_validation=False, words=WORDS
        )

    first = chart([(0.5, 0.7, 0.6)])
    first.spec.clear()  # whoever draws it may do with it as he likes

    assert chart([(0.5, 0.7, 0.6)]).spec == chart([(0.5, 0.7, 0.6), (1.0, 0.6, 0.7)]).spec != {}


def test_the_live_chart_before_the_first_point_has_its_axes_already():
    chart = live.live_chart((), {}, metric="loss", n_epochs=3, has_validation=False, words=WORDS)

    encoding = chart.spec["layer"][0]["encoding"]
    assert len(chart.frame) == 0
    assert encoding["x"]["scale"]["domain"] == [0, 3]
    assert encoding["color"]["scale"]["domain"] == ["training"]


def test_a_ghost_is_drawn_behind_in_a_quiet_colour_as_far_as_the_axis_goes():
    ghost = GhostCurves(
        name="earlier #1",
        curve=[(1.0, 0.9, 0.7), (2.0, 0.8, 0.75), (2.5, 0.1, 0.9)],
        history=HISTORY,
    )

    chart = live.live_chart(
        [(0.5, 0.7, 0.6)],
        {},
        metric="loss",
        n_epochs=2,
        has_validation=True,
        words=WORDS,
        ghost=ghost,
    )

    rows = chart.frame.to_dict("records")
    assert [(row["epoch"], row["value"], row["part"]) for row in rows] == [
        (1.0, 0.9, "earlier #1"),
        (2.0, 0.8, "earlier #1"),
        (1.0, 0.6, "earlier #1"),
        (2.0, 0.4, "earlier #1"),
        (0.5, 0.7, "training"),
    ]
    colour = chart.spec["layer"][0]["encoding"]["color"]
    assert colour["scale"]["domain"] == ["training", "validation", "earlier #1"]
    assert colour["scale"]["range"][-1] == FIGURE_COLOURS["quiet"]
