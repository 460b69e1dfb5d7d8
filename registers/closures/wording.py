"""What the pages of closures say: what one would do, what one did."""

from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from registers.closures.queries import ClosurePreview, ClosureWanted
from registers.models import Closure
from registers.rules.codes import AttendanceCode
from registers.rules.wording import many, plural

Facts = list[tuple[str, SafeString | str]]  # the term, and what is so


def look_facts(
    found: ClosurePreview, asked: ClosureWanted, code: AttendanceCode, when: str
) -> Facts:
    """What a closure would do, term by term; what does not apply is left out."""
    facts = [
        ("Sessions", f"{when}: {many(found.sessions, 'session')}"),
        ("For whom", _for_whom(found, asked)),
        ("Code", _code(found, code)),
        ("Not due any more", _not_due(found)),
        ("To come", _to_come(found)),
    ]
    return [(term, words) for term, words in facts if words]


def _for_whom(found: ClosurePreview, asked: ClosureWanted) -> str:
    pupils = f"{asked.for_whom}: {many(found.pupils, 'pupil')}"
    if not found.groups:
        return pupils
    return f"{pupils}. No register is taken of {', '.join(found.groups)}"


def _code(found: ClosurePreview, code: AttendanceCode) -> str:
    if found.closing and not found.begun and not found.to_come:
        return "None: the sessions are not due any more"
    return f"{code.symbol}, {code.meaning}"


def _not_due(found: ClosurePreview) -> str:
    if not found.closing:
        return ""
    return (
        f"{many(len(found.closing), 'session')} without a mark: no register is taken, and they do "
        "not count among the sessions of the year."
    )


def _to_come(found: ClosurePreview) -> str:
    if not found.to_come:
        return ""
    return (
        f"{many(len(found.to_come), 'session')}: the marks are written when each begins. No mark "
        "lies in the future."
    )


def close_label(found: ClosurePreview) -> str:
    return f"Close and write {many(found.written, 'mark')}" if found.written else "Close"


def closure_lede(closure: Closure) -> SafeString:
    """For whom it is and who closed; or who has undone it."""
    if closure.undone_at:
        at = localtime(closure.undone_at)
        return format_html(
            "<strong>Undone</strong> on {} at {} by <bdi>{}</bdi>.",
            *(f"{at.day} {at:%B %Y}", f"{at:%H:%M}", closure.undone_by),
        )
    at = localtime(closure.made_at)
    moment = f"{at.day} {at:%B %Y, %H:%M}"
    return format_html(
        "{}. Closed by <bdi>{}</bdi>, {}.", closure.for_whom, closure.made_by, moment
    )


def closure_facts(
    closure: Closure, counts: dict[str, int], kept: list[tuple[str, str, int]], code: AttendanceCode
) -> Facts:
    """What a closure did, term by term; what does not apply is left out."""
    entered, changed = counts["entered"], counts["changed"]
    put_back = counts["put_back"] if closure.undone_at else 0
    facts: Facts = [
        ("For whom", closure.for_whom),
        ("Code", f"{code.symbol}, {code.meaning}"),
        ("Written where no mark was", many(entered, "mark") if entered else ""),
        ("Written over another mark", _changed(changed)),
        *((f"{symbol}, {meaning}", _kept(number)) for symbol, meaning, number in kept),
        ("Put back as before", many(put_back, "mark") if put_back else ""),
        ("Made", _made(closure)),
    ]
    return [(term, words) for term, words in facts if words]


def _changed(number: int) -> str:
    return f"{many(number, 'mark')}; what stood there is in its history" if number else ""


def _kept(number: int) -> str:
    return f"{many(number, 'mark')} left as {plural(number, 'it stands', 'they stand')}"


def _made(closure: Closure) -> SafeString:
    position = f", {closure.position}" if closure.position else ""
    return format_html("{} by <bdi>{}</bdi>{}", _moment(closure.made_at), closure.made_by, position)


def standing(closure: Closure) -> SafeString | str:
    """In the list: in force, or undone."""
    if not closure.undone_at:
        return "In force"
    return format_html("Undone {} by <bdi>{}</bdi>", _moment(closure.undone_at), closure.undone_by)


def _moment(moment: datetime) -> str:
    local = localtime(moment)
    return f"{local.day} {local:%b %Y, %H:%M}"
