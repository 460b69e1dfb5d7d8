"""What the page of held marks says: the whole, a register, a row, what was decided."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from registers.models import HeldMark
from registers.register.held_marks.lines import HeldLine, HeldRegister, HeldRow
from registers.rules.codes import Half
from registers.rules.wording import day_and_month, many, plural


def opening(marks: int, registers: int) -> SafeString:
    """How many wait for the office, and where they are meanwhile."""
    if not marks:
        return SafeString(
            "<strong>No mark waits for you.</strong> Everything that came from a device is in its "
            "register."
        )
    waits, was, is_, it = (
        plural(marks, one, more)
        for one, more in (
            ("waits", "wait"),
            ("It was", "They were"),
            ("is", "are"),
            ("it", "them"),
        )
    )
    return format_html(
        "<strong>{} of {} {} for you.</strong> {} made on a device and {} in no register until you "
        "accept {}.",
        *(many(marks, "mark"), many(registers, "register"), waits, was, is_, it),
    )


def more_to_come(registers: int) -> str:
    """Below the registers that are shown; empty where these are all."""
    if not registers:
        return ""
    more = f"{many(registers, 'more register')} {plural(registers, 'comes', 'come')}"
    return f"{more} up here when these are decided."


# --- a register


def when(register: HeldRegister) -> str:
    """Behind its name: Tuesday 24 November, morning"""
    return f"{day_and_month(register.date)}, {Half(register.half).words}"


def made_by(register: HeldRegister) -> SafeString:
    """Who made its marks; why they are held, where that is one reason for all."""
    makers = format_html_join(", ", "<bdi>{}</bdi>", ((maker,) for maker in register.makers))
    why = f". {register.reasons[0]}" if len(register.reasons) == 1 else ""
    return format_html("made by {}{}", makers, why)


def nothing_ticked(register: HeldRegister) -> SafeString:
    if not register.problem:
        return SafeString("")
    return format_html(
        '<p class="invalid-feedback held-nothing" role="alert">'
        '<span class="visually-hidden">Error: </span>{}</p>',
        register.problem,
    )


# --- a row


def tick_label(row: HeldRow) -> str:
    return f"{row.name}, {row.code.symbol}, {row.code.meaning}, made at {row.made}"


def beside_name(row: HeldRow) -> SafeString:
    """What came with the mark, and why it was not accepted just now."""
    quoted = format_html("<q><bdi>{}</bdi></q>", row.held.comment)
    paper = format_html("Paper: <bdi>{}</bdi>", row.held.paper)
    given = ((row.held.comment, quoted), (row.held.paper, paper))
    lines = format_html_join(
        " ", '<span class="sub">{}</span>', ((words,) for text, words in given if text)
    )
    return lines + _why_not(row)


def _why_not(row: HeldRow) -> SafeString:
    if not row.problem:
        return SafeString("")
    return format_html(
        ' <span class="sub held-why" id="why-{}"><span class="visually-hidden">Not accepted: '
        "</span>{}</span>",
        *(row.held.pk, row.problem),
    )


def code_and_minutes(row: HeldRow) -> SafeString:
    minutes = row.held.minutes_late
    late = "" if minutes is None else f", {minutes} min"
    symbol = format_html('<span class="visually-hidden">{}, </span>', row.code.symbol)
    return format_html("<span>{}{}{}</span>", symbol, row.code.meaning, late)


def times(line: HeldLine) -> str:
    """When it came in; when it was made, where it had waited."""
    return f"{line.made}, came in {line.arrived}" if line.waited else line.arrived


def in_the_register(row: HeldRow) -> SafeString:
    """What becomes of the mark that stands, and who made that."""
    would = format_html("<strong>would become {}</strong>", row.code.symbol)
    then = "the same" if row.is_same else would
    return format_html("<span>{}, <bdi>{}</bdi></span>", then, row.stands_said)


# --- what was decided


def session(held: HeldMark) -> str:
    """7A, Tue 24 Nov, AM"""
    on = held.date
    return f"{held.group.name}, {on:%a} {on.day} {on:%b}, {Half(held.half).name}"


def decision(held: HeldMark) -> SafeString:
    """Who decided what, and when."""
    at = localtime(held.decided_at)
    return format_html(
        '{} by <bdi>{}</bdi>, <span class="nowrap">{}</span>',
        "Accepted" if held.accepted else "Left out",
        held.decided_by,
        f"{at:%a} {at.day} {at:%b, %H:%M}",
    )
