"""A matrix as a table of cells."""

import re

from tests.pages.conftest import app_from_function


def script() -> None:
    from pages.ui.widgets.matrix_table import show_cells

    show_cells([["<td>1</td>", "<td>2</td>"], ["<td>3</td>", "<td>4</td>"]], label="<A & B>")


def table() -> str:
    app = app_from_function(script).run()
    (body,) = (html.proto.body for html in app.get("html") if "<table" in html.proto.body)
    return body


def test_rows_are_true_digits_and_columns_predicted_ones():
    shown = table()

    assert '<th scope="col">0</th><th scope="col">1</th>' in shown
    assert '<tr><th scope="row">0</th><td>1</td><td>2</td></tr>' in shown
    assert '<tr><th scope="row">1</th><td>3</td><td>4</td></tr>' in shown


def test_the_label_is_escaped():
    assert 'aria-label="&lt;A &amp; B&gt;"' in table()


def test_the_table_stands_in_the_box_that_its_style_is_for():
    app = app_from_function(script).run()
    bodies = [html.proto.body for html in app.get("html")]
    (style,) = (body for body in bodies if body.startswith("<style>"))

    (box,) = re.findall(r'<div class="([^"]+)"><p>', "".join(bodies))
    assert f".{box} table" in style
