"""The admission register: who is on the roll, since when, in which year and group."""

from collections.abc import Callable
from datetime import date

import structlog
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import (
    Case,
    Count,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registers.models import (
    AcademicYear,
    Characteristic,
    Enrolment,
    EnrolmentYear,
    Group,
    Membership,
    Photo,
    PlannedAbsence,
    Pupil,
    PupilMerge,
    Relationship,
    School,
)
from registers.models.on_roll import on_roll_on
from registers.policies import Refused
from registers.roll.actions import roll as actions
from registers.roll.addresses import enrolment_of, page_of, pupil_of
from registers.roll.merging.actions import UNDO_FOR
from registers.roll.merging.queries import stands_for
from registers.roll.pupils.forms import (
    STATES,
    CharacteristicForm,
    ComeBackForm,
    DetailsForm,
    NewPupilForm,
    PlaceForm,
    RollForm,
    add_errors,
    title_of,
)
from registers.roll.search import called
from registers.rules.pupils import year_groups
from registers.rules.pupils.names import called_by, initials
from registers.rules.pupils.upn import is_temporary
from registers.web.access import PageRequest, allowed
from registers.web.form_helpers import chips_of

log = structlog.get_logger(__name__)
PER_PAGE = 50
TEMPORARY = r"[A-Z]$"


@require_safe
@allowed("keep_pupils")
def roll(request: PageRequest) -> HttpResponse:
    """The times on the roll, a line for each. The statements do not grow with the pupils."""
    school, today = request.viewer.school, timezone.localdate()
    years = EnrolmentYear.objects.filter(enrolment__school=school).order_by()
    form = RollForm(
        request.GET,
        groups=registration_groups(school),
        years=year_groups.in_order(years.values_list("year_group", flat=True).distinct()),
    )
    form.is_valid()
    spells = Enrolment.objects.not_void().filter(school=school).select_related("pupil")
    found = with_place(spells, today)
    found = narrowed(found, form.cleaned_data, today)
    found = found.order_by("pupil__sort_key", "pupil__upn", "starts_on")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "chips": chips_of(request, form, ("q", "state", "year", "group")),
        "counts": counts_of(school, today),
        "page": page,
        "today": today,
        "state": form.cleaned_data.get("state", ""),
        "state_words": STATES[form.cleaned_data.get("state", "")],
    }
    return render(request, "registers/roll/pupils/roll.html", context)


def counts_of(school: School, today: date) -> dict[str, int]:
    on_roll = on_roll_on(today)
    return (
        Enrolment.objects.not_void()
        .filter(school=school)
        .aggregate(
            on_roll=Count("pk", filter=on_roll),
            coming=Count("pk", filter=Q(starts_on__gt=today)),
            left=Count("pk", filter=Q(leaves_on__lt=today)),
            temporary=Count("pk", filter=on_roll & Q(pupil__upn__regex=TEMPORARY)),
        )
    )


