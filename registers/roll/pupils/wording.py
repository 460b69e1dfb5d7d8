"""What the list of the admission register and the page of a pupil say."""

from datetime import date

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from registers.models import (
    Characteristic,
    Enrolment,
    FormerUpn,
    Membership,
    Person,
    Photo,
    Pupil,
    Relationship,
    School,
)
from registers.roll.actions.roll_changes import in_words
from registers.roll.characteristics.forms import title_of
from registers.roll.pupils.forms import STATES
from registers.roll.pupils.queries import RollCounts, RollPage
from registers.rules.allowed_codes import day_in_words, short_day
from registers.rules.pupils.languages import LANGUAGES
from registers.rules.wording import all_so, many, plural
from registers.web.empty_list import EmptyList


def whole_day(on: date) -> str:
    """3 November 2026"""
    return f"{on.day} {on:%B %Y}"


# --- the list


def list_heading(state: str) -> str:
    return STATES[state]


def how_many(number: int, state: str) -> str:
    """Pupils, or times on the roll where a pupil may have several."""
    if state in ("left", "all"):
        return many(number, "time on the roll", "times on the roll")
    return many(number, "pupil")


def roll_lede(counts: RollCounts) -> SafeString:
    """Who is on the roll today, who comes, who has left, and whose UPN is temporary."""
    return format_html(
        "<strong>{}</strong> {} on the roll today{}{}.{}",
        *(many(counts.on_roll, "pupil"), plural(counts.on_roll, "is", "are")),
        *(_coming(counts), _left(counts), _temporary(counts)),
    )


def _coming(counts: RollCounts) -> SafeString | str:
    if not counts.coming:
        return ""
    verb = plural(counts.coming, "is", "are")
    return format_html(
        ', <a href="?state=coming">{} {} still to come</a>', f"{counts.coming:,}", verb
    )


def _left(counts: RollCounts) -> SafeString | str:
    if not counts.left:
        return ""
    has = plural(counts.left, "has", "have")
    return format_html(', <a href="?state=left">{} {} left</a>', f"{counts.left:,}", has)


def _temporary(counts: RollCounts) -> SafeString | str:
    if not counts.temporary:
        return ""
    has = plural(counts.temporary, "has", "have")
    return format_html(
        ' <a href="?state=temporary">{} {} a temporary UPN</a>.', f"{counts.temporary:,}", has
    )


def empty_list(school: School, *, is_narrowed: bool) -> EmptyList:
    """Nobody is like what was asked for; nobody is on the roll."""
    if is_narrowed:
        return EmptyList(
            "No pupil is like that",
            "Nobody has all of these filters together. Fewer letters of the name find more.",
            "Show who is on the roll today",
            reverse("registers:roll", kwargs={"urn": school.urn}),
        )
    return EmptyList(
        "Nobody is on the roll today",
        "Pupils come with an import of the school’s files, or one by one here.",
        "Put a pupil on the roll",
        reverse("registers:pupil_new", kwargs={"urn": school.urn}),
    )


# --- a pupil


def pupil_lede(page: RollPage) -> SafeString:
    """Whether the pupil is on the roll, since when and until when."""
    temporary = " The UPN is temporary." if page.is_temporary else ""
    return format_html("{}{}", _standing(page), temporary)


def _standing(page: RollPage) -> SafeString | str:
    latest = page.latest
    if page.current:
        return _on_roll(page, page.current)
    if latest is None:
        return "Not on the roll yet."
    if latest.starts_on > page.today:
        day = day_in_words(latest.starts_on)
        return format_html("Comes on the roll on <strong>{}</strong>.", day)
    return format_html("Left the roll on <strong>{}</strong>.", _day(latest.leaves_on))


def _day(on: date | None) -> str:
    return day_in_words(on) if on else ""


def _on_roll(page: RollPage, current: Enrolment) -> SafeString:
    group = f", in {page.group_now.name}" if page.group_now else ""
    until = f", until {day_in_words(current.leaves_on)}" if current.leaves_on else ""
    elsewhere = "; the main school is elsewhere" if current.kind == "dual" else ""
    return format_html(
        "On the roll since <strong>{}</strong>{}{}{}.",
        *(day_in_words(current.starts_on), group, until, elsewhere),
    )


def called_otherwise(page: RollPage) -> str:
    """The preferred forename, where it is another."""
    pupil = page.pupil
    return "" if pupil.preferred_name == pupil.forename else pupil.preferred_name


