"""What a register's page says and hears while it is open: marks as made, others' as they come."""

from datetime import date

from django.http import HttpResponse, HttpResponseNotModified, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registers.models import Session, User
from registers.policies import Refused
from registers.register.actions.answers import SaveAnswer
from registers.register.actions.may_take import NOT_YOURS
from registers.register.actions.reading import RegisterKey
from registers.register.actions.receiving import receive_marks
from registers.register.device_forms import SentMarks, read_marks
from registers.register.forms import UnreadableRegister
from registers.register.live import live_register, tag_of
from registers.register.views import taken_on_paper_by
from registers.rules.codes import Half
from registers.web.access import PageRequest, allowed

UNREADABLE = "What was sent is no register of this page."
SOMEBODY_ELSE = "These marks were made by somebody else. They wait until that person signs in."
NO_REGISTER = "The school has no session then, or no such group."


@require_http_methods(["GET", "POST"])
@allowed("take_register")
def register_marks(request: PageRequest, group_id: int, date: date, half: Half) -> HttpResponse:
    """GET: the register as it stands. POST: marks of one person, once for each key."""
    key = RegisterKey(request.viewer.school.pk, group_id, date, half)
    if request.method == "POST":
        return _receive(request, key)
    if not request.viewer.may_see_group(group_id):
        return _no(403, NOT_YOURS)
    get_token(request)  # a page that was kept on the device may need a new one
    live = live_register(request.viewer.school, group_id, date, half, timezone.now())
    tag = tag_of(live)
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    return JsonResponse({"person": request.user.pk, **live}, headers={"ETag": tag})


def _receive(request: PageRequest, key: RegisterKey) -> HttpResponse:
    try:
        sent = read_marks(request.body, key.date, key.half)
    except UnreadableRegister:
        return _no(400, UNREADABLE)
    if sent.person_id != request.user.pk:
        return _no(409, SOMEBODY_ELSE)
    try:
        answer = _save(request, key, sent) if sent.changes else SaveAnswer()
    except Refused as refusal:
        return _no(403, str(refusal))
    except Session.DoesNotExist:
        return _no(404, NO_REGISTER)
    refused = [{"enrolment": pk, "why": why} for pk, why in sent.refused.items()]
    return JsonResponse(
        {
            "saved": answer.saved,
            "conflicts": _with_names(answer.conflicts),
            "refused": answer.refused + refused,
            "held": answer.held,
            "repeated": answer.repeated,
        }
    )


def _save(request: PageRequest, key: RegisterKey, sent: SentMarks) -> SaveAnswer:
    return receive_marks(
        school=request.viewer.school,
        key=key,
        changes=sent.changes,
        save_key=sent.key,
        times=sent.times,
        by=request.user,
        taken_by=taken_on_paper_by(request.viewer, sent.on_paper),
    )


def _with_names(conflicts: list[dict]) -> list[dict]:
    """Each with the name of who made the mark that stands: one statement, where there are any."""
    makers = filter(None, (conflict.get("by") for conflict in conflicts))
    people = User.objects.in_bulk(set(makers))
    return [
        conflict | {"by_name": str(people.get(conflict.get("by"), ""))} for conflict in conflicts
    ]


def _no(status: int, why: str) -> JsonResponse:
    return JsonResponse({"why": why}, status=status)
