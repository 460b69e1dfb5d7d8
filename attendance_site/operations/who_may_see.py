"""Who may open which page, as a page of the documentation: read from the views themselves."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from registers.models import Appointment
from registers.policies import ROLES
from registers.web.access import SIGNED_IN

WITHOUT_SIGN_IN = "everybody, without signing in"
WITH_AN_ACCOUNT = "everybody with an account"
HEAD = """# Who may see what

Generated from what each view states (`@allowed` in `registers/web/access.py`) and from
`registers/policies.py`: change it there, then `./rollbook docs`.

Who is nothing at a school gets "no such page" for every address of it. Who is something there, yet
in none of these roles, is told that the page is not for their role.

| address | action | open to |
| --- | --- | --- |
"""


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, str]]:
    """Every address of the site, with the action that its view states ("" where it states none)."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = f"{before}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from addresses(entry, address)
        elif isinstance(entry, URLPattern):
            yield f"/{address}", getattr(entry.callback, "allowed_action", "")


def _open_to(action: str) -> str:
    if not action:
        return WITHOUT_SIGN_IN
    if action == SIGNED_IN:
        return WITH_AN_ACCOUNT
    return ", ".join(role.label.lower() for role in Appointment.Role if role in ROLES[action])


def as_markdown() -> str:
    """The whole page, docs/reference/who-may-see-what.md."""
    lines = (
        f"| `{address}` | {f'`{action}`' if action in ROLES else ''} | {_open_to(action)} |\n"
        for address, action in sorted(addresses())
    )
    return HEAD + "".join(lines)
