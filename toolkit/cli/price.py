"""``onboard price``: changes, builds, monthly bills, revisions and the guaranteed minimum (SD-1 §1.10-1.12)."""

from __future__ import annotations

import click

from toolkit.cli.price_change import change
from toolkit.cli.price_inventory import bill, build
from toolkit.cli.price_years import minimum, revision


@click.group()
def price() -> None:
    """What changes, builds and services cost, exactly, with every step of the arithmetic (--explain).

    Prices, token costs and indices are the provider's data: without its file nothing is priced, and whatever a sample
    made says SAMPLE. The shapes are in schemas/samples. Euros are rounded, half up to cents, on the lines of a quote or
    a bill only.
    """


for command in (change, build, bill, revision, minimum):
    price.add_command(command)
