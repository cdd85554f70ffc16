import dataclasses

from mnist_core.figures.words import CurveWords
from pages.ui.train import live_curves
from tests.conftest import add_finished, add_running

WORDS = CurveWords(
    epoch="Epoch", loss="Loss", accuracy="Accuracy", training="training", validation="validation"
)


def test_a_chart_carries_the_points_of_its_run_and_of_the_one_behind_it(store):
    run, ghost = add_running(store), add_finished(store)

    table, _ = live_curves.chart(run, ghost, "loss", WORDS)

    rows = table.to_pylist()
    names = {row["part"] for row in rows}
    assert names == {"training", ghost.title}
    own = [(row["epoch"], row["value"]) for row in rows if row["part"] == "training"]
    assert own == [(0.25, 2.0), (0.5, 1.5)]


def test_it_is_built_once_until_there_is_more_to_show(store):
    run = add_running(store)
    before = live_curves._build.cache_info().misses

    for _ in range(5):
        live_curves.chart(run, None, "loss", WORDS)
    assert live_curves._build.cache_info().misses == before + 1

    progress = dataclasses.replace(run.progress, curve=(*run.progress.curve, (1.0, 1.0, 0.7)))
    live_curves.chart(dataclasses.replace(run, progress=progress), None, "loss", WORDS)
    assert live_curves._build.cache_info().misses == before + 2


def test_what_one_visitors_page_changes_no_other_sees(store):
    run = add_running(store)
    _, spec = live_curves.chart(run, None, "loss", WORDS)
    spec.clear()

    assert live_curves.chart(run, None, "loss", WORDS)[1]
