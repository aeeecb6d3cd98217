"""A VPN connection's tunnels as AWS keeps them: what was sent, AWS's defaults for the rest, one outside address each.

Source of the defaults: AWS Site-to-Site VPN user guide, "Tunnel options for your AWS Site-to-Site VPN connection".
"""

from __future__ import annotations

import ipaddress
import re
import secrets
import string
from collections.abc import Iterable
from typing import Any

PSK_ALPHABET = string.ascii_letters + string.digits + "._"
PSK_SHAPE = re.compile(r"[A-Za-z1-9._][A-Za-z0-9._]{7,63}")
RESERVED_INSIDE = frozenset(
    f"169.254.{tail}" for tail in ("0.0/30", "1.0/30", "2.0/30", "3.0/30", "4.0/30", "5.0/30", "169.252/30")
)
_AES = ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
_SHA = ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512")
_PHASE_1_GROUPS = (2, *range(14, 25))
_PHASE_2_GROUPS = (2, 5, *range(14, 25))

CHOICES: dict[str, tuple[Any, ...]] = {
    "Phase1EncryptionAlgorithms": _AES,
    "Phase2EncryptionAlgorithms": _AES,
    "Phase1IntegrityAlgorithms": _SHA,
    "Phase2IntegrityAlgorithms": _SHA,
    "Phase1DHGroupNumbers": _PHASE_1_GROUPS,
    "Phase2DHGroupNumbers": _PHASE_2_GROUPS,
    "IkeVersions": ("ikev1", "ikev2"),
}
SCALARS: dict[str, Any] = {
    "Phase1LifetimeSeconds": 28800,
    "Phase2LifetimeSeconds": 3600,
    "RekeyMarginTimeSeconds": 270,
    "RekeyFuzzPercentage": 100,
    "ReplayWindowSize": 1024,
    "DpdTimeoutSeconds": 30,
    "DpdTimeoutAction": "clear",
    "StartupAction": "add",
    "EnableTunnelLifecycleControl": False,
}
RANGES = {
    "Phase1LifetimeSeconds": (900, 28800),
    "Phase2LifetimeSeconds": (900, 3600),
    "RekeyMarginTimeSeconds": (60, 1800),
    "RekeyFuzzPercentage": (0, 100),
    "ReplayWindowSize": (64, 2048),
    "DpdTimeoutSeconds": (30, 3600),
}
_SENT_NAMES = {
    "DPDTimeoutSeconds": "DpdTimeoutSeconds",
    "DPDTimeoutAction": "DpdTimeoutAction",
    "IKEVersions": "IkeVersions",
}


class TunnelOptionError(ValueError):
    """AWS would answer InvalidParameterValue; the text names option and value, never a key."""


def new_psk() -> str:
    """A pre-shared key as AWS generates it: 32 of ``[A-Za-z0-9._]``, not starting with 0."""
    while True:
        key = "".join(secrets.choice(PSK_ALPHABET) for _ in range(32))
        if not key.startswith("0"):
            return key


def sent_options(sent: dict[str, Any]) -> dict[str, Any]:
    """The options of one tunnel as the request carries them, checked, under the names that describe answers with."""
    options: dict[str, Any] = {}
    for name, value in sent.items():
        known = _SENT_NAMES.get(name, name)
        if known in CHOICES:
            chosen = [_value_of(item) for item in value or []]
            for item in chosen:
                if item not in CHOICES[known]:
                    raise TunnelOptionError(f"Value ({item}) for parameter {name} is invalid.")
            if chosen:
                options[known] = [{"Value": item} for item in chosen]
        elif value is not None and value != "":
            options[known] = _checked_scalar(known, value)
    return options


def _checked_scalar(name: str, value: Any) -> Any:
    if name == "PreSharedKey" and not PSK_SHAPE.fullmatch(value):
        raise TunnelOptionError("The pre-shared key is invalid: 8 to 64 of [A-Za-z0-9._], not starting with 0.")
    if name == "TunnelInsideCidr" and not _inside_is_free(value):
        raise TunnelOptionError(f"Value ({value}) for parameter TunnelInsideCidr is invalid or reserved.")
    if name in RANGES:
        low, high = RANGES[name]
        number = int(value)
        if not low <= number <= high:
            raise TunnelOptionError(f"Value ({value}) for parameter {name} is out of range {low}-{high}.")
        return number
    return value


def _inside_is_free(cidr: str) -> bool:
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError:
        return False
    return (
        network.prefixlen == 30
        and network.subnet_of(ipaddress.IPv4Network("169.254.0.0/16"))
        and cidr not in RESERVED_INSIDE
    )


def _value_of(item: Any) -> Any:
    return item["Value"] if isinstance(item, dict) else item


def complete(sent: dict[str, Any], *, outside: str, taken: Iterable[str]) -> dict[str, Any]:
    """One tunnel as ``describe_vpn_connections`` shows it.

    ``sent`` comes from ``sent_options``; ``outside`` is AWS's end; ``taken`` are the inside CIDRs in use on the gateway.
    What was not sent gets AWS's defaults: every algorithm allowed, a generated key, a free inside /30.
    """
    options: dict[str, Any] = {name: [{"Value": item} for item in items] for name, items in CHOICES.items()}
    options |= SCALARS
    options |= sent
    options["OutsideIpAddress"] = outside
    options.setdefault("PreSharedKey", new_psk())
    if "TunnelInsideCidr" not in options:
        options["TunnelInsideCidr"] = _free_inside(taken)
    return options


def _free_inside(taken: Iterable[str]) -> str:
    used = set(taken) | RESERVED_INSIDE
    for network in ipaddress.IPv4Network("169.254.0.0/16").subnets(new_prefix=30):
        if str(network) not in used:
            return str(network)
    raise TunnelOptionError("no inside address is left on this gateway")
