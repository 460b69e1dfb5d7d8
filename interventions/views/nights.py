"""The nights of a school: what was done, and what failed."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registers.views.access import allowed

PER_PAGE = 30


@require_safe
@allowed("see_nights")
def nights(request: HttpRequest) -> HttpResponse:
    runs = request.place.school.nights.select_related("started_by")
    page = Paginator(runs, PER_PAGE).get_page(request.GET.get("page"))
    latest = page[0] if page.number == 1 and page.object_list else runs.first()
    return render(request, "interventions/nights.html", {"page": page, "latest": latest})
