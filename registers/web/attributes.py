"""What stands in an HTML tag, where it depends on a state: its attributes and its classes."""

from collections.abc import Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Attributes = Mapping[str, str | bool | None]


def attributes(values: Attributes) -> SafeString:
    """In this order, each after a blank: True stands without a value, None and False not at all."""
    said = ((_attribute(name, value),) for name, value in values.items())
    return format_html_join("", "{}", said)


def _attribute(name: str, value: str | bool | None) -> SafeString:
    if value is None or value is False:
        return SafeString("")
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)


def classes(*always: str, **sometimes: bool) -> str:
    """The classes of a tag: those that are not empty, and those whose state is so (`is_over=…`)."""
    names = {name.replace("_", "-"): is_so for name, is_so in sometimes.items()}
    return " ".join([*filter(None, always), *those_set(names)])


def those_set(names: Mapping[str, bool]) -> list[str]:
    """The classes among these whose condition holds."""
    return [name for name, is_set in names.items() if is_set]
