"""Lesson 2: the network and its training."""

import streamlit as st

from pages.ui import layout
from pages.ui.base import workers
from pages.ui.base.language import _
from pages.ui.train import network_summary, run_view, settings

with layout.page("train"):
    workers.dispatcher().warm_up()
    st.write(_("Guess first: how many of 10,000 new digits will it read right in the end?"))
    controls, lesson = st.columns([1, 2.6], gap="large")
    with controls:
        preset = settings.choose_preset()
        description = st.container()
        start = st.container()  # above the settings, so that it stays in sight when they open
        name, config = settings.choose(preset)
        with description:
            settings.describe(preset, config)
            settings.describe_cost(config)
        if start.button(
            _("Start training"),
            icon=":material/play_arrow:",
            type="primary",
            key="train.start",
            width="stretch",
        ):
            with start, layout.shown_errors():
                run_view.start(name, config)
    with lesson:
        run = run_view.looked_at()
        network_summary.show(config, is_open=run is None)
        if run is not None:
            run_view.show(run)
    network_summary.learning_loop()
