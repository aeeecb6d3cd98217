"""Strings made safe for Prometheus: label values, PromQL literals, template text, names of files and addresses.

No string of a customer's is trusted, although the inventory's schema bounds most of them: these functions hold on
their own. Label values are UTF-8 of any content (https://prometheus.io/docs/concepts/data_model/), but end up on
terminals, in tickets and in file names, so that control and formatting characters are replaced.
"""

from __future__ import annotations

import ipaddress
import json
import re
import unicodedata

from toolkit.errors import RegisterFailed

LONGEST = 200
_ID = re.compile(r"[a-z][a-z0-9-]{1,62}")


def label_value(text: str) -> str:
    """``text`` without control, formatting, surrogate and private characters, at most 200 characters."""
    clean = "".join(" " if unicodedata.category(character)[0] == "C" else character for character in text)
    return " ".join(clean.split())[:LONGEST]


def promql(text: str) -> str:
    """A double-quoted PromQL string literal of the label value of ``text``."""
    return json.dumps(label_value(text), ensure_ascii=False)


def literal(text: str) -> str:
    """``text`` as it stands where Prometheus expands Go templates (rule labels and annotations)."""
    return label_value(text).replace("{{", '{{ "{{" }}')


def file_id(text: str) -> str:
    """An id that may stand in a file's name; RegisterFailed when it is not one (architecture: ids of the inventory)."""
    if not _ID.fullmatch(text):
        raise RegisterFailed(
            f"id {text!r} cannot name a file of the monitoring", fix="ids match ^[a-z][a-z0-9-]{1,62}$"
        )
    return text


def host_port(address: str, port: int) -> str:
    """``address:port`` with the brackets that IPv6 needs; RegisterFailed when it is no IP address."""
    return f"{bare_address(address)}:{port}"


def bare_address(address: str) -> str:
    """An IP address as a target is written; RegisterFailed when it is none."""
    try:
        parsed = ipaddress.ip_address("" if "%" in address else address)
    except ValueError as error:
        raise RegisterFailed(
            f"{address!r} is not an address that can be monitored", fix="give an IP address"
        ) from error
    return f"[{parsed}]" if parsed.version == 6 else str(parsed)
