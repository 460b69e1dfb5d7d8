"""Every address of Rollbook, and one more: a page of the house with nothing but bytes on it.

It stands behind the same middleware, knows who asks and what they may do there, and is laid out by
the same templates with the same menu.
"""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from attendance_site.urls import urlpatterns as of_rollbook
from registers.web.access import allowed

PAGE = """{% extends "layouts/page.html" %}{% block heading %}Empty{% endblock %}
{% block content %}{{ nothing }}{% endblock %}"""
LINE = "<p>Nothing stands here.</p>\n"


@require_safe
@allowed("see_pupils")
def empty(request: HttpRequest, size: int) -> HttpResponse:
    page = engines["django"].from_string(PAGE)
    nothing = (LINE * (size // len(LINE) + 1))[:size]
    return HttpResponse(page.render({"nothing": mark_safe(nothing)}, request))


urlpatterns = [*of_rollbook, path("schools/<str:urn>/empty/<int:size>/", empty)]
