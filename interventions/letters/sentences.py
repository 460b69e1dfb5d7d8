"""Sentences of letters that depend on a pupil's state, as HTML; empty where they would not be true.

Each takes the context of `content.gather`. What needs a table or a picture is a template of
`templates/interventions/letters/blocks/`.
"""

from collections.abc import Callable, Mapping
from enum import Enum

from django.utils.html import format_html
from django.utils.safestring import SafeString

from interventions.letters.names import name_html

NOTHING = SafeString("")
Context = Mapping


def _forename(context: Context) -> SafeString:
    return name_html(context["pupil"]["forename"], context["recipient"]["language"])


def comparison(context: Context) -> SafeString:
    """What half of the year group has missed."""
    if not context.get("compared"):
        return NOTHING
    if not context.get("median"):
        words = "At least half of the pupils in {} have missed no days at all."
        return format_html(words, context["year"])
    return format_html(
        "Half of the pupils in {} have missed {}.", context["year"], context["median"]
    )


# By the first that is true of the days missed: where they are a day at most, and where more.
THANKS_FOR_A_DAY = {
    "all_ill": "It was for illness; if you let us know, thank you.",
    "mostly_told": "We have a reason for it; if you gave it, thank you.",
}
THANKS = {
    "all_ill": "These days were for illness; where you let us know, thank you.",
    "mostly_ill": "Most of these days were for illness; where you let us know, thank you.",
    "mostly_told": "We have a reason for most of these days; where you gave it, thank you.",
}


def thanks(context: Context) -> SafeString:
    """To whoever told the school why."""
    by_state = THANKS_FOR_A_DAY if context.get("missed_at_most_a_day") else THANKS
    words = (words for state, words in by_state.items() if context.get(state))
    return SafeString(next(words, ""))


class Reach(Enum):
    """How a school can be reached: by telephone, by e-mail, both, or at its office."""

    BOTH = True, True
    TELEPHONE = True, False
    EMAIL = False, True
    OFFICE = False, False

    @classmethod
    def of(cls, school: Mapping) -> "Reach":
        return cls((bool(school.get("telephone")), bool(school.get("email"))))


ENOUGH = {
    Reach.BOTH: " A call or an e-mail is enough.",
    Reach.TELEPHONE: " A call is enough.",
    Reach.EMAIL: " An e-mail is enough.",
    Reach.OFFICE: "",
}
HOW_TO_REPLY = {
    Reach.BOTH: "<strong>Please call {telephone}</strong> or write to {email}",
    Reach.TELEPHONE: "<strong>Please call {telephone}</strong>",
    Reach.EMAIL: "<strong>Please write to {email}</strong>",
    Reach.OFFICE: "<strong>Please ask at the {office}</strong>",
}
ADDRESSES = {
    Reach.BOTH: ": {telephone} or {email}",
    Reach.TELEPHONE: ": {telephone}",
    Reach.EMAIL: ": {email}",
    Reach.OFFICE: "{nothing}",
}


def _with_addresses(by_reach: Mapping[Reach, str], school: Mapping) -> SafeString:
    return format_html(
        by_reach[Reach.of(school)],
        telephone=school.get("telephone"),
        email=school.get("email"),
        office="school office",
        nothing="",
    )


def ask_reasons(context: Context) -> SafeString:
    """For the days of which the school knows no reason."""
    if not context.get("open_days"):
        return NOTHING
    latest = "the days without one, the latest of them " if context.get("more_open_days") else ""
    return format_html(
        "<strong>Tell us the reason</strong> for {}{}, even if it seems late.{}",
        latest,
        context["open_days"],
        ENOUGH[Reach.of(context["school"])],
    )


def call_that_morning(context: Context) -> SafeString:
    telephone = context["school"].get("telephone")
    if not telephone:
        return NOTHING
    return format_html(
        "<strong>When {} cannot come, call us that morning</strong> on {}.",
        _forename(context),
        telephone,
    )


def how_to_reply(context: Context) -> SafeString:
    return _with_addresses(HOW_TO_REPLY, context["school"])


