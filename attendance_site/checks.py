"""What `manage.py check` asks beside Django's own questions."""

import ctypes
import difflib
import os
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning, register

from attendance_site import env


@register
def variables_are_known(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """A mistyped variable would silently leave a default in force."""
    unknown = sorted(
        name for name in os.environ if name.startswith("ROLLBOOK_") and name not in env.BY_NAME
    )
    return list(map(_unknown_variable, unknown))


def _unknown_variable(name: str) -> CheckMessage:
    close = difflib.get_close_matches(name, env.BY_NAME, n=1)
    return Warning(
        f"{name} is not a variable of Rollbook.",
        hint=f"Did you mean {close[0]}?" if close else "See docs/running/deploy.md.",
        id="rollbook.W001",
    )


def has_harfbuzz_subset() -> bool:
    try:
        ctypes.CDLL("libharfbuzz-subset.so.0")
    except OSError:
        return False
    return True


@register
def letters_are_fast(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """WeasyPrint works without the library, at up to three times the time for each letter."""
    if has_harfbuzz_subset():
        return []
    return [
        Warning(
            "libharfbuzz-subset is not installed: each letter's PDF takes up to three times as "
            "long.",
            hint="Debian: apt-get install libharfbuzz-subset0",
            id="rollbook.W002",
        )
    ]
