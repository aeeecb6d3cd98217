"""Names that several sides must spell alike: the roles that make a thing, the rules that watch it, the checks that look.

Ground floor. What a role's defaults repeat is held against this module by a test.
"""

from __future__ import annotations

AGENT_PORT = 9100
"""TCP port of the metrics agent on every host."""
AGENT_UNIT = "prometheus-node-exporter.service"
"""The metrics agent's unit (Debian's package)."""

BACKUP_SUCCESS = "onboard_backup_success"
"""Metric: 1 or 0 for the last run of a policy, by the label ``policy``."""
BACKUP_LAST_SUCCESS = "onboard_backup_last_success_timestamp_seconds"
"""Metric: seconds since the epoch of a policy's last success, 0 for never."""

BACKUP_FOLDER = "/srv/onboard-backup"
"""Where the hub keeps the repositories: ``<customer>/<host>``."""
LOG_FOLDER = "/var/log/onboard"
"""Where the hub keeps the logs that it receives: ``<customer>/<host>.log``."""
FOLLOW_UP = "/var/lib/onboard/follow-up"
"""Notes on a host of what must still follow a change, should whoever made it be killed before."""

INSTALL_ENDPOINT = "/usr/local/lib/onboard/install-endpoint.sh"
"""What the console runs after it unpacked the bundle over ``/``."""
GATEWAY_PACKAGES = (
    "charon-systemd",
    "libcharon-extra-plugins",
    "libstrongswan-extra-plugins",
    "libstrongswan-standard-plugins",
    "nftables",
    "strongswan-swanctl",
)
"""Debian 12's packages of a VPN gateway."""


def rule_group(customer: str, site: str) -> str:
    """The group of a site's alert rules; unique on a hub that serves several customers, for ids have no dot."""
    return f"onboard.{customer}.{site}"
