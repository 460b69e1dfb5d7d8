"""The page of what was found; with scripts its list alone, below the field in the head."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from attendance_site.find import wording
from attendance_site.find.queries import find
from registers.web.access import PageRequest, allowed
from registers.web.parameters import words_of

LONGEST = 60


@require_safe
@allowed("see_pupils")
def find_anything(request: PageRequest) -> HttpResponse:
    """Pupils, groups, pages and colleagues; a teacher finds the pupils of own groups alone."""
    text = words_of(request.GET.get("q"), LONGEST)
    results = find(request.viewer, text, timezone.localdate())
    context = {"q": text, "results": results}
    if request.htmx:
        more = {"said": wording.said(results), "nothing": wording.nothing(results)}
        return render(request, "attendance_site/find/_list.html", context | more)
    more = {"title": wording.title(results), "lede": wording.lede(results)}
    return render(request, "attendance_site/find/page.html", context | more)
