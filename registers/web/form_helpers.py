"""How our forms are laid out: their names for screen readers, their buttons, a way back."""

from collections.abc import Iterable, Mapping
from itertools import filterfalse
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout, Submit
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from registers.web.access import PageRequest

NOT_IN_THE_LIST = "The list has no “%(value)s”: choose another"


def form_helper(label: str, *layout: Any, **settings: Any) -> FormHelper:
    """Of an ordinary form. What is wrong is said in our words, never in the browser's."""
    helper = FormHelper()
    helper.attrs = {"novalidate": "", "aria-label": label}
    helper.layout = Layout(*layout)
    for name, value in settings.items():
        setattr(helper, name, value)
    return helper


def search_helper(label: str, *layout: Any) -> FormHelper:
    """Of a form whose state is the address of its page."""
    helper = form_helper(
        label, *layout, form_method="get", form_class="filter-form", disable_csrf=True
    )
    helper.attrs["role"] = "search"
    return helper


def primary(words: str, name: str = "") -> Submit:
    """The one button of a form that does what the form is for."""
    return Submit(name, words, css_class="btn btn-primary")


def fields_and_acts(
    label: str, *fields: Any, button: str, back: str = "", back_label: str = "Cancel"
) -> FormHelper:
    """Fields below one another, one primary button, perhaps a way back."""
    acts: list[Any] = [primary(button)]
    if back:
        acts.append(HTML(f'<a class="btn btn-link" href="{back}">{back_label}</a>'))
    return form_helper(label, Div(*fields, css_class="fields"), Div(*acts, css_class="form-acts"))


def offer(form: forms.Form, name: str, choices: Iterable[Any], *, first: str = "Any") -> None:
    """What may be chosen in one field of a search, below a choice that asks for nothing."""
    field = cast(forms.ChoiceField, form.fields[name])
    field.choices = [("", first), *choices] if first else list(choices)
    field.error_messages["invalid_choice"] = NOT_IN_THE_LIST


def sent_with(request: PageRequest) -> QueryDict | None:
    """What a form was sent with; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def files_with(request: PageRequest) -> "MultiValueDict[str, UploadedFile] | None":
    """The files that a form was sent with; None for a page that is only looked at."""
    return request.FILES if request.method == "POST" else None


def ask_for(form: forms.BaseForm, missing: Mapping[str, str]) -> None:
    """Each of these fields that was left empty says so; one with another error has said enough."""
    for name in filterfalse(form.errors.__contains__, missing):
        if not form.cleaned_data.get(name):
            form.add_error(name, missing[name])


def sent_anew(form: forms.BaseForm, name: str, value: str) -> None:
    """The form as it was sent but for one field, which says what stands now."""
    data = cast(QueryDict, form.data).copy()
    data[name] = value
    form.data = data


def chips_of(request: PageRequest, form: Form, names: tuple[str, ...]) -> list[dict[str, str]]:
    """The filters that are on, each with the address that takes it off."""
    chips = []
    for name in names:
        if value := form.cleaned_data.get(name):
            query = request.GET.copy()
            query.pop(name, None)
            query.pop("page", None)
            label = dict(getattr(form.fields[name], "choices", ())).get(value, f"“{value}”")
            chips.append({"label": label, "query": query.urlencode()})
    return chips
