"""What is drawn by epoch: what the figures are given is what they draw."""

import pytest

from mnist_core import curve_figures, figures
from mnist_core.curve_figures import GhostCurves

TITLES = {
    "epoch": "Epoch",
    "loss": "Loss",
    "loss_log": "Loss, log",
    "accuracy": "Accuracy",
    "training": "training",
    "validation": "validation",
    "hover": "{run}, {part}: {value} after epoch {epoch}",
    "hover_best": "{run}: lowest, {value} after epoch {epoch}",
    "gap": "Gap",
    "hover_gap": "{run}: {value} points after epoch {epoch}",
    "hover_gap_best": "{run}: {value} points after the best epoch {epoch}",
    "best": "best: {epoch}",
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

    figure = curve_figures.history_figure(
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
    figure = curve_figures.history_figure(
        {"first": HISTORY, "second": HISTORY},
        metric="loss",
        colours=["red", "blue"],
        titles=TITLES,
    )

    assert [trace.line.color for trace in figure.data] == ["red", "red", "blue", "blue"]


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
def test_hovering_over_a_history_says_a_sentence(metric: str):
    figure = curve_figures.history_figure(
        {"mine": HISTORY}, metric=metric, colours=["red"], titles=TITLES
    )

    value = "%{y:.2%}" if metric == "accuracy" else "%{y:.4f}"
    assert (
        figure.data[0].hovertemplate
        == (f"mine, training: {value} after epoch %{{x}}<extra></extra>",) * 2
    )


@pytest.mark.parametrize(
    ("highest", "kind", "title"), [(5.0, None, "Loss"), (5.1, "log", "Loss, log")]
)
def test_a_loss_that_was_thrown_off_does_not_press_the_others_flat(highest, kind, title):
    figure = curve_figures.history_figure(
        {"fine": HISTORY, "off": {"loss": [highest, 2.3], "accuracy": [0.1, 0.1]}},
        metric="loss",
        colours=["red", "blue"],
        titles=TITLES,
    )

    assert figure.layout.yaxis.type == kind
    assert figure.layout.yaxis.title.text == title


OVERFITTED = {
    "loss": [0.5, 0.25, 0.125],
    "accuracy": [0.75, 0.875, 1.0],
    "val_loss": [0.6, 0.4, 0.5],
    "val_accuracy": [0.8125, 0.875, 0.875],
}


def stars(trace) -> list[int]:
    """Return the epochs that a line marks with a star, larger than the other points."""
    marked = [
        epoch
        for epoch, symbol in zip(trace.x, trace.marker.symbol, strict=True)
        if symbol == "star"
    ]
    largest = max(trace.marker.size)
    assert all(
        (size == largest) == (epoch in marked)
        for epoch, size in zip(trace.x, trace.marker.size, strict=True)
        if marked
    )
    return marked


def test_the_epoch_of_the_lowest_validation_loss_is_marked_on_that_curve_only():
    figure = curve_figures.history_figure(
        {"mine": OVERFITTED}, metric="loss", colours=["red"], titles=TITLES
    )

    training, validation = figure.data
    assert (stars(training), stars(validation)) == ([], [2])
    assert validation.hovertemplate[1] == "mine: lowest, %{y:.4f} after epoch %{x}<extra></extra>"
    assert "lowest" not in validation.hovertemplate[0] + validation.hovertemplate[2]


def test_the_lowest_validation_loss_is_not_marked_among_accuracies():
    figure = curve_figures.history_figure(
        {"mine": OVERFITTED}, metric="accuracy", colours=["red"], titles=TITLES
    )

    assert [stars(trace) for trace in figure.data] == [[], []]


def test_the_gap_is_the_training_accuracy_less_the_validation_accuracy_in_points():
    figure = curve_figures.gap_figure({"mine": OVERFITTED}, colours=["red"], titles=TITLES)

    (line,) = figure.data
    assert (line.name, line.line.color) == ("mine", "red")
    assert list(line.x) == [1, 2, 3]
    assert list(line.y) == [-6.25, 0, 12.5]
    assert figure.layout.xaxis.title.text == "Epoch"
    assert figure.layout.yaxis.title.text == "Gap"


def test_the_gap_has_a_line_at_zero():
    figure = curve_figures.gap_figure({"mine": OVERFITTED}, colours=["red"], titles=TITLES)

    (shape,) = figure.layout.shapes
    assert (shape.y0, shape.y1) == (0, 0)


def test_the_gap_marks_the_epoch_of_the_lowest_validation_loss_with_a_star_and_words():
    figure = curve_figures.gap_figure({"mine": OVERFITTED}, colours=["red"], titles=TITLES)

    (line,) = figure.data
    assert stars(line) == [2]
    assert list(line.text) == ["", "best: 2", ""]
    assert line.hovertemplate == (
        "mine: %{y:.2f} points after epoch %{x}<extra></extra>",
        "mine: %{y:.2f} points after the best epoch %{x}<extra></extra>",
        "mine: %{y:.2f} points after epoch %{x}<extra></extra>",
    )


def test_a_run_without_validation_has_no_gap_and_the_others_keep_their_colours():
    unseen = {"loss": [0.3], "accuracy": [0.95]}

    figure = curve_figures.gap_figure(
        {"first": unseen, "second": OVERFITTED}, colours=["red", "blue"], titles=TITLES
    )

    assert [(line.name, line.line.color) for line in figure.data] == [("second", "blue")]


def test_many_gaps_are_marked_without_words_that_would_lie_upon_each_other():
    histories = {str(n): OVERFITTED for n in range(3)}

    figure = curve_figures.gap_figure(histories, colours=["red"] * 3, titles=TITLES)

    assert [stars(line) for line in figure.data] == [[2]] * 3
    assert all(line.text is None for line in figure.data)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"),
        ("%{y} {run}", "%&#123;y} {run}"),
        ("R&D", "R&amp;D"),
        ("手寫 *x*", "手寫 *x*"),
    ],
)
def test_a_name_is_shown_as_it_is(name: str, shown: str):
    history = curve_figures.history_figure(
        {name: HISTORY}, metric="loss", colours=["red"], titles=TITLES
    )
    gap = curve_figures.gap_figure({name: HISTORY}, colours=["red"], titles=TITLES)

    assert [line.name for line in (*history.data, *gap.data)] == [
        f"{shown} · training",
        f"{shown} · validation",
        shown,
    ]
    assert all(
        sentence.startswith(shown)
        for line in (*history.data, *gap.data)
        for sentence in line.hovertemplate
    )


