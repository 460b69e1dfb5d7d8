"""A proposal as plain values, for a page that a worker prepared. No Django in this module."""

from typing import Any

from registers.exchange.layout.files import COLUMNS
from registers.exchange.map.fields import TableColumn
from registers.exchange.map.recipes import MadeColumn
from registers.exchange.map.segments import Segment
from registers.exchange.problems.errors import WrongCell
from registers.exchange.proposal.look import AskedQuestion
from registers.exchange.proposal.table import TablePlan


def table_as_json(plan: TablePlan) -> dict[str, Any]:
    file = f"{plan.kind}.csv"
    return {
        "id": plan.id,
        "source": plan.source,
        "kind": file if file in COLUMNS else None,
        "why": plan.why,
        "question": f"kind:{plan.id}",
        "rows": plan.scan.rows,
        "columns": [_column(plan, column) for column in plan.headed],
        "words": list(map(vars, plan.words)),
        "notes": plan.notes,
        "problems": plan.problems,
        "previews": [preview(segment, plan) for segment in plan.segments],
        "open": plan.is_open,
    }


def _column(plan: TablePlan, column: TableColumn) -> dict[str, Any]:
    return {
        "heading": column.heading,
        "field": column.field,
        "number": column.number,
        "sure": column.sure,
        "samples": plan.scan.samples(column.index),
        "question": f"column:{plan.kind}:{column.plain}",
    }


def preview(segment: Segment, plan: TablePlan) -> dict[str, Any]:
    """Ten rows as they would become: the line, the cells, and by column what is wrong."""
    rows = [[line, *_row(segment, cells)] for line, cells in plan.scan.first_rows]
    return {"file": segment.file, "columns": segment.columns, "rows": rows}


def _row(segment: Segment, cells: list[str]) -> tuple[list[str], dict[str, str]]:
    if len(cells) != len(segment.table.columns):
        return [""] * len(segment.made), {}
    made = {column.column: _made(column, cells) for column in segment.made}
    wrong = {name: why for name, (_, why) in made.items() if why}
    return [text for text, _ in made.values()], wrong


def _made(column: MadeColumn, cells: list[str]) -> tuple[str, str]:
    """The cell, and why it is wrong."""
    try:
        return column.make(cells), ""
    except WrongCell as why:
        return "", str(why)


def question_as_json(asked: AskedQuestion) -> dict[str, Any]:
    question = asked.question
    return {
        "id": question.id,
        "source": question.source,
        "about": question.about,
        "words": question.words,
        "choices": list(map(list, question.choices)),
        "suggested": question.suggested,
        "answer": asked.answer,
        "must": asked.must,
        "open": asked.is_open,
    }
