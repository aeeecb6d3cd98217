"""SARIF 2.1.0 (OASIS), within what GitHub's code scanning takes: 25,000 results a run, 5,000 shown, 10 MB gzip.

Source of the limits: GitHub Docs, "SARIF results exceed one or more limits" and "SARIF support for code scanning".
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from toolkit import __version__
from toolkit.model.problem import Problem
from toolkit.report.problems.listing import Listing, Tally, place, relative, shares, tallies, total, within
from toolkit.visible import visible

MOST_RESULTS = 25_000
SHOWN_RESULTS = 5_000
MOST_BYTES = 9_000_000
"""Compressed; a tenth below the limit, for what the compressor still holds back and for the rules."""

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "SRCROOT"
_PLACEHOLDER = re.compile(r"\{([0-9]+)\}")
_INDEX = re.compile(r"^/components/[0-9]+")


def write(listing: Listing) -> Iterator[str]:
    """The log, a result at a time. What is left out is left out alike of all rules, and said in a notification."""
    found = tallies(listing.problems)
    order = {rule: index for index, rule in enumerate(dict.fromkeys(tally.rule for tally in found))}
    yield f'{{\n"$schema": "{_SCHEMA}",\n"version": "2.1.0",\n"runs": [{{\n"columnKind": "unicodeCodePoints",\n"results": ['
    written, packed, packer = 0, 0, zlib.compressobj()
    for problem in within(listing.problems, shares(found, MOST_RESULTS)):
        line = ("," if written else "") + "\n" + json.dumps(_result(problem, order, listing))
        packed += len(packer.compress(line.encode()))
        if packed > MOST_BYTES:
            break
        written += 1
        yield line
    rules = {tally.rule: tally for tally in reversed(found)}
    driver = {
        "name": "onboard",
        "semanticVersion": __version__,
        "rules": [_rule(rules[name], listing) for name in order],
    }
    rest = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "Where the names of the files begin."}}},
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": _notifications(total(found), written)}
        ],
    }
    yield "\n],\n" + json.dumps(rest)[1:-1] + "\n}]\n}\n"


def _rule(tally: Tally, listing: Listing) -> dict[str, Any]:
    rule = listing.rules.get(tally.rule)
    title, fix, section = (rule.title, rule.fix, rule.section) if rule else (tally.rule, "", "")
    help_text = f"{title[:1].upper()}{title[1:]}. Fix: {fix}. Source: {section}." if rule else title
    return {
        "id": tally.rule,
        "shortDescription": {"text": title},
        "fullDescription": {"text": f"{title} ({section})" if rule else title},
        "help": {"text": help_text},
        "defaultConfiguration": {"level": tally.severity},
        "properties": {"tags": [section] if section else [], "problem.severity": tally.severity},
    }


def _result(problem: Problem, order: dict[str, int], listing: Listing) -> dict[str, Any]:
    message = visible(problem.message) + (f" (fix: {visible(problem.fix)})" if problem.fix else "")
    if problem.cell is not None:
        message += f" (at {visible(place(problem))})"
    # a result without a line is refused by GitHub: what has none is shown at the top of the file
    # the columns of a sheet are no characters
    column = problem.column if problem.cell is None else None
    region = {"startLine": problem.line or 1} | ({"startColumn": column} if column else {})
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": _artifact(problem.file, listing), "region": region}
    }
    if problem.path:
        logical = {"fullyQualifiedName": visible(problem.path)}
        location["logicalLocations"] = [logical | ({"name": visible(problem.component)} if problem.component else {})]
    return {
        "ruleId": problem.rule,
        "ruleIndex": order[problem.rule],
        "level": problem.severity,
        "message": {"text": _literal(message)},
        "locations": [location],
        "partialFingerprints": {"onboardProblem/v1": _fingerprint(problem, listing)},
    }


def _literal(text: str) -> str:
    r"""A message's text without links (``[…](…)``) and placeholders (``{0}``), as SARIF 2.1.0 §3.11.5 and .6 escape them."""
    text = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return _PLACEHOLDER.sub(r"{{\1}}", text)


def _artifact(file: str, listing: Listing) -> dict[str, str]:
    name = relative(file, listing)
    # as a percent-encoded path a name holds no scheme, and no `//` at its beginning
    if name.startswith("/"):
        return {"uri": "file://" + quote("/" + name.lstrip("/"))}
    return {"uri": quote(name), "uriBaseId": _ROOT}


def _fingerprint(problem: Problem, listing: Listing) -> str:
    """The same while the problem stays, also when lines and components are added above it."""
    path = _INDEX.sub("/components", problem.path) if problem.component else problem.path
    facts = [problem.rule, relative(problem.file, listing), problem.component, path, problem.message]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def _notifications(count: int, written: int) -> list[dict[str, Any]]:
    said: list[str] = []
    if written < count:
        said.append(f"{written} of {count} problems are listed, of each rule the first; the format ndjson has all.")
    if written > SHOWN_RESULTS:
        said.append(f"GitHub shows {SHOWN_RESULTS} of these {written} results.")
    return [{"level": "warning", "message": {"text": text}} for text in said]
