"""Groups with their pupils and tutors; the year group of every pupil."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registers import policies
from registers.models import (
    AcademicYear,
    Appointment,
    Enrolment,
    EnrolmentYear,
    Group,
    Membership,
    School,
)
from registers.models.on_roll import in_force_on
from registers.models.school.academic_year import current_year
from registers.roll.groups import actions
from registers.roll.groups.forms import (
    AddForm,
    EndForm,
    GroupForm,
    TutorsForm,
    YearGroupForm,
)
from registers.roll.search import called
from registers.rules.allowed_codes import day_in_words
from registers.rules.calendar import DAY
from registers.rules.pupils.namesakes import pupils_apart
from registers.rules.pupils.year_groups import in_order, is_known, spoken
from registers.web.access import PageRequest, allowed
from registers.web.form_helpers import sent_with
from registers.web.parameters import number_of, words_of

MOST_FOUND = 60
PER_PAGE = 100
NO_YEAR = "none"


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in the list."""

    group: Group
    pupils: int
    staff: list[str]


# --- all groups


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def groups(request: PageRequest) -> HttpResponse:
    school, today = request.viewer.school, timezone.localdate()
    form = GroupForm(sent_with(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_group(school=school, by=request.user, **form.cleaned_data)
        except policies.Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"{made.name} is there. Put its pupils in below.")
            return redirect("registers:group", urn=school.urn, group_id=made.pk)
    kinds = _by_kind(school, today)
    context = {
        "school": school,
        "form": form,
        "kinds": kinds,
        "without": _without_group(school, today).count(),
        "registration": len(kinds[0][1]),
    }
    return render(request, "registers/roll/groups/groups.html", context)


def _by_kind(school: School, today: date) -> list[tuple[str, list[GroupLine]]]:
    """Three statements."""
    found = Group.objects.filter(school=school).annotate(
        pupils=Count("memberships", filter=in_force_on(today, of="memberships__"))
    )
    staff = Appointment.groups.through.objects.filter(group__school=school).values_list(
        "group", "appointment__user__name", "appointment__user__username"
    )
    whose: dict[int, list[str]] = {}
    for pk, name, username in staff.order_by("appointment__user__name"):
        whose.setdefault(pk, []).append(name or username)
    lines: dict[str, list[GroupLine]] = {kind: [] for kind, _ in Group.KINDS}
    for group in sorted(found, key=lambda one: _natural(one.name)):
        lines[group.kind].append(GroupLine(group, group.pupils, whose.get(group.pk, [])))
    return [(f"{words.capitalize()}s", lines[kind]) for kind, words in Group.KINDS]


def _natural(name: str) -> tuple:
    """7A, 8B, 10A: by the number before the letters."""
    digits = name[: len(name) - len(name.lstrip("0123456789"))]
    return (not digits, int(digits or 0), name)


def _on_roll(school: School, day: date) -> QuerySet[Enrolment]:
    return Enrolment.objects.on_roll(day).filter(school=school)


def _without_group(school: School, today: date) -> QuerySet[Enrolment]:
    there = Membership.objects.filter(
        in_force_on(today), enrolment=OuterRef("pk"), group__kind=actions.REGISTRATION
    )
    return _on_roll(school, today).exclude(Exists(there))


# --- one group


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def group(request: PageRequest, group_id: int) -> HttpResponse:
    """Its pupils, those who could come in, its tutors, its name."""
    school, today = request.viewer.school, timezone.localdate()
    found = get_object_or_404(Group, pk=group_id, school=school)
    asked = request.POST if request.method == "POST" else request.GET
    candidates = _candidates(found, asked, today)
    sent = request.POST if request.method == "POST" else None
    forms = {
        "add": AddForm(
            sent if sent and "add" in sent else None,
            found=[one.pk for one in candidates],
            today=today,
        ),
        "rename": GroupForm(sent if sent and "rename" in sent else None, group=found),
        "tutors": TutorsForm(
            sent if sent and "set_tutors" in sent else None,
            group=found,
            initial={"tutors": list(found.staff.values_list("pk", flat=True))},
        ),
    }
    if sent is not None:
        answer = _group_post(request, found, forms, today)
        if answer is not None:
            return answer
    context = {
        "school": school,
        "group": found,
        "forms": forms,
        "candidates": candidates,
        "apart": pupils_apart((one.pupil for one in candidates), with_birth=True),
        "ticked": set(sent.getlist("pupils")) if sent else set(),
        "asked": asked,
        "looked": any(asked.get(name) for name in ("q", "year", "without")),
        "may_keep_staff": request.viewer.may("keep_staff"),
        "most": MOST_FOUND,
        "today": today,
    }
    return render(
        request,
        "registers/roll/groups/group.html",
        context | _places(found, today) | _years(school),
    )


def _group_post(
    request: PageRequest, found: Group, forms: dict[str, Any], today: date
) -> HttpResponse | None:
    """Do what a button asks; None where the page has something to say first."""
    here = redirect("registers:group", urn=found.school.urn, group_id=found.pk)
    try:
        if "add" in request.POST and forms["add"].is_valid():
            return _add(request, found, forms["add"], today)
        if "rename" in request.POST and forms["rename"].is_valid():
            name = forms["rename"].cleaned_data["name"]
            actions.rename_group(group=found, name=name, by=request.user)
            messages.success(request, f"The group is called {name} now.")
            return here
        if "set_tutors" in request.POST and forms["tutors"].is_valid():
            chosen = [one.pk for one in forms["tutors"].cleaned_data["tutors"]]
            actions.set_tutors(group=found, appointment_ids=chosen, by=request.user)
            messages.success(request, "The tutors are saved.")
            return here
        if "remove" in request.POST:
            actions.remove_group(group=found, by=request.user)
            messages.success(request, f"{found.name} is removed.")
            return redirect("registers:groups", urn=found.school.urn)
    except policies.Refused as refusal:
        if "rename" in request.POST:
            forms["rename"].add_error("name", str(refusal))
        else:
            messages.warning(request, str(refusal))
    return None


def _add(request: PageRequest, found: Group, form: AddForm, today: date) -> HttpResponse | None:
    done, refused = actions.add_members(
        group=found,
        enrolment_ids=form.cleaned_data["pupils"],
        from_on=form.cleaned_data["from_on"],
        by=request.user,
        today=today,
    )
    names = {
        pk: f"{forename} {surname}"
        for pk, forename, surname in Enrolment.objects.filter(
            pk__in=[one.enrolment_id for one in refused]
        ).values_list("pk", "pupil__forename", "pupil__surname")
    }
    for one in refused:
        messages.warning(request, f"{names[one.enrolment_id]} {one.why}.")
    if done:
        words = "1 pupil is" if done == 1 else f"{done:,} pupils are"
        day = day_in_words(form.cleaned_data["from_on"])
        messages.success(request, f"{words} in {found.name} from {day}.")
        return redirect("registers:group", urn=found.school.urn, group_id=found.pk)
    return None


def _candidates(found: Group, asked: QueryDict, today: date) -> list[Enrolment]:
    """Pupils on roll who are not in this group, as the search wants them."""
    text, year = words_of(asked.get("q"), 200), words_of(asked.get("year"), 20)
    if not (text or year or asked.get("without")):
        return []
    school = found.school
    rows = _without_group(school, today) if asked.get("without") else _soon_on_roll(school, today)
    rows = rows.filter(called(text))
    here = Membership.objects.in_force(today).filter(enrolment=OuterRef("pk"), group=found)
    registration = Membership.objects.filter(
        in_force_on(today), enrolment=OuterRef("pk"), group__kind=actions.REGISTRATION
    )
    latest = EnrolmentYear.objects.filter(enrolment=OuterRef("pk")).order_by(
        "-academic_year__starts_on"
    )
    rows = rows.exclude(Exists(here)).annotate(
        registration=Subquery(registration.values("group__name")[:1]),
        year_group=Subquery(latest.values("year_group")[:1]),
    )
    if year:
        rows = rows.filter(year_group=year)
    order = ("pupil__sort_key", "pk")
    return list(rows.select_related("pupil").order_by(*order)[:MOST_FOUND])


def _soon_on_roll(school: School, today: date) -> QuerySet[Enrolment]:
    """On roll, or to come: places can be given beforehand."""
    return Enrolment.objects.not_left(today).filter(school=school)


def _places(found: Group, today: date) -> dict[str, list[Membership]]:
    """Who is in the group now, who comes later, who was in it."""
    rows = found.memberships.select_related("enrolment__pupil").order_by(
        "enrolment__pupil__sort_key", "enrolment__pupil", "from_on"
    )
    now: list[Membership] = []
    later: list[Membership] = []
    earlier: list[Membership] = []
    for row in rows:
        if row.from_on > today:
            later.append(row)
        elif row.until_on is not None and row.until_on < today:
            earlier.append(row)
        else:
            now.append(row)
    return {"now": now, "later": later, "earlier": earlier}


def _years(school: School) -> dict[str, list[tuple[str, str]]]:
    names = EnrolmentYear.objects.filter(academic_year__school=school).order_by()
    found = in_order(names.values_list("year_group", flat=True).distinct())
    return {"years": [(name, spoken(name)) for name in found]}


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def group_end(request: PageRequest, group_id: int) -> HttpResponse:
    """End one pupil's place, and perhaps move them to another registration group the day after."""
    school, today = request.viewer.school, timezone.localdate()
    found = get_object_or_404(Group, pk=group_id, school=school)
    asked = number_of(request.GET.get("place"))
    if asked is None:
        return redirect("registers:group", urn=school.urn, group_id=found.pk)
    place = get_object_or_404(
        found.memberships.select_related("enrolment__pupil", "group"), pk=asked
    )
    form = EndForm(sent_with(request), group=found, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _end(request, place, form, today))
        except policies.Refused as refusal:
            form.add_error("last_on", str(refusal))
        else:
            return redirect("registers:group", urn=school.urn, group_id=found.pk)
    context = {"school": school, "group": found, "place": place, "form": form}
    return render(request, "registers/roll/groups/group_end.html", context)


def _end(request: PageRequest, place: Membership, form: EndForm, today: date) -> str:
    """Raises Refused."""
    pupil = place.enrolment.pupil
    last_on, target = form.cleaned_data["last_on"], form.cleaned_data.get("move_to")
    if target is None:
        actions.end_membership(membership=place, last_on=last_on, by=request.user, today=today)
        until = day_in_words(last_on)
        return f"{pupil.forename} {pupil.surname} is in {place.group.name} until {until}."
    from_on = last_on + DAY
    _, refused = actions.add_members(
        group=target,
        enrolment_ids=[place.enrolment_id],
        from_on=from_on,
        by=request.user,
        today=today,
    )
    if refused:
        raise policies.Refused(f"{pupil.forename} {pupil.surname} {refused[0].why}.")
    return f"{pupil.forename} {pupil.surname} is in {target.name} from {day_in_words(from_on)}."


# --- year groups


@require_safe
@allowed("keep_pupils")
def year_groups(request: PageRequest) -> HttpResponse:
    """Leads to the academic year of today."""
    school = request.viewer.school
    year = current_year(school.academic_years.all(), timezone.localdate())
    if year is None:
        return render(request, "registers/roll/groups/no_years.html", {"school": school})
    return redirect("registers:year_groups_of", urn=school.urn, year_id=year.pk)


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def year_groups_of(request: PageRequest, year_id: int) -> HttpResponse:
    school = request.viewer.school
    year = get_object_or_404(AcademicYear, pk=year_id, school=school)
    rows = _in_year(school, year)
    counted = _counted(rows)
    page = Paginator(_filtered(rows, request.GET), PER_PAGE).get_page(request.GET.get("page"))
    form = YearGroupForm(sent_with(request), found=[row.pk for row in page])
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["year_group"]
        done = actions.set_year_groups(
            year=year,
            enrolment_ids=form.cleaned_data["pupils"],
            year_group=chosen,
            by=request.user,
        )
        words = "1 pupil was" if done == 1 else f"{done:,} pupils were"
        to = spoken(chosen) if chosen else "no year group"
        messages.success(request, f"{words} changed to {to} in {year.name}.")
        return redirect(request.get_full_path())
    context = {
        "school": school,
        "year": year,
        "years": list(school.academic_years.order_by("-starts_on")),
        "page": page,
        "apart": pupils_apart((row.pupil for row in page), with_birth=True),
        "form": form,
        "ticked": set(request.POST.getlist("pupils")),
        "counted": [(name, spoken(name), n) for name, n in counted if name],
        "without": dict(counted).get("", 0),
        "others": [(name, n) for name, n in counted if name and not is_known(name)],
        "total": sum(n for _, n in counted),
        "asked": request.GET,
        "moving": actions.moving_up(year),
    }
    return render(request, "registers/roll/groups/year_groups.html", context)


def _in_year(school: School, year: AcademicYear) -> QuerySet[Enrolment]:
    """On roll on some day of the academic year, with the year group in it."""
    own = EnrolmentYear.objects.filter(enrolment=OuterRef("pk"), academic_year=year)
    today = timezone.localdate()
    place = Membership.objects.filter(
        in_force_on(today), enrolment=OuterRef("pk"), group__kind=actions.REGISTRATION
    )
    return (
        Enrolment.objects.on_roll(year.starts_on, until=year.ends_on)
        .filter(school=school)
        .annotate(
            year_group=Subquery(own.values("year_group")[:1]),
            registration=Subquery(place.values("group__name")[:1]),
        )
        .select_related("pupil")
        .order_by("pupil__sort_key", "pk")
    )


def _counted(rows: QuerySet[Enrolment]) -> list[tuple[str, int]]:
    """Pupils by year group, from the youngest; those without one under the empty name."""
    counts = {
        name or "": n for name, n in rows.order_by().values_list("year_group").annotate(Count("pk"))
    }
    return [(name, counts[name]) for name in in_order(counts)]


def _filtered(rows: QuerySet[Enrolment], asked: QueryDict) -> QuerySet[Enrolment]:
    year = words_of(asked.get("year"), 20)
    if year == NO_YEAR:
        rows = rows.filter(year_group__isnull=True)
    elif year:
        rows = rows.filter(year_group=year)
    return rows.filter(called(words_of(asked.get("q"), 200)))


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def year_move_up(request: PageRequest, year_id: int) -> HttpResponse:
    """Everybody up a year, looked at first."""
    school = request.viewer.school
    year = get_object_or_404(AcademicYear, pk=year_id, school=school)
    there = reverse("registers:year_groups_of", kwargs={"urn": school.urn, "year_id": year.pk})
    if request.method == "POST":
        try:
            done = actions.move_up(year=year, seen=request.POST.get("seen", ""), by=request.user)
        except policies.Refused as refusal:
            messages.warning(request, str(refusal))
        else:
            words = "1 pupil has" if done == 1 else f"{done:,} pupils have"
            messages.success(request, f"{words} moved up a year for {year.name}.")
            return redirect(there)
    found = actions.moving_up(year)
    lines = [
        (spoken(one), spoken(other), number)
        for one, other, number in (found.lines if found else ())
    ]
    context = {"school": school, "year": year, "moving": found, "lines": lines}
    return render(request, "registers/roll/groups/move_up.html", context)
