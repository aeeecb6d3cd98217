"""Random values that the things which read them accept."""

from __future__ import annotations

import secrets
import string

PSK_ALPHABET = string.ascii_letters + string.digits + "._"
"""What AWS accepts in a tunnel's pre-shared key (Site-to-Site VPN user guide, "Pre-shared key")."""

_PASSWORD_ALPHABET = string.ascii_letters + string.digits


def generate_psk() -> str:
    """An IKE pre-shared key of 48 characters (288 bits) that AWS accepts: 8-64 of ``[A-Za-z0-9._]``, no leading 0."""
    while True:
        value = "".join(secrets.choice(PSK_ALPHABET) for _ in range(48))
        if value[0] in string.ascii_letters:
            return value


def generate_password() -> str:
    """A password of 40 letters and digits (238 bits), safe unquoted in every file and shell that carries one."""
    return "".join(secrets.choice(_PASSWORD_ALPHABET) for _ in range(40))