def with_place(enrolments: QuerySet[Enrolment], on: date) -> QuerySet[Enrolment]:
    """Each with its registration group and year group on the day, or the nearest to it."""

    def nearest(rows: QuerySet, first_day: str) -> QuerySet:
        later = Case(
            When(**{f"{first_day}__gt": on}, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
        return rows.annotate(is_later=later).order_by("is_later", f"-{first_day}")

    of_group = nearest(
        Membership.objects.filter(enrolment=OuterRef("pk"), group__kind="registration"), "from_on"
    )
    of_year = nearest(
        EnrolmentYear.objects.filter(enrolment=OuterRef("pk")), "academic_year__starts_on"
    )
    return enrolments.annotate(
        group_id_now=Subquery(of_group.values("group")[:1]),
        group_name=Subquery(of_group.values("group__name")[:1]),
        year_group=Subquery(of_year.values("year_group")[:1]),
    )


def narrowed(found: QuerySet[Enrolment], asked: dict, today: date) -> QuerySet[Enrolment]:
    """By what the form asks; a choice that it does not know asks for nothing."""
    states = {
        "": on_roll_on(today),
        "coming": Q(starts_on__gt=today),
        "left": Q(leaves_on__lt=today),
        "temporary": Q(pupil__upn__regex=TEMPORARY),
        "all": Q(),
    }
    found = found.filter(states[asked.get("state", "")], called(asked.get("q", "")))
    if year := asked.get("year"):
        found = found.filter(year_group=year)
    if group := asked.get("group"):
        found = found.filter(group_id_now=None if group == "none" else int(group))
    return found


def registration_groups(school: School) -> QuerySet[Group]:
    return Group.objects.filter(school=school, kind="registration").order_by("name")


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def pupil_new(request: PageRequest) -> HttpResponse:
    school = request.viewer.school
    form = NewPupilForm(
        request.POST or None,
        initial={"starts_on": timezone.localdate()},
        groups=registration_groups(school),
        back=reverse("registers:roll", kwargs={"urn": school.urn}),
    )

    def admit() -> HttpResponse:
        given = form.cleaned_data
        enrolment = actions.admit_pupil(
            school=school,
            details=form.details,
            spell=form.spell,
            year_group=given["year_group"],
            group=given["group"],
            another_child=given["another_child"],
            by=request.user,
        )
        pupil = enrolment.pupil
        messages.success(request, f"{pupil.forename} {pupil.surname} is on the roll.")
        return redirect("registers:pupil_edit", urn=school.urn, pupil_id=pupil.pk)

    if done := saved(form, admit):
        return done
    return render(request, "registers/roll/pupils/pupil_new.html", {"form": form})


def saved(form: Form, write: Callable[[], HttpResponse]) -> HttpResponse | None:
    """What `write` answers for a form that is right; None when it must be shown again."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return write()
    except actions.WrongRow as wrong:
        add_errors(form, wrong.fields)
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def merges_of(pupil: Pupil) -> list[PupilMerge]:
    """The pupil's merges that stand, the latest first."""
    rows = PupilMerge.objects.filter(pupil=pupil, undone_at__isnull=True)
    return list(rows.select_related("other", "merged_by"))


def merged_away(merges: list[PupilMerge]) -> set[int]:
    """The times on the roll that a merge put another in place of: their history is in that one."""
    return {
        part[0]
        for one in merges
        for spell in one.moved.get("spells", ())
        for part in spell["parts"]
    }


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def pupil_edit(request: PageRequest, pupil_id: int) -> HttpResponse:
    """Everything that the admission register holds of a pupil, in a fixed number of statements."""
    pupil = Pupil.objects.filter(school=request.viewer.school, pk=pupil_id).first()
    if pupil is None and (one := stands_for(request.viewer.school, pupil_id)):
        return redirect(page_of(request, one))
    pupil = pupil or pupil_of(request, pupil_id)
    form = DetailsForm(request.POST or None, pupil=pupil)

    def change() -> HttpResponse:
        changed = actions.change_pupil(
            pupil=pupil,
            details=form.details,
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
        if changed:
            messages.success(request, "The details are saved.")
        else:
            messages.info(request, "Nothing was different.")
        return redirect(page_of(request, pupil))

    if done := saved(form, change):
        return done
    log.info("roll_page_read", user_id=request.user.pk)
    return render(request, "registers/roll/pupils/pupil.html", about_pupil(request, pupil, form))


def about_pupil(request: PageRequest, pupil: Pupil, form: DetailsForm) -> dict:
    today = timezone.localdate()
    years = EnrolmentYear.objects.select_related("academic_year").order_by(
        "-academic_year__starts_on"
    )
    members = Membership.objects.select_related("group").order_by("-from_on")
    merges = merges_of(pupil)
    spells = list(
        pupil.enrolments.exclude(pk__in=merged_away(merges))
        .order_by("-starts_on")
        .prefetch_related(Prefetch("years", years), Prefetch("memberships", members))
    )
    contacts = []
    if request.viewer.may("see_contacts"):
        contacts = list(contacts_of(pupil))
    characteristics = list(pupil.characteristics.order_by("-from_on", "kind"))
    for row in characteristics:
        row.title = title_of(row.kind, row.value)
        row.is_over = bool(row.until_on and row.until_on < today)
    plans = PlannedAbsence.objects.filter(
        enrolment__pupil=pupil, withdrawn_at__isnull=True, until_on__gte=today
    )
    current = next((one for one in spells if one.is_on_roll(today)), None)
    return {
        "pupil": pupil,
        "form": form,
        "spells": spells,
        "current": current,
        "latest": next((one for one in spells if not one.is_void), None),
        "group_now": next((one.group for one in groups_now(current, today)), None),
        "characteristics": characteristics,
        "contacts": contacts,
        "plans": list(plans.select_related("code")),
        "changes": list(pupil.roll_changes.all()),
        "merges": [one for one in merges if timezone.now() - one.merged_at <= UNDO_FOR],
        "former_upns": list(pupil.former_upns.select_related("by")),
        "is_temporary": is_temporary(pupil.upn),
        "photo": Photo.objects.filter(pupil=pupil).select_related("added_by").first(),
        "initials": initials(called_by(pupil.forename, pupil.preferred_name), pupil.surname),
        "today": today,
    }


def groups_now(enrolment: Enrolment | None, on: date) -> list[Membership]:
    """The registration group of a day; the memberships must have been fetched before."""
    rows = enrolment.memberships.all() if enrolment else []
    return [
        row
        for row in rows
        if row.group.kind == "registration"
        and row.from_on <= on
        and (row.until_on is None or row.until_on >= on)
    ]


def contacts_of(pupil: Pupil) -> QuerySet[Relationship]:
    """In the order in which they are called, each with how many pupils they have."""
    children = (
        Relationship.objects.filter(person=OuterRef("person"))
        .order_by()
        .values("person")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        Relationship.objects.filter(pupil=pupil)
        .select_related("person", "confirmed_by")
        .annotate(pupils=Subquery(children))
        .order_by("priority", "pk")
    )


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def enrolment_new(request: PageRequest, pupil_id: int) -> HttpResponse:
    pupil = pupil_of(request, pupil_id)
    form = ComeBackForm(
        request.POST or None,
        initial={"starts_on": timezone.localdate()},
        groups=registration_groups(request.viewer.school),
        back=page_of(request, pupil),
    )

    def enrol() -> HttpResponse:
        given = form.cleaned_data
        actions.enrol_again(
            pupil=pupil,
            spell=form.spell,
            year_group=given["year_group"],
            group=given["group"],
            by=request.user,
        )
        messages.success(request, f"{pupil.forename} {pupil.surname} is on the roll again.")
        return redirect(page_of(request, pupil))

    if done := saved(form, enrol):
        return done
    return render(
        request, "registers/roll/pupils/enrolment_new.html", {"form": form, "pupil": pupil}
    )


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def enrolment_place(request: PageRequest, pupil_id: int, enrolment_id: int) -> HttpResponse:
    enrolment = enrolment_of(request, pupil_id, enrolment_id)
    pupil, school, today = enrolment.pupil, request.viewer.school, timezone.localdate()
    years = AcademicYear.objects.filter(school=school, ends_on__gte=enrolment.starts_on)
    if enrolment.leaves_on:
        years = years.filter(starts_on__lte=enrolment.leaves_on)
    years = years.order_by("-starts_on")
    held = {row.academic_year_id: row.year_group for row in enrolment.years.all()}
    begun = [year for year in years if year.starts_on <= today] or list(years)[-1:]
    form = PlaceForm(
        request.POST or None,
        initial={
            "academic_year": begun[0].pk if begun else None,
            "year_group": held.get(begun[0].pk, "") if begun else "",
            "from_on": max(today, enrolment.starts_on),
        },
        years=years,
        groups=registration_groups(school),
        back=page_of(request, pupil),
    )

    def place() -> HttpResponse:
        given = form.cleaned_data
        actions.place_pupil(
            enrolment=enrolment,
            academic_year=given["academic_year"],
            year_group=given["year_group"],
            group=given["group"],
            from_on=given["from_on"],
            by=request.user,
        )
        messages.success(request, "Year and group are saved.")
        return redirect(page_of(request, pupil))

    if done := saved(form, place):
        return done
    members = enrolment.memberships.select_related("group").order_by("-from_on")
    context = {"form": form, "pupil": pupil, "enrolment": enrolment, "memberships": members}
    return render(request, "registers/roll/pupils/place.html", context)


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def characteristic_new(request: PageRequest, pupil_id: int) -> HttpResponse:
    return _characteristic(request, pupil_of(request, pupil_id), None)


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def characteristic(request: PageRequest, pupil_id: int, characteristic_id: int) -> HttpResponse:
    pupil = pupil_of(request, pupil_id)
    row = get_object_or_404(Characteristic, pupil=pupil, pk=characteristic_id)
    return _characteristic(request, pupil, row)


def _characteristic(request: PageRequest, pupil: Pupil, row: Characteristic | None) -> HttpResponse:
    form = CharacteristicForm(request.POST or None, row=row, back=page_of(request, pupil))

    def write() -> HttpResponse:
        actions.write_characteristic(
            pupil=pupil, characteristic=row, **form.written, by=request.user
        )
        messages.success(
            request, f"{title_of(form.written['kind'], form.written['value'])} is saved."
        )
        return redirect(page_of(request, pupil))

    if done := saved(form, write):
        return done
    context = {"form": form, "pupil": pupil, "characteristic": row}
    return render(request, "registers/roll/pupils/characteristic.html", context)


@allowed("keep_pupils")
@require_POST
def characteristic_remove(
    request: PageRequest, pupil_id: int, characteristic_id: int
) -> HttpResponse:
    pupil = pupil_of(request, pupil_id)
    row = get_object_or_404(Characteristic, pupil=pupil, pk=characteristic_id)
    title = title_of(row.kind, row.value)
    actions.remove_characteristic(characteristic=row, by=request.user)
    messages.success(request, f"{title} is taken away, as if it had never been there.")
    return redirect(page_of(request, pupil))
