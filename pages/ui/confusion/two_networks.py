"""Two networks on the same images: what one reads right and the other wrong."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist_core.data.parts import LabelledImages, Part, n_learned_from
from mnist_core.evaluation.answers import Answers
from mnist_core.evaluation.chance import Verdict, verdict
from mnist_core.evaluation.two_networks import Disagreement, compare
from mnist_core.runs.run import Run
from pages.ui.base import cache, choice, run_choice, url
from pages.ui.base.language import _, ngettext, plain
from pages.ui.base.numbers import percent
from pages.ui.confusion import compared_image, difference_matrix
from pages.ui.widgets import inspection, paging, tiles
from pages.ui.widgets.tiles import Tile, data_uri

_SMALLEST_P: Final = 0.0001  # smaller ones say no more


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Two runs, and their answers to the same images."""

    run_a: Run
    run_b: Run
    images: LabelledImages
    a: Answers
    b: Answers


def show(run: Run, part: Part, *, without: Collection[int] = ()) -> None:
    """Let the visitor choose a network B, and show how it differs from this one, A.

    Args:
        run: Network A.
        part: The part of MNIST, as A has it.
        without: Images left out: their rows in MNIST's training or test images.
    """
    other = _choose_other(run)
    pair = _Pair(
        run_a=run,
        run_b=other,
        images=cache.images_of(run, part),
        a=cache.answers(run, part).without(without),
        b=cache.answers_on(other, part, owner=run).without(without),
    )
    both = compare(pair.a, pair.b)
    st.write(
        _(
            "**A**, {a}, reads {accuracy_a} of these {n} images right; **B**, {b}, reads "
            "{accuracy_b}.",
            a=plain(run.title),
            b=plain(other.title),
            accuracy_a=percent(pair.a.accuracy),
            accuracy_b=percent(pair.b.accuracy),
            n=f"{len(pair.a):,}",
        )
    )
    _learned_images(pair)
    if not both.n_other_answers:
        st.info(_("A and B give the same answer to every one of these images."))
        return
    st.write(
        _(
            "Images that B fixed (A wrong, B right): {fixed}. Images that B broke (A right, B "
            "wrong): {broke}. Wrong in both: {both}.",
            fixed=f"{len(both.fixed):,}",
            broke=f"{len(both.broke):,}",
            both=f"{len(both.both_wrong):,}",
        )
    )
    st.write(_chance(both))
    st.markdown(_("**B compared with A, cell by cell**"))
    difference_matrix.show(pair.a.counts, pair.b.counts)
    index = compared_image.asked_index(pair.images)
    for each in (run, other):
        inspection.prepare(each)
    _galleries(pair, both, index)
    _chosen_image(pair, both, part, index)


def _choose_other(run: Run) -> Run:
    """Show the picker of network B; `?other=` names it."""
    others = {each.id: each for each in run_choice.trained() if each.id != run.id}
    asked = choice.asked("other", (*others, run.id))
    if asked is None and "other" in st.query_params:
        st.info(_("The network to compare with is no longer there; here is another."))
    chosen = others[asked] if asked in others else run_choice.best(others.values())
    url.put(other=chosen.id)  # even the first choice, so that the link stays the same tomorrow
    return run_choice.pick(
        _("Network B, to compare with"),
        list(others.values()),
        parameter="other",
        key="confusion.other",
        default=chosen,
    )


def _learned_images(pair: _Pair) -> None:
    """Say which network has an advantage, because it learned from these images."""
    shares = [
        n_learned_from(run.config, pair.images) / len(pair.images.images)
        for run in (pair.run_a, pair.run_b)
    ]
    if any(shares):
        share_a, share_b = (percent(share, digits=0) for share in shares)
        st.caption(
            _(
                "A learned from {share_a} of these images and B from {share_b}, and a network "
                "finds it easier to read what it learned from. Compare them on the test images to "
                "see which is better on new ones.",
                share_a=share_a,
                share_b=share_b,
            )
        )


