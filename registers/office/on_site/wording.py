"""What the page of who is on site, and the evacuation list, say."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registers.office.on_site.queries import GroupOnSite, OnSite, Placed
from registers.rules.presence import Whereabouts
from registers.rules.wording import many, plural

TAGS = {Whereabouts.HERE: ("On site", "good"), Whereabouts.LOOK: ("Look for", "warn")}
NOT_ON_SITE = ("Not on site", "")


def site_lede(site: OnSite) -> SafeString | str:
    """How many are on site, how many to look for, how many are not there."""
    if not site.everybody:
        return "Nobody is on roll today."
    counts = site.counts
    look_for = ""
    if counts["look_for"]:
        words = ("has no mark yet: look for that pupil", "have no mark yet: look for them")
        look_for = f" and {many(counts['look_for'], *words)}"
    return format_html(
        "At {}, <strong>{} on site</strong>{}. {} {} not on site.",
        *(f"{site.at:%H:%M}", many(counts["here"], "pupil is", "pupils are"), look_for),
        *(f"{counts['away']:,}", plural(counts["away"], "is", "are")),
    )


def tag_of(placed: Placed) -> tuple[str, str]:
    """Where a pupil is, as the words and the kind of a tag."""
    return TAGS.get(placed.presence.where, NOT_ON_SITE)


def names(placed: Iterable[Placed]) -> SafeString:
    return format_html_join(", ", "<bdi>{}</bdi>", ((one.child.name,) for one in placed))


def evacuation_intro(site: OnSite) -> str:
    """What the list is made of."""
    nobody = "" if site.held else "No session is held today, so everybody on roll is listed. "
    return (
        f"Pupils who should be on the site, from the {site.half_words} register, the late desk "
        f"and signing out. {nobody}Tick each child you see. Report each group once counted."
    )


def away_names(group: GroupOnSite) -> SafeString:
    """Those who are not on the site, with a note where there is one."""
    rows = ((one.listed_name, _note(one)) for one in group.away)
    return format_html_join(" · ", "<bdi>{}</bdi>{}", rows)


def _note(placed: Placed) -> str:
    return f" ({placed.presence.note})" if placed.presence.note else ""
