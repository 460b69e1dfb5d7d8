"""A group's week: pupils by ten half days, each cell a mark."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from registers.amendments.forms import AmendMarkForm
from registers.amendments.week import GroupWeek, totals_of, weeks_around
from registers.amendments.wording import week_opening
from registers.models import Group
from registers.rules.calendar import monday_of
from registers.rules.codes import Half
from registers.rules.pupils.namesakes import pupils_apart
from registers.web.access import PageRequest, allowed

NOT_YOURS = "This group is not one of yours, and none that you cover today."


@require_safe
@allowed("see_mark")
def grid(request: PageRequest, group_id: int, date: date) -> HttpResponse:
    """The week of the day in the address. A teacher sees their own groups, and changes nothing."""
    school = request.viewer.school
    group = get_object_or_404(Group, pk=group_id, school=school)
    if not request.viewer.may_see_group(group.pk):
        raise PermissionDenied(NOT_YOURS)
    monday, this_week = monday_of(date), monday_of(timezone.localdate())
    may_change = request.viewer.may("amend_mark")
    week = GroupWeek(school, group, monday, may_change=may_change)
    rows, columns = week.rows, week.columns
    around = weeks_around(school, monday)
    totals = totals_of(week.cells)
    shown = {
        "group": group,
        "monday": monday,
        "friday": monday + timedelta(days=4),
        "number": around.number,
        "around": around,
        "opening": week_opening(totals, has_pupils=bool(rows)),
        "rows": rows,
        "apart": pupils_apart(
            (row.enrolment.pupil for row in rows), with_birth=request.viewer.may("keep_pupils")
        ),
        "columns": columns,
        "totals": totals,
        "days": columns[::2],
        "may_change": may_change,
        "form": _line_form(monday) if may_change else None,
        "codes": week.legend,
        "this_week": this_week,
        "is_this_week": monday == this_week,
    }
    return render(request, "registers/amendments/week.html", shown)


def _line_form(monday: date) -> AmendMarkForm:
    """The fields of the line in which the keyboard changes a mark; the page lays them out."""
    form = AmendMarkForm(on=monday, half=Half.AM, is_new=False, auto_id="grid-%s")
    form.fields["code"].widget.attrs["class"] = "form-select"
    for name in ("minutes_late", "reason"):
        form.fields[name].help_text = ""
        form.fields[name].widget.attrs["class"] = "form-control"
    return form
