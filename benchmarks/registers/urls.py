"""Every address of Rollbook, and one more: a bare view that inserts what it is sent.

It stands behind the same middleware and knows who sends, since every mark says who made it; it
asks for no role, checks no rule, and writes into a table with nothing on it.
"""

import json
from datetime import date

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from attendance_site.urls import urlpatterns as of_rollbook
from benchmarks.registers.usual import BareMark

FORBIDDEN = 403


@require_POST
def bare(request: HttpRequest, date: date, half: int) -> HttpResponse:
    if not request.user.is_authenticated:
        return JsonResponse({}, status=FORBIDDEN)
    changes, now = json.loads(request.body)["changes"], timezone.now()
    with transaction.atomic():
        BareMark.objects.bulk_create(
            BareMark(
                enrolment_id=change["enrolment"], date=date, half=half, code=change["code"],
                version=1, source=1, made_by=request.user.pk, made_at=now,
            )
            for change in changes
        )  # fmt: skip
    return JsonResponse({"saved": len(changes)})


urlpatterns = [*of_rollbook, path("bare/<day:date>/<half:half>/", bare)]
