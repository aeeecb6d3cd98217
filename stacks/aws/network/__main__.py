"""Network of one tenant. Configuration: the tenant's, ``cidr``, ``zones``."""

from __future__ import annotations

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from components.network import Network
from components.tenant import Tenant

tenant = Tenant()
foundation = tenant.upstream("foundation")
network = Network(
    tenant,
    cidr=tenant.config.require("cidr"),
    zones=tenant.config.require_int("zones"),
    key_arn=foundation.require_output("kms_key_arn"),
)
for name, value in network.outputs.items():
    pulumi.export(name, value)
