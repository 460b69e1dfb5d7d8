"""Numbers and days in words, for every page and message. No Django in this module."""


def many(number: int, one: str, more: str = "") -> str:
    """1 pupil, 1,035 pupils."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"
