"""``python -m toolkit.rehearsal.property_map [--format markdown|json]``: prints the enforcement table."""

from __future__ import annotations

import argparse
import json

from toolkit.rehearsal.property_map import enforcement_table

COLUMNS = ("type", "property", "cloudformation", "kept_by", "change", "differs")


def markdown(rows: list[dict[str, str]]) -> str:
    """The rows as one Markdown table."""
    lines = ["| " + " | ".join(name.replace("_", " ") for name in COLUMNS) + " |", "|---" * len(COLUMNS) + "|"]
    lines += ["| " + " | ".join(row[name].replace("|", "\\|") for name in COLUMNS) + " |" for row in rows]
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m toolkit.rehearsal.property_map")
    parser.add_argument("--format", choices=("markdown", "json"), default="markdown")
    rows = enforcement_table()
    print(markdown(rows) if parser.parse_args().format == "markdown" else json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
