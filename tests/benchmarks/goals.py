"""What a measurement on 2 cores is held against."""

from __future__ import annotations


def judged(measured: float, aim: float, unit: str = "s") -> str:
    """``aim 1.5 s: reached``, or ``MISSED by 1.20x``; less is better."""
    said = "reached" if measured < aim else f"MISSED by {measured / aim:.2f}x"
    return f"aim {aim:g} {unit}: {said}"
