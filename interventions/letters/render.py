"""A letter's context as a PDF: its words with their fields filled, HTML, the press."""

from collections.abc import Callable, Mapping
from functools import partial

from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from interventions.letters.names import name_html
from interventions.letters.sentences import SENTENCES, dates_note
from interventions.letters.wordings import merge_fields
from interventions.letters.wordings.own_words import OWN_WORDS, Words
from interventions.rules.wording import said_of
from registers.web.documents import unprintable
from registers.web.documents.pdf import pdf_renderer
from registers.web.documents.rendered import RenderedPdf

LETTER = "interventions/letters/letter.html"
BLOCKS = "interventions/letters/blocks/"


class _Values(Mapping[str, str]):
    """The fields of one letter as safe HTML, each made when it is asked for."""

    def __init__(self, context: Mapping):
        self.context = dict(context)
        self.made: dict[str, Callable[[], str]] = _makers(self)
        for name in ("way_out", "summary"):  # blocks hold these sentences too
            self.context[name] = self[name]
        self.context["dates_note"] = dates_note(context)

    def __getitem__(self, name: str) -> str:
        return SafeString(self.made[name]())

    def __iter__(self):
        return iter(self.made)

    def __len__(self) -> int:
        return len(self.made)

    def block(self, name: str) -> str:
        return render_to_string(f"{BLOCKS}{name}.html", self.context).strip()

    def name(self, text: str) -> str:
        """A name, with what is in another script marked."""
        return name_html(text, self.context["recipient"]["language"])


# The blocks of a letter, each with its file; most are called as their files are.
FILES_OF_BLOCKS = {
    name: name
    for name in (
        "chart_and_dates",
        "calendar_and_dates",
        "calendar_and_summary",
        "law",
        "own_words",
    )
} | {
    "chart": "_chart",
    "calendar": "_calendar",
    "weeks": "_weeks",
    "dates": "_dates",
}


def _makers(values: _Values) -> dict[str, Callable[[], str]]:
    """How each field of `templates.FIELDS` is made from the context."""
    made: dict[str, Callable[[], str]] = {}
    made |= {name: partial(escape, words) for name, words in _plain(values.context).items()}
    made |= {name: partial(values.name, words) for name, words in _with_names(values).items()}
    made |= {name: partial(sentence, values.context) for name, sentence in SENTENCES.items()}
    return made | {name: partial(values.block, file) for name, file in FILES_OF_BLOCKS.items()}


def _plain(shown: Mapping) -> dict[str, object]:
    """The fields that hold nobody's name."""
    pupil, school = shown["pupil"], shown["school"]
    return {
        "pupil.group": pupil["group"],
        "pupil.year": shown["year"],
        "pupil.they": pupil["they"],
        "pupil.They": pupil["they"].capitalize(),
        "pupil.their": pupil["their"],
        "pupil.Their": pupil["their"].capitalize(),
        "pupil.think": pupil["think"],
        "school.telephone": school["telephone"],
        "school.email": school["email"],
        "letter.date": shown["dated"],
        "letter.reference": shown["reference"],
        "missed": shown["missed"],
        "missed_of": shown["missed_of"],
        "since": shown["since"],
        "period": shown["period"],
        "to_spare": shown["to_spare"],
        "year_end": shown["year_end"],
        "open_reasons": (
            "If you know a reason that we do not, please still tell us."
            if shown["some_open"]
            else ""
        ),
        "no_need": (
            "You need do nothing about the days for which you told us the reason."
            if shown["some_ill"]
            else ""
        ),
        "meeting.when": _when(shown["meeting"]),
    }


def _with_names(values: _Values) -> dict[str, str]:
    """The fields that may hold a name, which keeps its own direction of writing."""
    shown = values.context
    pupil, school, meeting = shown["pupil"], shown["school"], shown["meeting"]
    return {
        "pupil.first_name": pupil["forename"],
        "pupil.full_name": pupil["full_name"],
        "recipient.name": greeted(shown["recipient"]),
        "school.name": school["name"],
        "school.headteacher": school["headteacher"],
        "meeting.place": meeting["place"],
        "meeting.people": f"You will meet {meeting['people']}." if meeting["people"] else "",
        "what_we_ask": _what_we_ask(shown),
        **_last_weeks(shown["recent"], pupil),
    }


