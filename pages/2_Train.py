"""Lesson 2: the network and its training."""

import streamlit as st

from pages.ui import layout, network_summary, settings, training
from pages.ui.base import workers
from pages.ui.base.language import _

with layout.page("train"):
    workers.jobs().refresh()
    workers.jobs().warm_up()
    st.write(_("Guess first: how many of 10,000 new digits will it read right in the end?"))
    controls, lesson = st.columns([1, 2.6], gap="large")
    with controls:
        preset = settings.choose_preset()
        description = st.container()
        start = st.container()  # above the settings, so that it stays in sight when they open
        name, config = settings.choose(preset)
        with description:
            settings.describe(preset, config)
        if start.button(
            _("Start training"),
            icon=":material/play_arrow:",
            type="primary",
            key="train.start",
            width="stretch",
        ):
            training.start(name, config)
    run = training.looked_at()
    with lesson:
        network_summary.show(config, is_open=run is None)
        if run is not None:
            training.show(run)
    network_summary.learning_loop()
