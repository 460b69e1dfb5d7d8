"""Groups: all of them, one with its pupils and tutors, the end of a place."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registers import policies
from registers.models import (
    Enrolment,
    Group,
    Membership,
)
from registers.roll.groups import actions, queries, wording
from registers.roll.groups.forms import (
    AddForm,
    EndForm,
    GroupForm,
    TutorsForm,
)
from registers.rules.allowed_codes import day_in_words
from registers.rules.calendar import DAY
from registers.rules.pupils.namesakes import pupils_apart
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed
from registers.web.form_helpers import sent_with
from registers.web.parameters import number_of

Answer = Callable[..., HttpResponse | None]


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
    kinds = queries.groups_by_kind(school, today)
    context = {
        "school": school,
        "form": form,
        "kinds": kinds,
        "lede": wording.groups_lede(len(kinds[0][1]), queries.without_group(school, today).count()),
    }
    return render(request, "registers/roll/groups/groups.html", context)


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def group(request: PageRequest, group_id: int) -> HttpResponse:
    """Its pupils, those who could come in, its tutors, its name."""
    school, today = request.viewer.school, timezone.localdate()
    group = get_object_or_404(Group, pk=group_id, school=school)
    query = request.POST if request.method == "POST" else request.GET
    search = queries.search_of(query)
    candidates = queries.candidates_for(group, search, today)
    forms = _forms(request, group, candidates, today)
    if request.method == "POST" and (answer := _press(request, group, forms, today)):
        return answer
    context = {
        "school": school,
        "group": group,
        "forms": forms,
        "candidates": candidates,
        "apart": pupils_apart((one.pupil for one in candidates), with_birth=True),
        "ticked": set(request.POST.getlist("pupils")),
        "asked": query,
        "looked": not search.is_empty,
        "may_keep_staff": request.viewer.may("keep_staff"),
        "most": queries.MOST_FOUND,
        "today": today,
        **queries.places_in(group, today),
        **queries.years_of(school),
    }
    return render(request, "registers/roll/groups/group.html", context)


def _forms(
    request: PageRequest, group: Group, candidates: list[Enrolment], today: date
) -> dict[str, Any]:
    """The forms of the page; the one whose button was pressed has what was sent."""

    def sent(button: str) -> QueryDict | None:
        return request.POST if button in request.POST else None

    tutors = list(group.staff.values_list("pk", flat=True))
    return {
        "add": AddForm(sent("add"), found=[one.pk for one in candidates], today=today),
        "rename": GroupForm(sent("rename"), group=group),
        "tutors": TutorsForm(sent("set_tutors"), group=group, initial={"tutors": tutors}),
    }


def _press(
    request: PageRequest, group: Group, forms: dict[str, Any], today: date
) -> HttpResponse | None:
    """Do what a button asks; None where the page has something to say first."""
    button = next((name for name in BUTTONS if name in request.POST), None)
    if button is None:
        return None
    form_name, act = BUTTONS[button]
    form = forms.get(form_name)
    if form is not None and not form.is_valid():
        return None
    try:
        return act(request, group, form, today)
    except policies.Refused as refusal:
        if form_name == "rename":
            form.add_error("name", str(refusal))
        else:
            messages.warning(request, str(refusal))
    return None


def _to_group(group: Group) -> HttpResponse:
    return redirect("registers:group", urn=group.school.urn, group_id=group.pk)


def _rename(request: PageRequest, group: Group, form: GroupForm, today: date) -> HttpResponse:
    name = form.cleaned_data["name"]
    actions.rename_group(group=group, name=name, by=request.user)
    messages.success(request, f"The group is called {name} now.")
    return _to_group(group)


def _set_tutors(request: PageRequest, group: Group, form: TutorsForm, today: date) -> HttpResponse:
    chosen = [one.pk for one in form.cleaned_data["tutors"]]
    actions.set_tutors(group=group, appointment_ids=chosen, by=request.user)
    messages.success(request, "The tutors are saved.")
    return _to_group(group)


def _remove(request: PageRequest, group: Group, form: None, today: date) -> HttpResponse:
    actions.remove_group(group=group, by=request.user)
    messages.success(request, f"{group.name} is removed.")
    return redirect("registers:groups", urn=group.school.urn)


def _add(request: PageRequest, group: Group, form: AddForm, today: date) -> HttpResponse | None:
    from_on = form.cleaned_data["from_on"]
    done, refused = actions.add_members(
        group=group,
        enrolment_ids=form.cleaned_data["pupils"],
        from_on=from_on,
        by=request.user,
        today=today,
    )
    names = _names([one.enrolment_id for one in refused])
    for one in refused:
        messages.warning(request, f"{names[one.enrolment_id]} {one.why}.")
    if not done:
        return None
    words = many(done, "pupil is", "pupils are")
    messages.success(request, f"{words} in {group.name} from {day_in_words(from_on)}.")
    return _to_group(group)


def _names(enrolments: list[int]) -> dict[int, str]:
    rows = Enrolment.objects.filter(pk__in=enrolments)
    names = rows.values_list("pk", "pupil__forename", "pupil__surname")
    return {pk: f"{forename} {surname}" for pk, forename, surname in names}


# The buttons of a group's page: the form whose fields each sends, and what it does.
BUTTONS: dict[str, tuple[str, Answer]] = {
    "add": ("add", _add),
    "rename": ("rename", _rename),
    "set_tutors": ("tutors", _set_tutors),
    "remove": ("", _remove),
}


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
