"""Foundation of one tenant. Configuration: the tenant's, ``operator_principal``, ``external_id``."""

from __future__ import annotations

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from components.foundation import Foundation
from components.tenant import Tenant

tenant = Tenant()
foundation = Foundation(
    tenant,
    operator_principal=tenant.config.require("operator_principal"),
    external_id=tenant.config.require("external_id"),
)
for name, value in foundation.outputs.items():
    pulumi.export(name, value)
