"""Two networks on the same images."""

import dataclasses
import json
import re

import numpy as np
import pytest
from scipy.stats import binomtest
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from mnist_core.data.parts import Part
from mnist_core.runs.run import Run
from mnist_core.store.run_store import RunStore
from pages.ui.base.language import plain
from pages.ui.widgets.tiles import data_uri
from tests.conftest import add_finished
from tests.pages.conftest import app_from_function, component


def script(run_id: str, part: str, without: tuple[int, ...] = ()) -> None:
    from mnist_core.data.parts import Part
    from pages.ui.base import cache
    from pages.ui.confusion import two_networks

    two_networks.show(cache.store().get(run_id), Part(part), without=without)


def shown(
    run_id: str = "mlp-512",
    other: str | None = None,
    *,
    part: Part = Part.TEST,
    without: tuple[int, ...] = (),
) -> AppTest:
    app = app_from_function(script, run_id, part.value, without)
    if other:
        app.query_params["other"] = other
    app.run()
    assert not app.exception
    return app


def read(store: RunStore, run_id: str, images: np.ndarray) -> np.ndarray:
    return store.network(run_id).probabilities(images).argmax(axis=1)


def sentences(app: AppTest) -> str:
    """What is said, without the signs that keep Markdown from reading a name."""
    return "\n".join(text.value for text in app.markdown).replace("\\", "")


def gallery(app: AppTest, name: str) -> list[dict]:
    return component(app, f"confusion.compared.{name}")["tiles"]


def galleries(app: AppTest) -> dict[str, list[int]]:
    """Name of each gallery -> the indices of its images."""
    shown_ones = [json.loads(each.proto.json) for each in app.get("bidi_component")]
    return {
        each["label"]: [tile["index"] for tile in each["tiles"]]
        for each in shown_ones
        if "tiles" in each
    }


def matrix(app: AppTest) -> str:
    (body,) = (e.proto.body for e in app.get("html") if "<table" in e.proto.body)
    return body


def test_what_the_other_fixed_and_broke_is_counted(store: RunStore):
    dataset = load_dataset()
    is_right_a, is_right_b = (
        read(store, slug, dataset.test_images) == dataset.test_labels
        for slug in ("mlp-512", "mlp-256")
    )
    n_fixed, n_broke = int((~is_right_a & is_right_b).sum()), int((is_right_a & ~is_right_b).sum())

    text = sentences(shown(other="mlp-256"))

    assert f"mlp-512, reads {is_right_a.mean():.2%} of these 10,000 images" in text
    assert f"mlp-256, reads {is_right_b.mean():.2%}." in text
    assert f"B fixed (A wrong, B right): {n_fixed}." in text
    assert f"B broke (A right, B wrong): {n_broke}." in text
    assert f"Wrong in both: {(~is_right_a & ~is_right_b).sum()}." in text
    p = binomtest(n_fixed, n_fixed + n_broke).pvalue
    assert f"about {100 * p:.0f} would show a difference" in text
    assert f"p = {p:.2g}".replace(" ", "\N{NO-BREAK SPACE}") in text
    assert ("may well be chance" in text) == (p >= 0.05)


def test_a_much_better_network_is_more_than_chance(store: RunStore):
    half = add_finished(store, "half", units=100)

    text = sentences(shown(half.id, "mlp-512"))

    assert "fewer than one would show a difference at least this large" in text
    assert "this is unlikely to be chance" in text
    assert "p < 0.0001".replace(" ", "\N{NO-BREAK SPACE}") in text


