"""Templates of an import's files, as workbooks to fill in."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from registers.exchange.layout.files import COLUMNS
from registers.exchange.templates import template_of
from registers.web.access import PageRequest, allowed

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALL = "all"
# Everything that a school brings by hand; marks of a year are no typing.
OF_A_SCHOOL = ("pupils.csv", "contacts.csv", "groups.csv", "staff.csv")


@require_safe
@allowed("import_school")
def import_template(request: PageRequest, template: str) -> HttpResponse:
    """One file of the layout, or (`all`) those of a whole school, with drop-downs and notes."""
    file = f"{template}.csv"
    if template != ALL and file not in COLUMNS:
        raise Http404("There is no such template.")
    files = OF_A_SCHOOL if template == ALL else (file,)
    name = f"rollbook-{template}.xlsx"
    return HttpResponse(
        template_of(files),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
