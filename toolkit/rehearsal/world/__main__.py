"""``python -m toolkit.rehearsal.world --dir D --account A --region R``: the world's process, until told to stop."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

from toolkit.canonical import write_atomic
from toolkit.processes import start_time
from toolkit.rehearsal.world.control_server import ControlServer
from toolkit.rehearsal.world.faults import FaultingApplication, Faults
from toolkit.rehearsal.world.objects import Objects

OUTSIDE_RANGE = "203.0.113.0/24"
"""The VPN gateways' outside addresses are drawn from it (RFC 5737, TEST-NET-3): nobody's."""


def main() -> None:
    """Serve AWS on a loopback port and the control socket in ``--dir``; ``ready.json`` appears when both answer."""
    parser = argparse.ArgumentParser(prog="python -m toolkit.rehearsal.world")
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--account", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--orders", type=Path, help="keeps every ordered fault  [default: orders.ndjson in --dir]")
    asked = parser.parse_args()
    os.environ["MOTO_ACCOUNT_ID"] = asked.account  # moto reads both once, at import
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"  # roles may attach AWS's own policies
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    faults = Faults()
    port = serve_aws(faults)
    objects = Objects(asked.account, asked.region)
    asked.dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    orders = asked.orders or asked.dir / "orders.ndjson"
    ControlServer(asked.dir / "control.sock", orders=orders, faults=faults, objects=objects, stop=stop)
    ready = {
        "endpoint": f"http://127.0.0.1:{port}",
        "control": str(asked.dir / "control.sock"),
        "pid": os.getpid(),
        "started": start_time(os.getpid()),
        "account": asked.account,
        "region": asked.region,
    }
    write_atomic(asked.dir / "ready.json", json.dumps(ready).encode())
    while not stop.wait(1.0):
        pass
    faults.lift()
    (asked.dir / "ready.json").unlink(missing_ok=True)


def serve_aws(faults: Faults) -> int:
    """Start moto's server on loopback with our fillings and faults around it; returns its port."""
    import logging

    from moto.moto_server import threaded_moto_server
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication

    from toolkit.rehearsal.world import fill_backup, fill_kms, fill_network, fill_trail, fill_vpn

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    fill_network.fill()
    fill_vpn.fill(OUTSIDE_RANGE)
    fill_backup.fill()
    fill_kms.fill()
    fill_trail.fill()

    def dispatcher(create_app: Any) -> FaultingApplication:
        return FaultingApplication(DomainDispatcherApplication(create_app), faults)

    module: Any = threaded_moto_server
    module.DomainDispatcherApplication = dispatcher
    server = threaded_moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    return int(server.get_host_and_port()[1])


if __name__ == "__main__":
    main()