def test_the_matrix_is_the_difference_of_both_with_better_and_worse_marked(store: RunStore):
    dataset = load_dataset()
    counts = np.zeros((2, 10, 10), dtype=int)
    for i, slug in enumerate(("mlp-512", "mlp-256")):
        np.add.at(counts[i], (dataset.test_labels, read(store, slug, dataset.test_images)), 1)
    difference = counts[1] - counts[0]

    cells = re.findall(
        r'<td class="([^"]+)"[^>]*title="([^"]+)">(.*?)</td>', matrix(shown(other="mlp-256"))
    )

    assert len(cells) == 100
    for (true, predicted), (css, title, content) in zip(np.ndindex(10, 10), cells, strict=True):
        change = difference[true, predicted]
        is_better = change > 0 if true == predicted else change < 0
        kind = "same" if not change else "better" if is_better else "worse"
        n_a, n_b = counts[:, true, predicted]
        assert f"mnist-{kind}" in css
        assert title.startswith(f"true {true}, predicted {predicted} (A: {n_a}, B: {n_b}):")
        assert int(re.match(r"[+−]?\d+", content)[0].replace("−", "-")) == change
        assert ("▲" in content, "▼" in content) == (kind == "better", kind == "worse")


def test_the_galleries_show_what_was_fixed_and_what_was_broken(store: RunStore):
    dataset = load_dataset()
    a, b = (read(store, slug, dataset.test_images) for slug in ("mlp-512", "mlp-256"))
    y_true = dataset.test_labels

    app = shown(other="mlp-256")

    shown_images = galleries(app)
    assert list(shown_images) == ["What B fixed", "What B broke", "What both miss"]
    fixed, broke, missed = shown_images.values()
    assert len(fixed) == len(broke) == 40
    assert all(a[i] != y_true[i] == b[i] for i in fixed)
    assert all(a[i] == y_true[i] != b[i] for i in broke)
    assert missed == np.flatnonzero((a != y_true) & (b != y_true))[:40].tolist()
    first, tile = fixed[0], gallery(app, "fixed")[0]
    assert tile["label"] == (
        f"image {first}: true {y_true[first]}, A reads {a[first]}, B reads {b[first]}"
    )
    assert (tile["title"], tile["detail"]) == (f"A {a[first]}✗", f"B {b[first]}✓")


@pytest.mark.parametrize("name", ["fixed", "broke", "both"])
def test_an_image_that_is_chosen_is_explained_by_both_networks(store: RunStore, name: str):
    app = shown(other="mlp-256")
    first, second = (tile["index"] for tile in gallery(app, name)[:2])
    assert not [text for text in app.subheader if text.value.startswith("Test image")]

    app.session_state[f"confusion.compared.{name}"] = {"index": first}
    app.query_params["compared"] = str(first)
    app.run()

    assert not app.exception
    titles = [text.value.replace("\\", "") for text in app.subheader]
    assert titles[-3:] == [f"Test image {first}", "A: mlp-512", "B: mlp-256"]
    assert component(app, f"confusion.compared.{name}")["chosen"] == first
    step = component(app, "confusion.compared.step")
    assert (step["previous"], step["next"]) == (None, second)
    image = load_dataset().test_images[first : first + 1]
    for letter, slug in (("A", "mlp-512"), ("B", "mlp-256")):
        (read_as,) = read(store, slug, image)
        said = [text.value for text in app.markdown if f"reads {read_as}, " in text.value]
        assert said, letter


def test_an_image_that_both_read_right_is_not_among_the_compared(store: RunStore):
    app = shown(other="mlp-256")
    app.query_params["compared"] = "0"
    app.run()

    assert not app.exception
    assert "The image in the link is not among these." in [text.value for text in app.caption]


def add_small(store: RunStore) -> Run:
    """A poor network, as if it had learned from 800 images and held back 200."""
    half = add_finished(store, "half", units=100)
    config = dataclasses.replace(half.config, n_train=1_000)
    claim = store.create_claimed(config, name="small")
    store.finish(
        claim,
        history=half.history,
        result=half.result,
        weights=store.network(half.id).weights,
        was_stopped=False,
    )
    return store.get(claim.run_id)