def _chance(both: Disagreement) -> str:
    """Say what McNemar's test tells."""
    p = both.p_value
    p_text = f"p = {p:.2g}" if p >= _SMALLEST_P else f"p < {_SMALLEST_P:g}"
    p_text = p_text.replace(" ", "\N{NO-BREAK SPACE}")
    n = f"{100 * p:.0f}"
    judged = verdict(p)
    if judged is Verdict.LIKELY:
        return _(
            "Of 100 comparisons of equally good networks, about {n} would show a difference at "
            "least this large: this may well be chance (McNemar's test, {p}).",
            n=n,
            p=p_text,
        )
    if judged is Verdict.UNLIKELY:
        return _(
            "Of 100 comparisons of equally good networks, only about {n} would show a difference "
            "at least this large: this is unlikely to be chance (McNemar's test, {p}).",
            n=n,
            p=p_text,
        )
    return _(
        "Of 100 comparisons of equally good networks, fewer than one would show a difference at "
        "least this large: this is unlikely to be chance (McNemar's test, {p}).",
        p=p_text,
    )


def _galleries(pair: _Pair, both: Disagreement, index: int | None) -> None:
    """Show what B fixed beside what B broke, and what both miss, to choose from."""
    fixed, broke = st.columns(2, gap="large")
    with fixed:
        n = len(both.fixed)
        st.subheader(
            ngettext("What B fixed: {n} image", "What B fixed: {n} images", n), anchor=False
        )
        if n:
            st.caption(_("The most confident mistakes first."))
            _gallery(pair, both.fixed, index, key="fixed", label=_("What B fixed"))
        else:
            st.write(_("There is no image that A reads wrong and B reads right."))
    with broke:
        n = len(both.broke)
        st.subheader(
            ngettext("What B broke: {n} image", "What B broke: {n} images", n), anchor=False
        )
        if n:
            st.caption(_("The most confident mistakes first."))
            _gallery(pair, both.broke, index, key="broke", label=_("What B broke"))
        else:
            st.write(_("There is no image that A reads right and B reads wrong."))
    n = len(both.both_wrong)
    if n:
        st.subheader(
            ngettext("What both miss: {n} image", "What both miss: {n} images", n), anchor=False
        )
        _gallery(pair, both.both_wrong, index, key="both", label=_("What both miss"))


def _gallery(
    pair: _Pair, positions: NDArray[np.integer], index: int | None, *, key: str, label: str
) -> None:
    grid = st.container()
    # A key for each pair: the open page of one means nothing for another.
    compared = f"{pair.run_a.id}.{pair.run_b.id}.{pair.images.first_index}"
    place = np.flatnonzero(pair.a.indices[positions] == index)
    shown = paging.choose_page(
        positions,
        key=f"confusion.{key}.{compared}",
        shown=int(place[0]) if len(place) else 0,
        max_visible_pages=5,
    )
    with grid:
        tiles.choose(
            _tiles(pair, shown),
            label=label,
            key=f"confusion.compared.{key}",
            chosen=index,
            on_choice=compared_image.keep_index,
            width=84,
        )


def _chosen_image(pair: _Pair, both: Disagreement, part: Part, index: int | None) -> None:
    """Show the chosen image, if one of the networks misreads it."""
    if index is None:
        return
    for positions in (both.fixed, both.broke, both.both_wrong):
        indices = pair.a.indices[positions]
        if index in indices:
            compared_image.show(
                pair.run_a, pair.run_b, part, pair.images, indices=indices, index=index
            )
            return
    st.caption(_("The image in the link is not among these."))


def _tiles(pair: _Pair, positions: NDArray[np.integer]) -> Sequence[Tile]:
    """Caption images with what A and what B reads."""
    result = []
    for position in positions.tolist():
        index = int(pair.a.indices[position])
        true = int(pair.a.y_true[position])
        read_a, read_b = (int(each.y_pred[position]) for each in (pair.a, pair.b))
        result.append(
            Tile(
                index=index,
                src=data_uri(pair.images.images[index - pair.images.first_index]),
                title=_marked("A", read_a, true),
                detail=_marked("B", read_b, true),
                label=_(
                    "image {index}: true {true}, A reads {read_a}, B reads {read_b}",
                    index=index,
                    true=true,
                    read_a=read_a,
                    read_b=read_b,
                ),
                mark="" if read_b == true else "miss",
            )
        )
    return result


def _marked(letter: str, read: int, true: int) -> str:
    return f"{letter} {read}{'✓' if read == true else '✗'}"
