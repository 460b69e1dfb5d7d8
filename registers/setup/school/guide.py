"""The steps of a school's set-up: what is there, what is left, and how far it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from registers.models import (
    AcademicYear,
    Appointment,
    Enrolment,
    EnrolmentYear,
    Group,
    Membership,
    Relationship,
    School,
)
from registers.models.school.academic_year import current_year
from registers.rules.clock import times_on
from registers.rules.pupils import year_groups
from registers.rules.wording import all_so, first_so, many, plural
from registers.setup.calendar.actions.planning import sessions_by_year
from registers.setup.calendar.year_plan import Length
from registers.setup.lede import Lede
from registers.setup.staff.actions.account_links import accounts_without_password
from registers.web.access import SchoolViewer


@dataclass(frozen=True, slots=True)
class StepState:
    """How far a step is, in a word, and the kind of its tag."""

    words: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class SetUpStep:
    """One step of the guide: what is there, what is left, and where it is done."""

    key: str
    title: str
    url: str
    done: bool
    said: str  # what is there, in words and counts
    left: tuple[str, ...] = ()  # what is still to do; with `done`, what could be better
    press: str = ""
    links: tuple[tuple[str, str], ...] = ()  # what else belongs to it: words and address

    @property
    def state(self) -> StepState:
        if not self.done:
            return StepState("To do")
        if self.left:
            return StepState("Done, with something to look at", "warn")
        return StepState("Done", "good")


@dataclass(frozen=True, slots=True)
class GuideLine:
    """A step as the guide draws it: with its place, and whether it is the next to do."""

    step: SetUpStep
    number: int
    is_next: bool

    @property
    def sign(self) -> str:
        return "✓" if self.step.done else str(self.number)

    @property
    def attrs(self) -> SafeString:
        """How it is drawn; the next is named to who hears the page, too."""
        css = first_so((self.step.done, "is-done"), (self.is_next, "is-next"))
        current = {"aria-current": "step"} if self.is_next else {}
        return flatatt({"class": css, **current})

    @property
    def links(self) -> SafeString:
        """What else belongs to it."""
        rows = ((url, words) for words, url in self.step.links)
        return format_html_join(", ", '<a href="{}">{}</a>', rows)


def guide_lines(steps: Iterable[SetUpStep]) -> list[GuideLine]:
    steps = list(steps)
    following = next(iter(steps_left(steps)), None)
    return [GuideLine(step, number, step is following) for number, step in enumerate(steps, 1)]


def steps_left(steps: Iterable[SetUpStep]) -> list[SetUpStep]:
    """Those that are still to be done."""
    return [step for step in steps if not step.done]


def lede_of_guide(school: School, steps: Sequence[SetUpStep]) -> Lede:
    """How far the set-up is, and what comes next."""
    left = steps_left(steps)
    if school.set_up_at:
        return Lede(bold="The set-up is finished", after="; every step stays open to you.")
    if left:
        done = f"{len(steps) - len(left)} of {len(steps)} steps are done."
        return Lede(bold=done, after=f" Next: {left[0].title}.")
    return Lede(
        bold=f"All {len(steps)} steps are done.",
        after=" Say that the set-up is finished, and this page is no longer in anybody’s way.",
    )


def set_up_steps(viewer: SchoolViewer, *, today: date) -> list[SetUpStep]:
    school = viewer.school
    year = current_year(school.academic_years.all(), today)
    on_roll = pupils_on_roll(school, max(today, year.starts_on) if year else today)
    return [
        _details_step(school),
        _calendar_step(school, year, today),
        _pupils_step(school, on_roll),
        _groups_step(school, on_roll),
        _staff_step(school),
    ]


def _details_step(school: School) -> SetUpStep:
    names = {
        "LAESTAB": school.laestab,
        "headteacher": school.headteacher,
        "address": school.address,
        "postcode": school.postcode,
        "telephone number": school.telephone,
    }
    missing = [name for name, text in names.items() if not text]
    times = times_on(school, timezone.localdate())
    return SetUpStep(
        "school",
        "The school’s details and register times",
        _url("school_details", school),
        done=not missing,
        said=f"Registers are called today at {times.morning_at:%H:%M} and "
        f"{times.afternoon_at:%H:%M} and stay open for {times.minutes} minutes.",
        left=(f"Missing: {', '.join(missing)}.",) if missing else (),
        press="Fill in the details",
        links=(("Register times from a day on", _url("register_times", school)),),
    )


def _calendar_step(school: School, year: AcademicYear | None, today: date) -> SetUpStep:
    is_planned, said, left = _calendar_said(school, year, today)
    return SetUpStep(
        "calendar",
        "Calendar: terms, holidays, INSET days, bank holidays",
        _url("calendar", school),
        done=is_planned,
        said=said,
        left=left,
        press="Plan the calendar",
        links=(("Closures", _url("closures", school)),),
    )


def _calendar_said(
    school: School, year: AcademicYear | None, today: date
) -> tuple[bool, str, tuple[str, ...]]:
    """Whether this year is planned, what is there, and what is left."""
    if year is None:
        said = "No academic year is planned. Without sessions no register can be taken."
        return False, said, ()
    if year.ends_on < today:
        said = f"{year.name}, the last year in the calendar, is over."
        return False, said, ("Plan the next year.",)
    length = Length(sessions_by_year(school)[year.pk], school.sessions_expected)
    left = (length.what_to_do(_inset_days(year)),) if length.short_by else ()
    return True, f"{year.name}: {length.said}", left


def _inset_days(year: AcademicYear) -> int:
    return year.closed_days.filter(kind="inset").count()


def _pupils_step(school: School, on_roll: "PupilsOnRoll") -> SetUpStep:
    said = (
        "No pupil is on roll yet. They come in with your files; single pupils can be admitted by "
        "hand."
    )
    if on_roll.pupils:
        number = many(on_roll.pupils, "pupil")
        said = f"{number} on roll today, {on_roll.with_contact:,} with a contact."
    left = _left((on_roll.without_contact, "pupil", "without anybody to call or write to."))
    return SetUpStep(
        "pupils",
        "Pupils and their contacts",
        _url("imports", school),
        done=on_roll.pupils > 0,
        said=said,
        left=left,
        press="Bring in your files",
        links=(
            ("Template to fill in (XLSX)", _url("import_template", school, template="all")),
            ("photos", _url("photos_new", school)),
        ),
    )


def _left(*lacks: tuple[int, str, str]) -> tuple[str, ...]:
    """What is still to do: how many of what lack something, where any does."""
    return tuple(f"{many(number, noun)} {words}" for number, noun, words in lacks if number)


def _url(name: str, school: School, **more: str) -> str:
    return reverse(f"registers:{name}", kwargs={"urn": school.urn, **more})


def _groups_step(school: School, on_roll: "PupilsOnRoll") -> SetUpStep:
    groups = Group.objects.filter(school=school, kind="registration").aggregate(
        all=Count("pk"),
        without_tutor=Count("pk", filter=~Exists(_tutors())),
    )
    said = "No registration group yet. A register is a group’s: every pupil needs one."
    if groups["all"]:
        said = f"{many(groups['all'], 'registration group')}."
    other_year = f"with a year group that is none of the list ({year_groups.EXPECTED})."
    return SetUpStep(
        "groups",
        "Year groups and registration groups",
        _url("groups", school),
        done=groups["all"] > 0 and on_roll.pupils > 0 and not on_roll.without_group,
        said=said,
        left=_left(
            (on_roll.without_group, "pupil", "in no registration group."),
            (on_roll.without_year, "pupil", "without a year group."),
            (on_roll.other_year, "pupil", other_year),
            (groups["without_tutor"], "registration group", "without a tutor."),
        ),
        press="Make the groups",
        links=(("Year groups", _url("year_groups", school)),),
    )


def _tutors():
    return Appointment.groups.through.objects.filter(group=OuterRef("pk"))


def _staff_step(school: School) -> SetUpStep:
    counts = Appointment.objects.filter(school=school, user__is_active=True).aggregate(
        people=Count("user", distinct=True),
        teachers=Count("user", filter=Q(role="teacher"), distinct=True),
        others=Count("user", filter=~Q(role="administrator"), distinct=True),
    )
    without = accounts_without_password(school).count()
    left = all_so(
        (
            not counts["others"],
            "Nobody but administrators yet: invite who takes registers and who follows up.",
        ),
        (without, f"{many(without, 'colleague')} cannot sign in yet: give out their links."),
    )
    of_them = plural(counts["teachers"], "a teacher", "teachers")
    return SetUpStep(
        "staff",
        "Staff and what they may do",
        _url("staff", school),
        done=counts["others"] > 0,
        said=f"{many(counts['people'], 'colleague')}, {counts['teachers']:,} of them {of_them}.",
        left=tuple(left),
        press="Invite colleagues",
        links=(("Links for colleagues", _url("staff_links", school)),),
    )


@dataclass(frozen=True, slots=True)
class PupilsOnRoll:
    """How many pupils are on roll, and what some of them lack."""

    pupils: int
    without_contact: int
    without_group: int
    without_year: int
    other_year: int  # in words that are none of the list

    @property
    def with_contact(self) -> int:
        return self.pupils - self.without_contact


def pupils_on_roll(school: School, on: date) -> PupilsOnRoll:
    """Two statements. Between two academic years nobody lacks a year group."""
    member = Membership.objects.not_over(on).filter(
        enrolment=OuterRef("pk"), group__kind="registration"
    )
    now = school.academic_years.filter(starts_on__lte=on, ends_on__gte=on).first()
    year = EnrolmentYear.objects.filter(enrolment=OuterRef("pk"), academic_year=now)
    other = year.exclude(year_group__in=year_groups.YEAR_GROUPS)
    contact = Relationship.objects.filter(pupil=OuterRef("pupil"))
    found = (
        Enrolment.objects.on_roll(on)
        .filter(school=school)
        .order_by()
        .aggregate(
            pupils=Count("pk"),
            without_contact=Count("pk", filter=~Exists(contact)),
            without_group=Count("pk", filter=~Exists(member)),
            without_year=Count("pk", filter=~Exists(year)),
            other_year=Count("pk", filter=Exists(other)),
        )
    )
    return PupilsOnRoll(**found | ({} if now else {"without_year": 0}))
