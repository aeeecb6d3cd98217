"""Tenants, sites, links, the provider's hub and the hosts, laid out for a drawing. Deterministic: the inventory's order.

Tenants stand on the left, sites on the right, the hub between them at the top. Links are routed through the channel in
the middle, each with a lane of its own, so that no link runs through a box.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import msgspec

from toolkit.documents.drawing import Box, Drawing, Label, Line, Shape
from toolkit.model.inventory import Inventory, Site, Tenant

MOST = 50
"""Tenants or sites that are drawn; the rest is counted."""
MOST_HOSTS = 6
WIDTH, SIDE, EDGE = 960, 300, 20
LEFT, RIGHT = EDGE, WIDTH - EDGE - SIDE
LINE = 17
TINTS = {"tenant": "#e8f0fc", "site": "#eaf6ee", "hub": "#fdf1dc", "host": "#ffffff"}
MANAGEMENT, TRAFFIC = "#b3600f", "#2f5fb3"
WORDS = {"en": ("Provider's hub", "and {n} more"), "fr": ("Plateforme du fournisseur", "et {n} autres")}
"""The drawing's own words: the hub's name, and how many are not drawn."""


def topology(inventory: Inventory, language: str) -> Drawing:
    """The drawing of an inventory, with our words in that language."""
    hub, more = WORDS[language]
    shapes: list[Shape] = []
    edges: dict[str, _Edge] = {}
    hub_box = Box(x=LEFT + SIDE + 60, y=EDGE, width=RIGHT - LEFT - SIDE - 120, height=46, fill=TINTS["hub"])
    shapes += [hub_box, Label(x=WIDTH // 2, y=EDGE + 28, text=hub, room=180, bold=True, anchor="middle")]
    bottoms = []
    for column, things in ((LEFT, inventory.tenants), (RIGHT, inventory.sites)):
        y = EDGE + 70
        for thing in things[:MOST]:
            lines = _tenant_lines(thing) if isinstance(thing, Tenant) else _site_lines(thing)
            hosts = _hosts(inventory, thing, more)
            height = 26 + LINE * len(lines) + (24 * len(hosts) + 6 if hosts else 6)
            kind = "tenant" if isinstance(thing, Tenant) else "site"
            shapes += _box(column, y, height, kind=kind, title=thing.id, lines=lines, hosts=hosts)
            end = f"{kind}/{thing.id}"
            side = column + SIDE if column == LEFT else column
            edges[end] = _Edge(x=side, y=y, height=height, links=len(inventory.links_at(end)))
            y += height + 16
        if len(things) > MOST:
            shapes.append(Label(x=column, y=y + 14, text=more.format(n=len(things) - MOST), room=SIDE, soft=True))
            y += 30
        bottoms.append(y)
    drawn = [link for link in inventory.links if all(end == "provider" or end in edges for end in link.ends)]
    # from the top to the bottom, each in a lane left of the one before: so the links of one box do not cross
    drawn.sort(key=lambda link: max((edges[end].y for end in link.ends if end.startswith("site/")), default=0))
    ports: Counter[str] = Counter()
    links: list[Shape] = []
    for number, link in enumerate(drawn):
        points = []
        for end in link.ends:
            if end != "provider":
                points.append(edges[end].port(ports[end]))
                ports[end] += 1
        links.append(_line(points, Fraction(number + 1, len(drawn) + 1), hub_box))
    return Drawing(width=WIDTH, height=max([*bottoms, EDGE + 46]) + EDGE, shapes=(*links, *shapes))


class _Edge(msgspec.Struct, frozen=True, kw_only=True):
    """The side of a box at which its links end, each at a place of its own."""

    x: int
    y: int
    height: int
    links: int

    def port(self, number: int) -> tuple[int, int]:
        return self.x, self.y + self.height * (number + 1) // (self.links + 1)


def _line(ends: list[tuple[int, int]], share: Fraction, hub: Box) -> Line:
    """A link along its own lane of the channel: to the hub's lower edge, or to the other column.

    ``share`` places the lane between the right (0) and the left (1) side of the channel or the hub.
    """
    if len(ends) == 1:
        lane = hub.x + hub.width - 10 - int((hub.width - 20) * share)
        return Line(points=((lane, hub.y + hub.height), (lane, ends[0][1]), ends[0]), stroke=MANAGEMENT, dashed=True)
    lane = RIGHT - 20 - int((RIGHT - LEFT - SIDE - 40) * share)
    (x1, y1), (x2, y2) = ends
    return Line(points=((x1, y1), (lane, y1), (lane, y2), (x2, y2)), stroke=TRAFFIC)


def _box(x: int, y: int, height: int, *, kind: str, title: str, lines: list[str], hosts: list[str]) -> list[Shape]:
    shapes: list[Shape] = [
        Box(x=x, y=y, width=SIDE, height=height, fill=TINTS[kind]),
        Label(x=x + 12, y=y + 19, text=title, room=SIDE - 24, size=13, bold=True),
    ]
    for number, line in enumerate(lines):
        shapes.append(Label(x=x + 12, y=y + 38 + LINE * number, text=line, room=SIDE - 24, size=11, soft=True))
    top = y + 28 + LINE * len(lines)
    for number, host in enumerate(hosts):
        shapes.append(Box(x=x + 12, y=top + 24 * number, width=SIDE - 24, height=20, fill=TINTS["host"]))
        shapes.append(Label(x=x + 20, y=top + 24 * number + 14, text=host, room=SIDE - 40, size=11))
    return shapes


def _tenant_lines(tenant: Tenant) -> list[str]:
    platform = tenant.platform
    return [
        f"{platform.kind} {platform.account}, {platform.region}",
        f"{tenant.environment}, {tenant.landing_zone.cidr}",
    ]


def _site_lines(site: Site) -> list[str]:
    return [", ".join(site.networks), f"VPN {site.vpn_endpoint.public_address}"]


def _hosts(inventory: Inventory, thing: Tenant | Site, more: str) -> list[str]:
    """What runs there and is hosted on nothing else, with its address."""
    found = [
        f"{one.id} {one.address or ''}".strip()
        for one in inventory.components
        if one.hosted_on is None
        and (one.site == thing.id if isinstance(thing, Site) else one.site is None and one.tenant == thing.id)
    ]
    if len(found) > MOST_HOSTS:
        return [*found[: MOST_HOSTS - 1], more.format(n=len(found) - MOST_HOSTS + 1)]
    return found