def test_both_are_asked_about_the_images_that_the_first_held_back(store: RunStore):
    dataset = load_dataset()
    images, y_true = dataset.train_images[800:1_000], dataset.train_labels[800:1_000]
    small = add_small(store)
    a, b = (read(store, run_id, images) for run_id in (small.id, "mlp-512"))

    app = shown(small.id, "mlp-512", part=Part.VALIDATION)

    text = sentences(app)
    assert f"{(a == y_true).mean():.2%} of these 200 images" in text
    assert f"mlp-512, reads {(b == y_true).mean():.2%}." in text
    fixed = np.flatnonzero((a != y_true) & (b == y_true)) + 800
    broke = np.flatnonzero((a == y_true) & (b != y_true)) + 800
    assert f"(A wrong, B right): {len(fixed)}." in text
    assert len(fixed)
    drawn = galleries(app)
    assert sorted(drawn.get("What B fixed", ())) == fixed.tolist()
    assert sorted(drawn.get("What B broke", ())) == broke.tolist()
    assert "A learned from 0% of these images and B from 100%" in app.caption[0].value


def test_the_pixels_are_those_of_the_image_that_is_named(store: RunStore):
    half = add_finished(store, "half", units=100)
    train_images = load_dataset().train_images

    app = shown(half.id, "mlp-512", part=Part.VALIDATION)

    tile = gallery(app, "fixed")[0]
    assert tile["src"] == data_uri(train_images[tile["index"]])


def test_test_images_give_no_advantage(store: RunStore):
    app = shown(other="mlp-256")

    assert not any("learned from" in caption.value for caption in app.caption)


def test_images_can_be_left_out(store: RunStore):
    dataset = load_dataset()
    a, b = (read(store, slug, dataset.test_images) for slug in ("mlp-512", "mlp-256"))
    fixed = np.flatnonzero((a != dataset.test_labels) & (b == dataset.test_labels))

    text = sentences(shown(other="mlp-256", without=(int(fixed[0]), int(fixed[1]))))

    assert "of these 9,998 images" in text
    assert f"(A wrong, B right): {len(fixed) - 2}." in text


def test_two_networks_with_the_same_answers_have_nothing_to_compare(store: RunStore):
    twin = add_finished(store, "twin")

    app = shown("mlp-256", twin.id)

    (info,) = app.info
    assert info.value == "A and B give the same answer to every one of these images."
    assert not galleries(app)


def test_the_other_that_is_chosen_stands_in_the_url(store: RunStore):
    half = add_finished(store, "half", units=100)
    app = shown(half.id)
    assert app.query_params["other"] == "best-mlp"  # the best of the others
    assert not [option for option in app.selectbox[0].options if "half" in option]

    app.selectbox(key="confusion.other").set_value("mlp-512").run()

    assert app.query_params["other"] == "mlp-512"
    assert "**B**, mlp-512" in sentences(app)


@pytest.mark.parametrize("other", ["nobody", "", "../mlp-512"])
def test_a_network_that_is_gone_is_replaced_with_a_sentence(store: RunStore, other: str):
    app = shown("mlp-512", "x")
    app.query_params["other"] = other
    app.run()

    assert not app.exception
    assert ["no longer there" in info.value for info in app.info] == [True]
    assert app.query_params["other"] == "best-mlp"


def test_a_network_that_was_deleted_is_replaced_with_a_sentence(store: RunStore):
    half = add_finished(store, "half", units=100)
    app = shown("mlp-512", half.id)
    assert "**B**, half" in sentences(app)

    store.delete(half.id)
    app.run()

    assert not app.exception
    assert "no longer there" in app.info[0].value
    assert "**B**, best-mlp" in sentences(app)


def test_a_network_is_not_compared_with_itself(store: RunStore):
    app = shown("mlp-512", "mlp-512")

    assert not app.info
    assert app.query_params["other"] == "best-mlp"


def test_the_names_of_networks_are_shown_as_they_are(store: RunStore):
    first, second = (add_finished(store, name, units=100) for name in ("*half*", "_other_"))

    texts = [text.value for text in shown(first.id, second.id).markdown]

    assert texts[0].startswith(f"**A**, {plain(first.title)}, reads")
    assert f"**B**, {plain(second.title)}, reads" in texts[0]
    assert r"\*half\*" in texts[0]
