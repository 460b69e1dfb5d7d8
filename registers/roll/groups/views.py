"""Groups: all of them, one with its pupils and tutors, the end of a place."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registers import policies
from registers.models import (
    Appointment,
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
from registers.web.advice_messages import refusals_as_messages
from registers.web.form_helpers import sent_with
from registers.web.forms import refusals_in
from registers.web.parameters import number_of


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def groups(request: PageRequest) -> HttpResponse:
    school, today = request.viewer.school, timezone.localdate()
    form = GroupForm(sent_with(request))
    if form.is_valid():
        with refusals_in(form, "name"):
            made = actions.make_group(school=school, by=request.user, **form.cleaned_data)
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
    query = sent_with(request) or request.GET
    search = queries.search_of(query)
    candidates = queries.candidates_for(group, search, today)
    page = GroupForms(request, group, candidates, today)
    if answer := page.act():
        return answer
    context = {
        "school": school,
        "group": group,
        "forms": page,
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


class GroupForms:
    """The forms of a group's page; the one whose button was pressed has what was sent."""

    def __init__(
        self, request: PageRequest, group: Group, candidates: list[Enrolment], today: date
    ):
        self.request, self.group, self.today = request, group, today
        numbers = [one.pk for one in candidates]
        tutors = list(Appointment.objects.filter(groups=group).values_list("pk", flat=True))
        self.add = AddForm(self._sent("add"), found=numbers, today=today)
        self.rename = GroupForm(self._sent("rename"), group=group)
        self.tutors = TutorsForm(self._sent("set_tutors"), group=group, initial={"tutors": tutors})

    def _sent(self, button: str) -> QueryDict | None:
        return self.request.POST if button in self.request.POST else None

    def act(self) -> HttpResponse | None:
        """Do what a button asks; None where the page has something to say first."""
        if self.rename.is_valid():
            with refusals_in(self.rename, "name"):
                return self._rename()
        with refusals_as_messages(self.request):
            if self.tutors.is_valid():
                return self._set_tutors()
            if self.add.is_valid():
                return self._add()
            if "remove" in self.request.POST:
                return self._remove()
        return None

    @property
    def _page(self) -> HttpResponse:
        return redirect("registers:group", urn=self.group.school.urn, group_id=self.group.pk)

    def _rename(self) -> HttpResponse:
        name = self.rename.cleaned_data["name"]
        actions.rename_group(group=self.group, name=name, by=self.request.user)
        messages.success(self.request, f"The group is called {name} now.")
        return self._page

    def _set_tutors(self) -> HttpResponse:
        chosen = [one.pk for one in self.tutors.cleaned_data["tutors"]]
        actions.set_tutors(group=self.group, appointment_ids=chosen, by=self.request.user)
        messages.success(self.request, "The tutors are saved.")
        return self._page

    def _remove(self) -> HttpResponse:
        actions.remove_group(group=self.group, by=self.request.user)
        messages.success(self.request, f"{self.group.name} is removed.")
        return redirect("registers:groups", urn=self.group.school.urn)

    def _add(self) -> HttpResponse | None:
        from_on = self.add.cleaned_data["from_on"]
        done, refused = actions.add_members(
            group=self.group,
            enrolment_ids=self.add.cleaned_data["pupils"],
            from_on=from_on,
            by=self.request.user,
            today=self.today,
        )
        self._say_why_not(refused)
        if not done:
            return None
        words = many(done, "pupil is", "pupils are")
        day = day_in_words(from_on)
        messages.success(self.request, f"{words} in {self.group.name} from {day}.")
        return self._page

    def _say_why_not(self, refused: list[actions.RefusedPupil]) -> None:
        rows = Enrolment.objects.select_related("pupil")
        enrolments = rows.in_bulk([one.enrolment_id for one in refused])
        for one in refused:
            name = enrolments[one.enrolment_id].pupil.full_name
            messages.warning(self.request, f"{name} {one.why}.")


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def group_end(request: PageRequest, group_id: int) -> HttpResponse:
    """End one pupil's place, and perhaps move them to another registration group the day after."""
    school, today = request.viewer.school, timezone.localdate()
    group = get_object_or_404(Group, pk=group_id, school=school)
    number = number_of(request.GET.get("place"))
    if number is None:
        return redirect("registers:group", urn=school.urn, group_id=group.pk)
    place = get_object_or_404(
        group.memberships.select_related("enrolment__pupil", "group"), pk=number
    )
    form = EndForm(sent_with(request), group=group, today=today)
    if form.is_valid():
        with refusals_in(form, "last_on"):
            messages.success(request, _end(request, place, form, today))
            return redirect("registers:group", urn=school.urn, group_id=group.pk)
    context = {"school": school, "group": group, "place": place, "form": form}
    return render(request, "registers/roll/groups/group_end.html", context)


def _end(request: PageRequest, place: Membership, form: EndForm, today: date) -> str:
    """Raises Refused."""
    name, last_on = place.enrolment.pupil.full_name, form.cleaned_data["last_on"]
    target = form.cleaned_data.get("move_to")
    if target is None:
        actions.end_membership(membership=place, last_on=last_on, by=request.user, today=today)
        return f"{name} is in {place.group.name} until {day_in_words(last_on)}."
    from_on = last_on + DAY
    _, refused = actions.add_members(
        group=target,
        enrolment_ids=[place.enrolment_id],
        from_on=from_on,
        by=request.user,
        today=today,
    )
    if refused:
        raise policies.Refused(f"{name} {refused[0].why}.")
    return f"{name} is in {target.name} from {day_in_words(from_on)}."
