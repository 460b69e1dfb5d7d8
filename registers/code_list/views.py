"""The help page of the national codes."""

from itertools import groupby
from operator import attrgetter

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from registers.rules.codes import CODES, AttendanceCode, Category
from registers.web.access import SIGNED_IN, SignedInRequest, allowed

ABOUT = {
    Category.PRESENT: "At school when the register was called.",
    Category.APPROVED_ACTIVITY: "Somewhere else, supervised, and learning.",
    Category.ABSENT: "Not at school. The code says whether the school allowed it.",
    Category.UNABLE: "Could not come, and nobody at home could help it.",
    Category.OUTSIDE: "Not marks of the regulations: they keep a register's lists in order.",
}


def codes_by_category(
    codes: list[AttendanceCode],
) -> list[tuple[Category, str, list[AttendanceCode]]]:
    """The codes under the headings of the register, in the order of the list."""
    order = list(Category)
    ranked = sorted(codes, key=lambda code: order.index(code.category))
    return [
        (category, ABOUT[category], list(found))
        for category, found in groupby(ranked, key=attrgetter("category"))
    ]


@require_safe
@allowed(SIGNED_IN)
def codes(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    by_force: dict[bool, list[AttendanceCode]] = {True: [], False: []}
    for code in CODES.values():
        by_force[code.in_force(today)].append(code)
    context = {
        "categories": codes_by_category(by_force[True]),
        "retired": by_force[False],
        "today": today,
        "number": len(by_force[True]),
    }
    return render(request, "registers/code_list/codes.html", context)
