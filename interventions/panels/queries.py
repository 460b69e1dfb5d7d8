"""The panels of a school, and what every page of one asks for."""

from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from interventions.models import Panel
from registers.models import School
from registers.models.school.staff import User


def panels_of(school: School) -> QuerySet[Panel]:
    """Each with `pupils`, how many are on it, and `decided`, on how many of them it has decided."""
    on_it = Q(cases__withdrawn_at__isnull=True)
    pupils = Count("cases", filter=on_it)
    decided = Count("cases", filter=on_it & Q(cases__decided_at__isnull=False))
    panels = school.panels.select_related("chair")
    # Panel itself names what is counted here, for those who are given one.
    return panels.annotate(pupils=pupils, decided=decided)  # type: ignore[no-redef]


def as_at_of(school: School) -> date:
    """The last day before today on which the school met, to which figures count."""
    return school.last_met_on or timezone.localdate() - timedelta(days=1)


def colleagues_of(school: School) -> list[User]:
    colleagues = User.objects.filter(is_active=True, appointments__school=school)
    return list(colleagues.distinct().order_by("name", "username"))