def _last_weeks(recent: Mapping | None, pupil: Mapping) -> dict[str, str]:
    if not recent:
        return {"last_weeks": "", "weeks_before": ""}
    before = ""
    if recent["missed_before"]:
        before = (
            f"In {recent['of_before']} before that, {pupil['they']} missed "
            f"{recent['missed_before']}."
        )
    now = f"{pupil['forename']} has missed {recent['missed']} in {recent['of']}."
    return {"last_weeks": now, "weeks_before": before}


def _when(meeting: Mapping) -> str:
    """ "on Thursday 10 December at 2.40pm, the Garden Room, for 30 minutes" """
    when = f"on {meeting['day']}" + (f" at {meeting['time']}" if meeting["time"] else "")
    length = f"for {meeting['length']}" if meeting["length"] else ""
    return ", ".join(part for part in (when, meeting["place"], length) if part)


def _what_we_ask(shown: Mapping) -> str:
    pupil = shown["pupil"]
    asked = f"what gets in the way, what {pupil['they']} {pupil['think']}"
    if shown["mostly_ill"]:
        return f"{asked}, what would help and whether {pupil['their']} health needs are being met"
    return f"{asked} and what would help"


def letter_html(kind: str, context: dict) -> str:
    """The whole letter as HTML: the school's own words where the context has them."""
    return render_to_string(
        LETTER,
        {**context, **filled(kind, context), **_looks(context), **_frame(context["school"])},
    )


def _looks(context: Mapping) -> dict[str, str]:
    """The classes of the letter (`set` is `tight`, or `tight tightest`, for one set closer) and of
    the school's name; and the group behind the pupil's."""
    is_long = context["school"].get("long_name")
    return {
        "letter_css": " ".join(filter(None, ["letter", context.get("set")])),
        "school_css": "school long" if is_long else "school",
        "in_group": said_of(", {}".format, context["pupil"].get("group")),
    }


def _frame(school: Mapping) -> dict[str, str]:
    """How the school can be reached, in the letterhead and at the end."""
    above = [school.get("address"), school.get("telephone")]
    lines = [*filter(None, above), school.get("email") or ""]
    telephone = school.get("telephone")
    return {
        "contact": format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines)),
        "ask": f"Call {telephone}" if telephone else "Ask us",
    }


def filled(kind: str, context: dict) -> dict[str, str]:
    """The heading, the greeting and the body with their fields filled in."""
    words: Words = context.get("words") or OWN_WORDS[kind]
    values = _Values(context)
    return {
        "heading": mark_safe(merge_fields.fill_line(words.subject, values)),  # noqa: S308
        "body": mark_safe(merge_fields.fill(words.body, values)),  # noqa: S308
        "greeting": values.name(greeted(context["recipient"])),
    }


def greeted(recipient: Mapping) -> str:
    return recipient["greeting"] or "parent or carer"


def on_screen(kind: str, context: dict) -> dict:
    """What the letter is on a page: its words filled in, and what stands above them."""
    pupil = context["pupil"]
    group = f", {pupil['group']}" if pupil["group"] else ""
    about = format_html("About: <bdi>{}</bdi>{}", pupil["full_name"], group)
    parts = [part for part in (context["dated"], context["reference"], about) if part]
    facts = format_html_join(" · ", "{}", ((part,) for part in parts))
    return {**context, **filled(kind, context), "facts": facts}


def render_letter(kind: str, context: dict) -> bytes:
    """The letter as a tagged PDF (PDF/UA-1) with its fonts inside.

    Raises CannotPrintError, with the character and its word, where no font has one of its letters.
    """
    drawn = _draw(kind, context)
    unprintable.refuse(drawn.missing, letter_html(kind, context))
    return drawn.pdf


def draw(kind: str, context: dict) -> tuple[bytes, int]:
    """The PDF and how many pages it has, also where a font lacks some of its letters."""
    drawn = _draw(kind, context)
    return drawn.pdf, drawn.pages


def _draw(kind: str, context: dict) -> RenderedPdf:
    """A letter that spills over to a second page, because of very long names for instance, is set
    again as its context's `closer` says, and then as its `closest`: smaller, with fewer dates."""
    drawn = pdf_renderer().draw(letter_html(kind, context))
    for setting in ("closer", "closest"):
        if drawn.pages == 1:
            break
        again = pdf_renderer().draw(letter_html(kind, context | context[setting]))
        if again.pages < drawn.pages:
            drawn = again
    return drawn
