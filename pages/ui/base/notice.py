"""What a callback has to say: kept until the page is shown next, and told there once."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from mnist_core.errors import MnistCoreError
from pages.ui.base.language import error_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A place for one sentence.

    Attributes:
        key: Where it is kept in the session.
        is_error: Whether it looks like an error rather than like a warning.
    """

    key: str
    is_error: bool = False

    def leave(self, sentence: str) -> None:
        """Keep a sentence, in place of one that has not been told."""
        st.session_state[self.key] = sentence

    def attempt(self, action: Callable[[], object]) -> MnistCoreError | None:
        """Do what may fail; return how it failed as expected, which is left to be told."""
        try:
            action()
        except MnistCoreError as error:
            self.leave(error_text(error))
            return error
        return None

    def tell(self) -> None:
        """Show what was left, if anything was."""
        sentence = st.session_state.pop(self.key, None)
        if sentence and self.is_error:
            st.error(sentence, icon=":material/error:")
        elif sentence:
            st.warning(sentence)
