"""Marking of texts that a person reads, so that they can be translated where they are shown."""


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for "mark, do not translate")
    """Mark a message for the translation catalogue and return it unchanged."""
    return message
