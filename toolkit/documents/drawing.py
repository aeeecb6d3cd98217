"""A drawing as data, written as SVG (for pages) or painted as PNG (for word processors): the same shapes in both."""

from __future__ import annotations

import io
import itertools
from typing import Any, Literal
from xml.sax.saxutils import escape

import msgspec

from toolkit.errors import PrerequisiteMissing
from toolkit.visible import visible

INK, SOFT, PAPER = "#1b2330", "#5a6474", "#ffffff"
SCALE = 2
"""Pixels of the PNG for each unit of the drawing."""


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A rectangle with rounded corners."""

    x: int
    y: int
    width: int
    height: int
    fill: str
    stroke: str = SOFT


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line through these points."""

    points: tuple[tuple[int, int], ...]
    stroke: str
    dashed: bool = False


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """One line of text; ``y`` is its baseline, ``room`` the width that it may take: what is longer is cut with ``…``."""

    x: int
    y: int
    text: str
    room: int
    size: int = 12
    bold: bool = False
    soft: bool = False
    anchor: Literal["start", "middle"] = "start"

    @property
    def shown(self) -> str:
        """The text that fits: a character is taken to be 0.56 of the size wide, as in common sans-serif fonts."""
        text = visible(self.text)
        most = max(int(self.room / (self.size * 0.56)), 2)
        return text if len(text) <= most else text[: most - 1] + "…"


Shape = Box | Line | Label


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """``width`` by ``height`` units, the shapes from back to front."""

    width: int
    height: int
    shapes: tuple[Shape, ...]


def as_svg(drawing: Drawing, *, title: str, description: str, prefix: str = "figure") -> str:
    """An ``<svg>`` element without declaration; ``prefix`` keeps its ids apart from other figures of a page."""
    size = f'viewBox="0 0 {drawing.width} {drawing.height}" width="{drawing.width}" height="{drawing.height}"'
    named = f'role="img" aria-labelledby="{prefix}-title {prefix}-desc"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named} font-family="sans-serif">',
        f'<title id="{prefix}-title">{_escaped(title)}</title>',
        f'<desc id="{prefix}-desc">{_escaped(description)}</desc>',
        f'<rect width="{drawing.width}" height="{drawing.height}" fill="{PAPER}"/>',
    ]
    parts += [_svg(shape) for shape in drawing.shapes]
    return "\n".join([*parts, "</svg>"])


def as_png(drawing: Drawing) -> bytes:
    """The drawing painted with Pillow's own font; PrerequisiteMissing (13) without the extra ``documents``."""
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError as error:
        raise PrerequisiteMissing(
            "Word documents need Pillow", fix="pip install 'onboarding-toolkit[documents]'"
        ) from error
    image = Image.new("RGB", (drawing.width * SCALE, drawing.height * SCALE), PAPER)
    draw: Any = ImageDraw.Draw(image)
    for shape in drawing.shapes:
        match shape:
            case Box():
                corners = (shape.x, shape.y, shape.x + shape.width, shape.y + shape.height)
                scaled = [value * SCALE for value in corners]
                draw.rounded_rectangle(scaled, radius=6 * SCALE, fill=shape.fill, outline=shape.stroke, width=SCALE)
            case Line():
                _paint_line(draw, shape)
            case Label():
                font = ImageFont.load_default(shape.size * SCALE)
                at = (shape.x * SCALE, shape.y * SCALE)
                fill = SOFT if shape.soft else INK
                anchor = "ms" if shape.anchor == "middle" else "ls"
                draw.text(at, shape.shown, font=font, fill=fill, anchor=anchor, stroke_width=int(shape.bold))
    stream = io.BytesIO()
    image.save(stream, format="PNG", optimize=False)
    return stream.getvalue()


def _paint_line(draw: Any, line: Line) -> None:
    points = [(x * SCALE, y * SCALE) for x, y in line.points]
    if not line.dashed:
        draw.line(points, fill=line.stroke, width=2 * SCALE)
        return
    dash = 6 * SCALE
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        length = max(abs(x2 - x1), abs(y2 - y1))
        for begin in range(0, length, 2 * dash):
            end = min(begin + dash, length)
            draw.line(
                [
                    (x1 + (x2 - x1) * begin // length, y1 + (y2 - y1) * begin // length),
                    (x1 + (x2 - x1) * end // length, y1 + (y2 - y1) * end // length),
                ],
                fill=line.stroke,
                width=2 * SCALE,
            )


def _svg(shape: Shape) -> str:
    match shape:
        case Box():
            size = f'x="{shape.x}" y="{shape.y}" width="{shape.width}" height="{shape.height}"'
            return f'<rect {size} rx="6" fill="{shape.fill}" stroke="{shape.stroke}"/>'
        case Line():
            points = " ".join(f"{x},{y}" for x, y in shape.points)
            dashed = ' stroke-dasharray="6 6"' if shape.dashed else ""
            return f'<polyline points="{points}" fill="none" stroke="{shape.stroke}" stroke-width="2"{dashed}/>'
        case Label():
            look = ' font-weight="600"' if shape.bold else ""
            look += ' text-anchor="middle"' if shape.anchor == "middle" else ""
            fill = SOFT if shape.soft else INK
            place = f'x="{shape.x}" y="{shape.y}" font-size="{shape.size}" fill="{fill}"{look}'
            return f"<text {place}>{_escaped(shape.shown)}</text>"


def _escaped(text: str) -> str:
    return escape(visible(text), {'"': "&quot;"})
