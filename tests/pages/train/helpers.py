"""What a test of Train reads on its page."""

from streamlit.testing.v1 import AppTest

PAGE = "pages/2_Train.py"


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.subheader))


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]
