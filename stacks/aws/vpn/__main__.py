"""VPN links of one tenant.

Configuration: the tenant's, ``cidr``, ``phase1`` and ``phase2`` (``encryption``, ``integrity``, ``dh_group``), ``links``
(a list of ``id``, ``peer_address``, ``networks``, ``routing``), and for each link the secrets ``psk-<id>-1`` and ``psk-<id>-2``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from components.tenant import Tenant
from components.vpn import VpnLinks

tenant = Tenant()
network = tenant.upstream("network")
vpn = VpnLinks(
    tenant,
    cidr=tenant.config.require("cidr"),
    vpc_id=network.require_output("vpc_id"),
    route_table_id=network.require_output("route_table_id"),
    links=tenant.config.require_object("links"),
    suites={phase: tenant.config.require_object(phase) for phase in ("phase1", "phase2")},
)
pulumi.export("links", vpn.outputs)
