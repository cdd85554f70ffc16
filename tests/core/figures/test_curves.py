"""What is drawn by epoch: what the figures are given is what they draw."""

import pytest

from mnist_core.figures import curves
from mnist_core.figures.curves import GapWords, HistoryWords, TrueDigitWords
from mnist_core.figures.words import METRICS, CurveWords, Metric

WORDS = HistoryWords(
    curves=CurveWords(
        epoch="Epoch",
        loss="Loss",
        accuracy="Accuracy",
        training="training",
        validation="validation",
    ),
    loss_log="Loss, log",
    hover="{run}, {part}: {value} after epoch {epoch}",
    hover_best="{run}: lowest, {value} after epoch {epoch}",
)
GAP_WORDS = GapWords(
    epoch="Epoch",
    gap="Gap",
    best="best: {epoch}",
    hover="{run}: {value} points after epoch {epoch}",
    hover_best="{run}: {value} points after the best epoch {epoch}",
)
HISTORY = {
    "loss": [0.5, 0.25],
    "accuracy": [0.8, 0.9],
    "val_loss": [0.6, 0.4],
    "val_accuracy": [0.7, 0.85],
}


@pytest.mark.parametrize("metric", METRICS)
def test_a_history_has_a_line_for_each_part_of_each_run(metric: Metric):
    without_validation = {"loss": [0.3], "accuracy": [0.95]}

    figure = curves.history_figure(
        {"first": HISTORY, "second": without_validation},
        metric=metric,
        colours=["red", "blue"],
        words=WORDS,
    )

    lines = {trace.name: (list(trace.x), list(trace.y)) for trace in figure.data}
    assert lines == {
        "first · training": ([1, 2], HISTORY[metric]),
        "first · validation": ([1, 2], HISTORY[f"val_{metric}"]),
        "second · training": ([1], without_validation[metric]),
    }
    assert figure.layout.xaxis.title.text == "Epoch"
    assert figure.layout.yaxis.title.text == WORDS.curves.title(metric)


def test_both_parts_of_a_run_have_its_colour():
    figure = curves.history_figure(
        {"first": HISTORY, "second": HISTORY},
        metric="loss",
        colours=["red", "blue"],
        words=WORDS,
    )

    assert [trace.line.color for trace in figure.data] == ["red", "red", "blue", "blue"]


@pytest.mark.parametrize("metric", METRICS)
def test_hovering_over_a_history_says_a_sentence(metric: Metric):
    figure = curves.history_figure({"mine": HISTORY}, metric=metric, colours=["red"], words=WORDS)

    value = "%{y:.2%}" if metric == "accuracy" else "%{y:.4f}"
    assert (
        figure.data[0].hovertemplate
        == (f"mine, training: {value} after epoch %{{x}}<extra></extra>",) * 2
    )


@pytest.mark.parametrize(
    ("highest", "kind", "title"), [(5.0, None, "Loss"), (5.1, "log", "Loss, log")]
)
def test_a_loss_that_was_thrown_off_does_not_press_the_others_flat(highest, kind, title):
    figure = curves.history_figure(
        {"fine": HISTORY, "off": {"loss": [highest, 2.3], "accuracy": [0.1, 0.1]}},
        metric="loss",
        colours=["red", "blue"],
        words=WORDS,
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
    figure = curves.history_figure(
        {"mine": OVERFITTED}, metric="loss", colours=["red"], words=WORDS
    )

    training, validation = figure.data
    assert (stars(training), stars(validation)) == ([], [2])
    assert validation.hovertemplate[1] == "mine: lowest, %{y:.4f} after epoch %{x}<extra></extra>"
    assert "lowest" not in validation.hovertemplate[0] + validation.hovertemplate[2]


def test_the_lowest_validation_loss_is_not_marked_among_accuracies():
    figure = curves.history_figure(
        {"mine": OVERFITTED}, metric="accuracy", colours=["red"], words=WORDS
    )

    assert [stars(trace) for trace in figure.data] == [[], []]


def test_the_gap_is_the_training_accuracy_less_the_validation_accuracy_in_points():
    figure = curves.gap_figure({"mine": OVERFITTED}, colours=["red"], words=GAP_WORDS)

    (line,) = figure.data
    assert (line.name, line.line.color) == ("mine", "red")
    assert list(line.x) == [1, 2, 3]
    assert list(line.y) == [-6.25, 0, 12.5]
    assert figure.layout.xaxis.title.text == "Epoch"
    assert figure.layout.yaxis.title.text == "Gap"


def test_the_gap_has_a_line_at_zero():
    figure = curves.gap_figure({"mine": OVERFITTED}, colours=["red"], words=GAP_WORDS)

    (shape,) = figure.layout.shapes
    assert (shape.y0, shape.y1) == (0, 0)


def test_the_gap_marks_the_epoch_of_the_lowest_validation_loss_with_a_star_and_words():
    figure = curves.gap_figure({"mine": OVERFITTED}, colours=["red"], words=GAP_WORDS)

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

    figure = curves.gap_figure(
        {"first": unseen, "second": OVERFITTED}, colours=["red", "blue"], words=GAP_WORDS
    )

    assert [(line.name, line.line.color) for line in figure.data] == [("second", "blue")]


def test_many_gaps_are_marked_without_words_that_would_lie_upon_each_other():
    histories = {str(n): OVERFITTED for n in range(3)}

    figure = curves.gap_figure(histories, colours=["red"] * 3, words=GAP_WORDS)

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
    history = curves.history_figure({name: HISTORY}, metric="loss", colours=["red"], words=WORDS)
    gap = curves.gap_figure({name: HISTORY}, colours=["red"], words=GAP_WORDS)

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


def test_the_probability_of_the_true_digit_is_drawn_by_epoch():
    words = TrueDigitWords(epoch="Epoch", p_true="P", half="half", hover="{value} after {epoch}")

    figure = curves.p_true_figure({1: 0.2, 2: 0.9, 3: 0.4}, marked=2, words=words)

    (line,) = figure.data
    assert (list(line.x), list(line.y)) == ([1, 2, 3], [0.2, 0.9, 0.4])
    assert list(line.marker.symbol) == ["circle", "diamond", "circle"]
    assert figure.layout.xaxis.title.text == "Epoch"
    assert figure.layout.yaxis.title.text == "P"
    assert line.hovertemplate.startswith("%{y:.1%} after %{x}")
