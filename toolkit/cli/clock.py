"""``onboard clock``: when a time is over, or how much of a window has run, step by step."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from toolkit.cli.options import Shown, common
from toolkit.errors import UsageError

if TYPE_CHECKING:
    from toolkit.clocks import ClockExplanation, Interval, Window

OPTIONS = (
    click.option("--window", "name", type=click.Choice(("business-hours", "24x7")), default="business-hours",
                 show_default=True, help="When time counts: 09:00 to 18:00 on business days, or always."),
    click.option("--from", "opens", metavar="HH:MM", help="Opens at this local time instead of 09:00."),
    click.option("--to", "closes", metavar="HH:MM", help="Closes at this local time instead of 18:00 (up to 24:00)."),
    click.option("--days", metavar="mon,tue,…", help="Business days instead of Monday to Friday."),
    click.option("--country", metavar="CODE", help='Whose public holidays do not count: FR unless said; "none".'),
    click.option("--subdivision", metavar="CODE", help="A part of the country with public holidays of its own."),
    click.option("--zone", default="Europe/Paris", show_default=True, metavar="NAME",
                 help="Time zone of the window, and of times that are written without an offset."),
    click.option("--exclude", "excluded", multiple=True, metavar="START/END",
                 help="A time that does not count; may be repeated, overlap and stand in any order."),
)  # fmt: skip


def asked(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a window; the command gets ``window``, ``excluded`` and ``read``, which reads an instant."""

    @functools.wraps(function)
    def call(*, zone: str, excluded: tuple[str, ...], shown: Shown, **named: Any) -> Any:
        from toolkit.clocks import instant

        told = {key: named.pop(key) for key in ("name", "opens", "closes", "days", "country", "subdivision")}
        window = _window(zone=zone, **told)
        read = functools.partial(instant, zone=zone)
        intervals = tuple(_interval(text, read) for text in excluded)
        return function(window=window, excluded=intervals, read=read, shown=shown, **named)

    decorated: Callable[..., Any] = call
    for option in reversed(OPTIONS):
        decorated = option(decorated)
    return decorated


@click.group()
def clock() -> None:
    """When a time is over, or how much of a window has run, step by step.

    Times are ISO 8601: 2027-03-26T17:30, or with an offset, 2027-03-26T17:30+01:00. Those that clocks skip, or that
    come twice and have no offset, are refused.
    """


@clock.command()
@click.argument("start")
@click.argument("duration")
@common()
@asked
def due(
    *,
    start: str,
    duration: str,
    window: Window,
    excluded: tuple[Interval, ...],
    read: Callable[[str], dt.datetime],
    shown: Shown,
) -> None:
    """When DURATION of the window has run since START: 8h, 90m, 2h30m, or 1d, a business day (9 h in 09:00-18:00).

    A time that is used up exactly at closing is due then, not at the next opening.
    """
    from toolkit.clocks import duration as seconds_of
    from toolkit.clocks import explain_due

    _print(explain_due(window, read(start), seconds_of(duration, window), excluded), shown, question="due")


@clock.command()
@click.argument("start")
@click.argument("end")
@common()
@asked
def elapsed(
    *,
    start: str,
    end: str,
    window: Window,
    excluded: tuple[Interval, ...],
    read: Callable[[str], dt.datetime],
    shown: Shown,
) -> None:
    """How much of the window has run from START to END."""
    from toolkit.clocks import explain_elapsed

    _print(explain_elapsed(window, read(start), read(end), excluded), shown, question="elapsed")


def _window(*, name: str, zone: str, **told: str | None) -> Window:
    """The named window with what was said otherwise; UsageError where that means nothing to a window always open."""
    from toolkit.clocks import window_from

    words = {"opens": "from", "closes": "to"}
    said: dict[str, Any] = {words.get(key, key): value for key, value in told.items() if value is not None}
    if name == "24x7" and said:
        raise UsageError(
            f"--{next(iter(said))} means nothing to a window that is always open",
            fix="leave it out, or --window business-hours",
        )
    if "days" in said:
        said["days"] = tuple(day.strip().lower() for day in said["days"].split(","))
    return window_from({"id": name, "always": name == "24x7", "zone": zone} | said)


def _interval(text: str, read: Callable[[str], dt.datetime]) -> Interval:
    start, slash, end = text.partition("/")
    if not slash:
        raise UsageError(f"--exclude {text}: no end", fix="write START/END: 2027-06-07T10:00/2027-06-07T12:00")
    return read(start), read(end)


def _print(told: ClockExplanation, shown: Shown, *, question: Any) -> None:
    from toolkit.cli.present import print_json, print_text
    from toolkit.clocks.present import explanation_json, explanation_lines

    if shown.as_json:
        print_json(explanation_json(told, question=question))
        return
    for line in explanation_lines(told, question=question):
        print_text(line)
