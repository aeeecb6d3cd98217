"""``pulumi-resource-aws`` of a rehearsal: refuses to start without the world's loopback endpoint."""

from __future__ import annotations

import os
import sys

from toolkit.errors import OnboardError
from toolkit.rehearsal.standin.launcher import require_loopback


def main() -> int:
    """Serve; 13 without an endpoint on loopback."""
    try:
        endpoint = require_loopback(os.environ.get("ONBOARD_STANDIN_ENDPOINT"))
    except OnboardError as error:
        print(f"{error.message}; {error.fix}", file=sys.stderr)
        return error.exit_code
    from toolkit.rehearsal.standin.server import Servicer, control_of, serve

    serve(
        Servicer(
            endpoint=endpoint,
            account=os.environ["ONBOARD_STANDIN_ACCOUNT"],
            control=control_of(os.environ.get("ONBOARD_STANDIN_CONTROL", "")),
            version=_sdk_version(),
        )
    )
    return 0


def _sdk_version() -> str:
    from importlib.metadata import version

    return version("pulumi-aws")


if __name__ == "__main__":
    sys.exit(main())
