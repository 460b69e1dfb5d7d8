"""What is wrong with the entries that somebody gave for the admission register, field by field."""

from collections.abc import Mapping

from registers import policies


class WrongFields(policies.Invalid):
    """What must be put right: a sentence for each field; "" is for the whole."""

    def __init__(self, fields: Mapping[str, str]):
        self.fields = dict(fields)
        super().__init__(next(iter(self.fields.values())))


def refuse(fields: Mapping[str, str]) -> None:
    """Raise WrongFields where something is wrong; a field without a sentence is right."""
    wrong = {field: sentence for field, sentence in fields.items() if sentence}
    if wrong:
        raise WrongFields(wrong)