@pytest.mark.parametrize(("metric", "column"), [("loss", 1), ("accuracy", 2)])
def test_the_live_chart_holds_the_curve_and_the_validation_of_finished_epochs(
    metric: str, column: int
):
    curve = [(0.5, 0.7, 0.6), (1.0, 0.5, 0.8)]

    chart = curve_figures.live_chart(
        curve, HISTORY, metric=metric, n_epochs=5, has_validation=True, titles=TITLES
    )

    rows = chart.frame.to_dict("records")
    assert [row["is_validation"] for row in rows] == [False, False, True, True]
    expected = [(point[0], point[column], "training") for point in curve]
    expected += [(n, value, "validation") for n, value in enumerate(HISTORY[f"val_{metric}"], 1)]
    assert [(row["epoch"], row["value"], row["part"]) for row in rows] == expected
    encoding = chart.spec["layer"][0]["encoding"]
    assert encoding["x"]["scale"]["domain"] == [0, 5]
    assert encoding["x"]["title"] == "Epoch"
    assert encoding["y"]["title"] == TITLES[metric]


def test_the_description_of_a_live_chart_stays_the_same_while_it_grows():
    def chart(curve):
        return curve_figures.live_chart(
            curve, {}, metric="loss", n_epochs=3, has_validation=False, titles=TITLES
        )

    first = chart([(0.5, 0.7, 0.6)])
    first.spec.clear()  # whoever draws it may do with it as he likes

    assert chart([(0.5, 0.7, 0.6)]).spec == chart([(0.5, 0.7, 0.6), (1.0, 0.6, 0.7)]).spec != {}


def test_the_live_chart_before_the_first_point_has_its_axes_already():
    chart = curve_figures.live_chart(
        (), {}, metric="loss", n_epochs=3, has_validation=False, titles=TITLES
    )

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

    chart = curve_figures.live_chart(
        [(0.5, 0.7, 0.6)],
        {},
        metric="loss",
        n_epochs=2,
        has_validation=True,
        titles=TITLES,
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
    assert colour["scale"]["range"][-1] == figures.QUIET_COLOUR


def test_the_band_reaches_from_the_lowest_to_the_highest_seed():
    histories = [{"val_accuracy": [0.5, 0.75]}, {"val_accuracy": [0.75, 0.5, 0.9]}]

    chart = curve_figures.seed_band(
        histories,
        metric="val_accuracy",
        titles={
            "epoch": "Epoch",
            "value": "Validation accuracy",
            "mean": "mean",
            "lowest": "lowest",
            "highest": "highest",
        },
    )

    # As far as all of them have come.
    assert chart.data.to_dict("list") == {
        "epoch": [1, 2],
        "low": [0.5, 0.5],
        "mean": [0.625, 0.625],
        "high": [0.75, 0.75],
    }
    band, mean = chart.to_dict()["layer"]
    assert (band["encoding"]["y"]["field"], band["encoding"]["y2"]["field"]) == ("low", "high")
    assert mean["encoding"]["y"]["title"] == "Validation accuracy"
    assert mean["encoding"]["x"]["title"] == "Epoch"
