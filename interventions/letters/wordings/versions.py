"""The versions of a school's own words: which is in force, who wrote each, in the list of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from interventions.letters.wordings.own_words import OWN_WORDS, Words
from interventions.models import LetterTemplate
from registers.models import School

ROLLBOOKS_OWN = "Rollbook’s own words"


def versions_of(school: School, kind: str) -> QuerySet[LetterTemplate]:
    """The newest first: that one is in force."""
    own = LetterTemplate.objects.filter(school=school, kind=kind)
    return own.select_related("made_by").order_by("-version")


def newest_by_kind(school: School) -> dict[str, tuple[LetterTemplate, str]]:
    """The version in force of each kind for which the school has one, with when and by whom."""
    templates = LetterTemplate.objects.filter(school=school).select_related("made_by")
    ordered = templates.order_by("kind", "version")
    return {one.kind: (one, _on_and_by(one, ", by ")) for one in ordered}


def words_of_template(kind: str, template: LetterTemplate | None) -> Words:
    """Those of a version, Rollbook's own where there is none."""
    return Words(template.subject, template.body) if template else OWN_WORDS[kind]


def in_force_words(versions: Sequence[LetterTemplate]) -> str:
    if not versions:
        return "Rollbook’s own words are in force."
    return f"Version {versions[0].version} of your own words is in force."


def version_lede(template: LetterTemplate | None) -> str | SafeString:
    if template is None:
        return "The words that each school begins with."
    return format_html("Written {}.", _on_and_by(template, " by "))


def _on_and_by(template: LetterTemplate, before: str, *, with_time: bool = False) -> SafeString:
    """9 November 2026, and who wrote it where that is known."""
    at = timezone.localtime(template.made_at)
    on = f"{at.day} {at:%B %Y}" + f", {at:%H:%M}" * with_time
    if template.made_by is None:
        return format_html("{}", on)
    return format_html("{}{}<bdi>{}</bdi>", on, before, template.made_by)


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the list of them; Rollbook's own words come last."""

    title: str
    address: str
    written: str
    is_in_force: bool


def version_lines(
    school: School, kind: str, versions: Sequence[LetterTemplate]
) -> list[VersionLine]:
    own = [
        VersionLine(
            f"Version {template.version}",
            _address(school, kind, template.version),
            _on_and_by(template, ", ", with_time=True),
            is_in_force=template is versions[0],
        )
        for template in versions
    ]
    address = _address(school, kind, 0)
    return [*own, VersionLine(ROLLBOOKS_OWN, address, "", is_in_force=not versions)]


def _address(school: School, kind: str, version: int) -> str:
    where = {"urn": school.urn, "kind": kind, "version": version}
    return reverse("interventions:letter_version", kwargs=where)
