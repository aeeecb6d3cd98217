"""``onboard rules``: every rule that an inventory is held to, and what breaks it."""

from __future__ import annotations

import textwrap

import click

from toolkit.cli.options import Shown, common


@click.command()
@click.option("--section", metavar="SECTION", help="Only the rules of a section: 'SD-1 §1.6', 1.6, SD-2.")
@click.option("--id", "name", metavar="ID", help="One rule, with an example that breaks it and one that keeps it.")
@common()
def rules(*, section: str | None, name: str | None, shown: Shown) -> None:
    """Every rule that an inventory is held to: id, severity, section, title."""
    from toolkit.errors import UsageError

    if section is not None and name is not None:
        raise UsageError("--section and --id ask for different things", fix="give one of them")
    if name is not None:
        _one(name, shown)
    else:
        _list(section, shown)


def _list(section: str | None, shown: Shown) -> None:
    import msgspec

    from toolkit.cli.present import print_json, print_text
    from toolkit.inventory.rules.shown_by import chosen

    found = chosen(section)
    if shown.as_json:
        print_json({"schema": "onboarding/rules/v1", "rules": [msgspec.to_builtins(rule) for rule in found]})
        return
    for place in dict.fromkeys(rule.section for rule in found):
        print_text(place)
        for rule in found:
            if rule.section == place:
                print_text(f"  {rule.id}  {rule.severity:7}  {rule.title}")


def _one(name: str, shown: Shown) -> None:
    import msgspec

    from toolkit.cli.present import print_json, print_text
    from toolkit.inventory.rules import shown_by

    rule = shown_by.rule(name)
    breaks, passes = (shown_by.written(shown_by.example(rule.id, which)) for which in ("breaks", "passes"))
    if shown.as_json:
        about = {**msgspec.to_builtins(rule), "breaks": breaks, "passes": passes}
        print_json({"schema": "onboarding/rule/v1", "rule": about})
        return
    print_text(f"{rule.id}: {rule.title}")
    print_text(f"  {rule.severity}, from {rule.section}\n  fix: {rule.fix}")
    for title, text in (("breaks it", breaks), ("keeps it", passes)):
        print_text(f"\n{title}:\n\n{textwrap.indent(text, '  ') if text else '  (an empty file)'}".rstrip())
