"""Empty workbooks to fill in: one for each file of an import, and one of them all."""

from registers.exchange.templates.workbook import NOTES_TITLE, template_of

__all__ = ["NOTES_TITLE", "template_of"]
