"""Problems and notes, as all files of records are read."""

from __future__ import annotations

from pathlib import Path

from toolkit.levels.records.kinds import Note
from toolkit.levels.records.rows import Complain
from toolkit.model.problem import Problem

Place = tuple[str, int, str]
"""File, line and field; no field: the line is meant."""


class Findings:
    """Every problem and every note, in no order yet."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.notes: list[Note] = []

    def problem(self, rule: str, place: Place, message: str, fix: str) -> None:
        file, line, field = place
        said = f"{field}: {message}" if field else message
        path = f"/{field}" if field else ""
        self.problems.append(Problem(rule=rule, file=file, line=line, path=path, message=said, fix=fix))

    def complainer(self, file: Path) -> Complain:
        """Takes what a file cannot be read for."""

        def complain(line: int, field: str, message: str, fix: str) -> None:
            self.problem("REC-001", (str(file), line, field), message, fix)

        return complain
