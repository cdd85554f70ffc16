from tests.pages.conftest import app_from_function


def app() -> None:
    from mnist_core.errors import StoreLockedError
    from pages.ui.base import store_trouble

    store_trouble.begin()
    for _ in range(3):
        store_trouble.tell(StoreLockedError("another program keeps the stored runs locked"))


def test_what_is_wrong_is_said_once_however_often_the_page_finds_it():
    page = app_from_function(app).run()

    assert [warning.value for warning in page.warning] == [
        "Another program keeps the stored runs locked. Meanwhile, the included networks work."
    ]