def spell_days(spell: Enrolment, today: date) -> SafeString:
    """A time on the roll from its first day to its last."""
    starts = whole_day(spell.starts_on)
    if spell.is_void:
        return SafeString('<span class="muted">Entered by mistake: never on the roll.</span>')
    if spell.leaves_on is None and spell.starts_on > today:
        return format_html("from <strong>{}</strong>", starts)
    leaves = whole_day(spell.leaves_on) if spell.leaves_on else "today"
    return format_html("<strong>{}</strong> to <strong>{}</strong>", starts, leaves)


def may_leave(spell: Enrolment, today: date) -> bool:
    """Whether “Has left” is offered: the time has begun and has no end."""
    return not spell.is_void and not spell.leaves_on and spell.starts_on <= today


def spell_facts(spell: Enrolment) -> list[tuple[str, str]]:
    """The year group of each academic year, and the groups with their days."""
    years = [(row.academic_year.name, str(row)) for row in spell.years.all()]
    return years + [(_group(row), _days(row)) for row in spell.memberships.all()]


def _group(row: Membership) -> str:
    if row.group.kind == "registration":
        return row.group.name
    return f"{row.group.name} ({row.group.get_kind_display()})"


def _days(row: Membership) -> str:
    until = f" to {short_day(row.until_on)}" if row.until_on else ""
    return f"from {short_day(row.from_on)}{until}"


def characteristic_title(row: Characteristic) -> str:
    return title_of(row.kind, row.value)


def is_over(row: Characteristic, today: date) -> bool:
    return bool(row.until_on and row.until_on < today)


def about_photo(photo: Photo | None) -> SafeString | str:
    if photo is None:
        return "None yet: the registers show the initials"
    day = whole_day(localdate(photo.added_at))
    return format_html("From {}, by <bdi>{}</bdi>", day, photo.added_by)


def former_upn(row: FormerUpn) -> SafeString:
    by = format_html(" – <bdi>{}</bdi>", row.by) if row.by else ""
    day = whole_day(localdate(row.until_at))
    return format_html(
        '<strong>{}</strong> until {}<span class="sub">{}{}</span>', row.upn, day, row.reason, by
    )


def confirmed(row: Relationship) -> SafeString:
    """Whether somebody has checked what a contact is, and how many pupils the contact has."""
    pupils = getattr(row, "pupils", 1)
    others = f"; contact of {pupils:,} pupils" if pupils > 1 else ""
    if not row.confirmed_at:
        return format_html("not confirmed{}", others)
    day = short_day(localdate(row.confirmed_at))
    return format_html("confirmed {} by <bdi>{}</bdi>{}", day, row.confirmed_by, others)


def contact_tags(row: Relationship) -> list[tuple[str, str]]:
    """What a contact is to the pupil, as words and kinds of tags."""
    tags = (
        (row.has_responsibility, "responsible", ""),
        (row.lives_with, "lives with", ""),
        (not row.may_be_written_to, "do not write to", "warn"),
        (row.address_confidential, "confidential address", "bad"),
    )
    return [(words, kind) for is_so, words, kind in tags if is_so]


def contact_reach(row: Relationship) -> list[SafeString]:
    """How somebody can be reached without a letter, and the language where it is not English."""
    person = row.person
    email = [format_html("<span>{}</span>", person.email)] if person.email else []
    return [_telephone(person), *email, *_speaks(person)]


def _telephone(person: Person) -> SafeString:
    if not person.telephone:
        return SafeString('<span class="muted">no telephone</span>')
    number = person.telephone.replace(" ", "")
    return format_html('<a class="tel" href="tel:{}">{}</a>', number, person.telephone)


def _speaks(person: Person) -> list[SafeString]:
    if person.language in ("", "en"):
        return []
    name = LANGUAGES.get(person.language, person.language)
    return [format_html('<span class="muted">speaks {}</span>', name)]


def numbers_and_birth(pupil: Pupil) -> str:
    """UPN A123456789012, admission number 17, born 3 May 2012; what is not known is left out."""
    return ", ".join(
        all_so(
            (pupil.upn, f"UPN {pupil.upn}"),
            (pupil.admission_number, f"admission number {pupil.admission_number}"),
            (pupil.born_on, f"born {in_words(pupil.born_on)}"),
        )
    )


def address_line(row: Relationship) -> str:
    """The address on one line, with the postcode."""
    lines = [line.strip() for line in row.person.address.splitlines()]
    return ", ".join(filter(None, [*lines, row.person.postcode])) if any(lines) else ""


def contact_remarks(row: Relationship) -> list[SafeString]:
    """Why a contact gets letters without responsibility, and what a court has ordered."""
    lines = (
        row.ground and format_html("Gets letters without parental responsibility: {}", row.ground),
        row.court_order and format_html("<strong>Court order:</strong> {}", row.court_order),
    )
    return [line for line in lines if line]
