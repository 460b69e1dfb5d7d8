"""How a print run is put together."""

from django import forms

from interventions.letters.print_order import ORDERS
from registers.web.form_helpers import form_helper, primary


class PrintForm(forms.Form):
    """How a print run is put together."""

    order = forms.ChoiceField(
        label="In which order",
        choices=list(ORDERS.items()),
        initial="postcode",
        error_messages={"required": "Choose the order", "invalid_choice": "Choose the order"},
    )
    double_sided = forms.BooleanField(
        label="For a printer that prints both sides: each letter begins a new sheet",
        required=False,
        initial=True,
    )

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper(
            "Make a print run",
            "order",
            "double_sided",
            primary("Make one PDF of them"),
            form_action=action,
        )
