"""One problem of an inventory: where, what, why and the fix."""

from __future__ import annotations

from typing import Literal

import msgspec


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """``line`` and ``column`` count from 1; ``path`` is a JSON pointer; ``rule`` is INV-nnn (see ``toolkit.inventory``)."""

    rule: str
    severity: Literal["error", "warning"] = "error"
    file: str
    line: int | None = None
    column: int | None = None
    sheet: str | None = None
    cell: str | None = None
    component: str | None = None
    path: str = ""
    message: str
    fix: str = ""
