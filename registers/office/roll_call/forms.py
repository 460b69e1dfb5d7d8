"""What a roll call's page sends: ticks as a device keeps them, and the plain form's.

The body of a device is JSON, written by `static/js/outbox.js`:

    {"key": UUID, "person": 7, "made_at": ms, "sent_at": ms,
     "changes": [{"enrolment": 1, "found": true}]}
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from crispy_forms.layout import Div
from django import forms
from django.http import QueryDict

from registers.register.device_forms import LARGEST_ID, moment, whole
from registers.register.devices import DeviceTimes
from registers.register.forms import UnreadableRegister
from registers.web.form_helpers import fields_and_acts
from registers.web.parameters import numbers_of

MOST_TICKS = 5_000  # a school in one press


@dataclass(frozen=True, slots=True)
class SentTicks:
    key: uuid.UUID
    person_id: int
    times: DeviceTimes
    changes: dict[int, bool]


def read_ticks(body: bytes) -> SentTicks:
    """What the device sent. Raises Unreadable for what no page of ours sends."""
    try:
        sent = json.loads(body)
        rows = sent["changes"]
        if not isinstance(rows, list) or not 0 < len(rows) <= MOST_TICKS:
            raise ValueError("too few or too many ticks")
        changes = {whole(row["enrolment"], LARGEST_ID): _flag(row["found"]) for row in rows}
        return SentTicks(
            key=uuid.UUID(sent["key"]),
            person_id=whole(sent["person"], LARGEST_ID),
            times=DeviceTimes(moment(sent["made_at"]), moment(sent["sent_at"])),
            changes=changes,
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise UnreadableRegister from None


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def read_plain_ticks(sent: QueryDict) -> dict[int, bool]:
    """What the form without scripts sent: only what differs from what it showed.

    So somebody's tick that came meanwhile is not taken back. Raises Unreadable.
    """
    shown, was = _numbers(sent.getlist("row")), set(_numbers(sent.getlist("was")))
    now = set(_numbers(sent.getlist("found")))
    return {pk: pk in now for pk in shown if (pk in now) != (pk in was)}


def _numbers(texts: Iterable[str]) -> list[int]:
    texts = list(texts)
    numbers = numbers_of(texts)
    if len(texts) > MOST_TICKS or len(numbers) < len(texts):
        raise UnreadableRegister
    return numbers


class StartRollCallForm(forms.Form):
    is_practice = forms.BooleanField(
        label="This is a practice",
        required=False,
        help_text="It is kept as one, with how long it took.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = fields_and_acts("Roll call", "is_practice", button="Start the roll call")


class EndRollCallForm(forms.Form):
    note = forms.CharField(
        label="What was done about those who were not found",
        required=False,
        max_length=500,
        error_messages={"max_length": "Use at most 500 characters"},
    )

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = fields_and_acts("End the roll call", Div("note"), button="End the roll call")
        self.helper.form_action = action
