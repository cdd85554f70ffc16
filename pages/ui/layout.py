"""The frame of every page: configuration, navigation, header, and how errors are shown."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnist_core.errors import MnistCoreError
from mnist_core.figures.palette import css_variables
from mnist_core.i18n import N_
from pages.ui.base import language, queue_keeper, run_choice, store_trouble
from pages.ui.base.language import _
from pages.ui.widgets import tiles

# URL parameters that every link between pages takes along.
_KEPT_PARAMETERS: Final = ("lang", "run")


@dataclass(frozen=True, slots=True)
class PageInfo:
    """A page's file, icon, title and question; the texts are marked for translation."""

    file: str
    icon: str
    title: str
    question: str


PAGES: Final[Mapping[str, PageInfo]] = MappingProxyType(
    {
        "home": PageInfo(
            "app.py",
            ":material/home:",
            N_("Home"),
            N_("How does a machine learn to read handwritten digits?"),
        ),
        "samples": PageInfo(
            "pages/1_Samples.py",
            ":material/grid_view:",
            N_("Samples"),
            N_("What does the network see when it looks at a digit?"),
        ),
        "train": PageInfo(
            "pages/2_Train.py",
            ":material/model_training:",
            N_("Train"),
            N_("How does a network learn from its mistakes?"),
        ),
        "history": PageInfo(
            "pages/3_History.py",
            ":material/show_chart:",
            N_("History"),
            N_("Did it learn the digits, or learn the examples by heart?"),
        ),
        "confusion": PageInfo(
            "pages/4_Confusion.py",
            ":material/apps:",
            N_("Confusion"),
            N_("Which digits does it confuse?"),
        ),
        "draw": PageInfo(
            "pages/5_Draw.py",
            ":material/draw:",
            N_("Draw"),
            N_("Can it read your handwriting?"),
        ),
    }
)

# A file of our own: a page icon from Streamlit's set is fetched from the network.
_FAVICON: Final = Path(__file__).parent / "favicon.png"
_STYLES: Final = tuple(
    Path(__file__).with_name(name).read_text(encoding="utf-8")
    for name in ("page.css", "streamlit.css")
)
# The variables reach the components too, which no other style of the page does.
_STYLE: Final = "".join((css_variables(), tiles.STYLE, *_STYLES))

_PAGE: Final = "mnist.page"
_VISIT: Final = "mnist.page.visit"


def visit() -> int:
    """Count how often the visitor has come to a page from another one."""
    return int(st.session_state.get(_VISIT, 0))


@contextmanager
def page(slug: str) -> Iterator[None]:
    """Frame a page: everything within appears below the header, expected failures as a sentence."""
    queue_keeper.keep_queue()
    language.settle()
    run_choice.settle()
    if st.session_state.get(_PAGE) != slug:
        st.session_state[_VISIT] = visit() + 1
        st.session_state[_PAGE] = slug
    info = PAGES[slug]
    st.set_page_config(
        page_title=_("{page} · MNIST", page=_(info.title)),
        page_icon=str(_FAVICON),
        layout="wide",
    )
    st.html(f"<style>{_STYLE}</style>")
    menu = st.sidebar.empty()
    with st.sidebar:
        language.choose()
    taken_along = _kept_parameters()
    _show_menu(menu)
    with st.container(key="page-title"):
        st.title(_(info.question), anchor=False)
    store_trouble.begin()
    try:
        with shown_errors():
            yield
    finally:
        # The page may have changed what the links take along.
        if _kept_parameters() != taken_along:
            _show_menu(menu)


def _show_menu(place: DeltaGenerator) -> None:
    with place.container():
        st.markdown('<strong class="mnist-brand">MNIST</strong>', unsafe_allow_html=True)
        for entry in PAGES.values():
            link(entry)


@contextmanager
def shown_errors() -> Iterator[None]:
    """Show an expected failure as one sentence; anything else is a bug and goes on."""
    try:
        yield
    except MnistCoreError as error:
        st.error(language.error_text(error), icon=":material/error:")


def link(info: PageInfo, *, label: str | None = None, **parameters: str) -> None:
    """Link to a page, keeping the language and the run that is looked at."""
    st.page_link(
        info.file,
        label=_(info.title) if label is None else label,
        icon=info.icon,
        query_params=_kept_parameters() | parameters,
    )


def _kept_parameters() -> dict[str, str]:
    return {name: st.query_params[name] for name in _KEPT_PARAMETERS if name in st.query_params}
