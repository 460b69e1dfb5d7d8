"""Cover: who takes whose registers on a day."""

from collections import Counter
from datetime import timedelta
from itertools import takewhile

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from registers import policies
from registers.models import Cover, Group, School
from registers.models.on_roll import is_not_over_by
from registers.register.cover import actions
from registers.register.cover.forms import CoverForm
from registers.register.staff import staff_of
from registers.web.access import PageRequest, allowed

KEPT_IN_SIGHT = timedelta(days=14)  # how long a cover that is over stays on the page


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("give_cover")
def covers(request: PageRequest) -> HttpResponse:
    school, today = request.viewer.school, timezone.localdate()
    form = CoverForm(
        request.POST or None,
        groups=groups_with_registers(school),
        staff=staff_of(request.viewer),
        today=today,
    )
    if form.is_valid() and _give(request, form):
        return redirect(request.path)
    given = list(_given(school))
    over = list(takewhile(lambda cover: cover.date < today, given))
    context = {
        "form": form,
        "today": today,
        "to_come": given[len(over) :],
        "over": over[::-1],
        "now_today": Counter(cover.date for cover in given)[today],
    }
    return render(request, "registers/register/cover.html", context)


def _give(request: PageRequest, form: CoverForm) -> bool:
    """Whether it could be given; else the form says why not."""
    given = form.cleaned_data
    try:
        cover = actions.give_cover(
            school=request.viewer.school,
            group=given["group"],
            on=given["date"],
            to=given["user"],
            by=request.user,
        )
    except policies.Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"{cover.user} takes the registers of {cover.group}.")
    return True


def groups_with_registers(school: School) -> QuerySet[Group]:
    """The groups of the school that somebody is in now or will be."""
    return (
        Group.objects.filter(
            is_not_over_by(timezone.localdate(), of="memberships__"),
            school=school,
        )
        .order_by("kind", "name")
        .distinct()
    )


def _given(school: School) -> QuerySet[Cover]:
    return (
        Cover.objects.filter(group__school=school, date__gte=timezone.localdate() - KEPT_IN_SIGHT)
        .annotate(is_used=actions.used())
        .select_related("group", "user", "given_by")
        .order_by("date", "group__name", "given_at")
    )


@allowed("give_cover")
@require_POST
def take_back(request: PageRequest, cover_id: int) -> HttpResponse:
    school = request.viewer.school
    try:
        cover = actions.take_back_cover(cover_id=cover_id, school=school, by=request.user)
    except Cover.DoesNotExist:
        raise Http404 from None
    except policies.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Taken back: {cover.user} no longer has {cover.group}.")
    return redirect("registers:cover", urn=school.urn)
