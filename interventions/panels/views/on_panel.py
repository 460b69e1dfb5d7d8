"""What every view of one panel begins and ends with."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from interventions.models import Panel, PanelCase
from registers.web.access import PageRequest


def on_panel(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives the view its panel; another school's is not found, whatever was sent."""

    @wraps(view)
    def with_panel(request: PageRequest, panel_id: int, **words: object) -> HttpResponse:
        school = request.viewer.school
        panel = get_object_or_404(Panel.objects.select_related("chair"), pk=panel_id, school=school)
        panel.school = school
        return view(request, panel, **words)

    return with_panel


def case_of(panel: Panel, case_id: int) -> PanelCase:
    return get_object_or_404(panel.cases.select_related("enrolment__pupil"), pk=case_id)


def address_of(panel: Panel, name: str = "panel", **words: object) -> str:
    where = {"urn": panel.school.urn, "panel_id": panel.pk, **words}
    return reverse(f"interventions:{name}", kwargs=where)


def go_to(panel: Panel, name: str = "panel", **words: object) -> HttpResponse:
    return redirect(address_of(panel, name, **words))