def meeting_reply(context: Context) -> SafeString:
    """How to say whether the day of a meeting suits."""
    meeting = context.get("meeting") or {}
    if not meeting.get("day"):
        return NOTHING
    by = f" by {meeting['reply_by']}" if meeting.get("reply_by") else ""
    return format_html(
        "<strong>Please tell us{} if you can come,</strong> or which day suits you better{}.",
        by,
        _with_addresses(ADDRESSES, context["school"]),
    )


def summary(context: Context) -> SafeString:
    """How much was missed, how much of it without a reason, and what others missed."""
    if not context.get("any_missed"):
        return NOTHING
    return format_html(
        "<strong>{} has missed {} {}.</strong>{}{}",
        _forename(context),
        context["missed_of"],
        context["period"],
        _without_a_reason(context),
        _beside_others(context),
    )


def _without_a_reason(context: Context) -> str:
    if context.get("all_unauthorised"):
        return " For these we had no reason that the school could accept."
    if context.get("unauthorised"):
        which = context["unauthorised"]
        return f" For {which} of these we had no reason that the school could accept."
    return ""


def _beside_others(context: Context) -> str:
    if not (context.get("compared") and context.get("median")):
        return ""
    return f" Half of the pupils in {context['year']} have missed {context['median']}."


def dates_note(context: Context) -> SafeString:
    """What the table of days missed leaves out, and what it counts."""
    return format_html("{}{}{}", _earlier(context), _after_close(context), _not_counted(context))


def _earlier(context: Context) -> str:
    earlier = context.get("earlier")
    if not earlier:
        return ""
    times = f" in {earlier['times']} absences" if earlier["times"] > 1 else ""
    return (
        f"Before these, {earlier['period']}: {earlier['missed']}{times} ({earlier['reasons']}). "
        "Ask us for the full list. "
    )


def _after_close(context: Context) -> str:
    if not context.get("some_after_close"):
        return ""
    return "Arriving after the register has closed counts as that half day missed. "


def _not_counted(context: Context) -> str | SafeString:
    if not context.get("not_counted"):
        return ""
    return format_html(
        "{}, when {} could not be expected here, {} in neither number.",
        context["not_counted"],
        _forename(context),
        "is" if context.get("not_counted_is_one") else "are",
    )


class WayOut(Enum):
    """Whether the year can still end on the better side of the line, and with what to spare."""

    OUT_WITH_SOME_TO_SPARE = (
        "There is time to turn this round.",
        "no more than {to_spare} more",
        "out of",
    )
    OUT_WITH_NONE = ("There is still time to turn this round.", "no more school", "out of")
    CLEAR_WITH_SOME_TO_SPARE = ("There is time.", "no more than {to_spare} more", "clear of")
    CLEAR_WITH_NONE = ("There is time, and little to spare.", "no more school", "clear of")

    @classmethod
    def of(cls, context: Context) -> "WayOut":
        return {
            (True, True): cls.OUT_WITH_SOME_TO_SPARE,
            (True, False): cls.OUT_WITH_NONE,
            (False, True): cls.CLEAR_WITH_SOME_TO_SPARE,
            (False, False): cls.CLEAR_WITH_NONE,
        }[bool(context.get("is_in")), bool(context.get("to_spare"))]


STILL_COUNTS = (
    "<strong>Every day from now on counts.</strong> Even without another day missed, {} will end "
    "the year in persistent absence. Each day in school is still a day of lessons and of friends."
)


def way_out(context: Context) -> SafeString:
    """How to end the year out of persistent absence, or that this can no longer be."""
    if context.get("can_leave"):
        return _way_out(context)
    if context.get("year_is_over"):
        return NOTHING
    return format_html(STILL_COUNTS, _forename(context))


def _way_out(context: Context) -> SafeString:
    opening, most, side = WayOut.of(context).value
    return format_html(
        "<strong>{}</strong> As the school’s calendar stands, if {} misses {} by {}, {} will end "
        "the year {} persistent absence.",
        opening,
        _forename(context),
        most.format(to_spare=context.get("to_spare")),
        context["year_end"],
        context["pupil"]["they"],
        side,
    )


SENTENCES: Mapping[str, Callable[[Context], SafeString]] = {
    "comparison": comparison,
    "thanks": thanks,
    "ask_reasons": ask_reasons,
    "call_that_morning": call_that_morning,
    "way_out": way_out,
    "summary": summary,
    "how_to_reply": how_to_reply,
    "meeting.reply": meeting_reply,
}
