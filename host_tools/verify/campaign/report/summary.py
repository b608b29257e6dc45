"""What a campaign found, in numbers that fit on a page: what docs/safety.md is made from."""

from collections import Counter
from typing import Any

from host_tools.verify.campaign.matrix import Cell, matrix, worst_of_each_hazard
from host_tools.verify.campaign.plan import HEALTHY, PAIR, SINGLE
from host_tools.verify.campaign.report.report import budgets
from host_tools.verify.campaign.rules import VERDICTS
from host_tools.verify.campaign.trial import Row


def summary(about: dict[str, Any], rows: list[Row]) -> dict[str, Any]:
    """`about` is what `planned` returns for the campaign's folder."""
    return {
        "size": about["size"],
        "seed": about["seed"],
        "sources": about["sources"],
        "verdicts": {part: _verdicts(rows, part) for part in (SINGLE, PAIR, HEALTHY)},
        "cells": [_cell(cell) for cell in matrix(rows).cells.values()],
        "budgets": [
            {key: each[key] for key in ("requirement", "code", "count", "late")}
            | {"took_s": each["worst"]["took_s"], "budget_s": each["worst"]["budget_s"]}
            for each in budgets(rows)
        ],
        "worst": [
            {key: row[key] for key in ("code", "verdict", "max_pressure_mmhg", "seed", "command")}
            for row in worst_of_each_hazard(row for row in rows if row["part"] == SINGLE)
        ],
    }


def _verdicts(rows: list[Row], part: str) -> dict[str, int]:
    counts = Counter(str(row["verdict"]) for row in rows if row["part"] == part)
    return {word: counts[word] for word in VERDICTS}


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "kind": cell.kind,
        "mode": cell.mode,
        "sessions": len(cell.rows),
        "noticed": len(cell.detected),
        "verdict": cell.verdict,
        "detected_in_s": cell.detected_in_s,
        "safe_in_s": cell.safe_in_s,
        "highest_mmhg": cell.highest_mmhg,
        "far_above_s": cell.far_above_s,
        "blamed_right": cell.blamed_right,
        "called": cell.called,
    }
