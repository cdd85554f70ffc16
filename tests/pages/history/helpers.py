"""What a test of History reads on its page, and does there."""

import json
from collections.abc import Sequence

import pandas as pd
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

PAGE = "pages/3_History.py"


def all_runs(app: AppTest) -> pd.DataFrame:
    return app.dataframe[0].value


def chosen(app: AppTest) -> list[str]:
    """Return the names of the ticked rows."""
    rows = app.session_state["history.table"]["selection"]["rows"]
    return all_runs(app)["name"].iloc[sorted(rows)].tolist()


def tick(app: AppTest, *names: str) -> AppTest:
    """Tick exactly these rows, as the browser does."""
    titles = all_runs(app)["name"].tolist()
    return send_rows(app, sorted(titles.index(name) for name in names))


def send_rows(app: AppTest, rows: Sequence[int]) -> AppTest:
    state = app._tree.get_widget_states()
    value = json.dumps({"selection": {"rows": rows, "columns": [], "cells": []}})
    state.widgets.append(WidgetState(id=app.dataframe[0].proto.id, string_value=value))
    return app._run(state)


def drawn(app: AppTest) -> Sequence[dict]:
    """Return what each Plotly chart draws: loss, accuracy, gap."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def sentences(app: AppTest) -> str:
    return "\n".join(block.value for block in app.markdown)


def differences(app: AppTest) -> pd.DataFrame:
    return app.dataframe[1].value.set_index("Setting")


def button(app: AppTest, label: str):
    return next(button for button in app.button if button.label == label)
