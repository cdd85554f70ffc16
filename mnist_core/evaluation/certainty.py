"""How sure an answer is, in percent, as people read it."""


def certainty(probability: float, *, digits: int, is_right: bool) -> str:
    """Write the probability of an answer as a percentage; a wrong one is never told as 100.

    Args:
        probability: 0..1.
        digits: Decimals.
        is_right: Whether the answer is right.
    """
    below = 1 - 10.0 ** -(digits + 2)
    text = f"{probability:.{digits}%}"
    is_all = not is_right and text == f"{1:.{digits}%}"
    return f">{below:.{digits}%}" if is_all else text
