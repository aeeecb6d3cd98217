"""Clocks and calendars: business days, windows, elapsed time and due dates, exact to the second (SD-1 §1.8, §1.16).

``elapsed`` and ``due`` answer one question, ``Clock`` many about the same window and the same exclusions;
``explain_elapsed`` and ``explain_due`` give the steps. Instants are aware datetimes; ``instant`` reads them from text.
"""

from toolkit.clocks.business_days import BusinessCalendar
from toolkit.clocks.durations import duration, duration_words
from toolkit.clocks.elapsed import Clock, Interval, due, elapsed
from toolkit.clocks.explain import ClockExplanation, ClockStep, explain_due, explain_elapsed
from toolkit.clocks.instants import at, epoch, instant, month
from toolkit.clocks.windows import ALWAYS, BUSINESS_HOURS, Window, window_from, window_of

__all__ = [
    "ALWAYS",
    "BUSINESS_HOURS",
    "BusinessCalendar",
    "Clock",
    "ClockExplanation",
    "ClockStep",
    "Interval",
    "Window",
    "at",
    "due",
    "duration",
    "duration_words",
    "elapsed",
    "epoch",
    "explain_due",
    "explain_elapsed",
    "instant",
    "month",
    "window_from",
    "window_of",
]
