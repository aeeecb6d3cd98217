"""Every rule that an inventory is held to: one registry, so that each problem can be looked up."""

from __future__ import annotations

import msgspec


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """``section`` names the source of the rule; ``fix`` is what to do when a problem has no better advice."""

    id: str
    title: str
    section: str
    fix: str


def _rule(number: int, title: str, section: str, fix: str) -> Rule:
    return Rule(id=f"INV-{number:03}", title=title, section=section, fix=fix)


_ALL = (
    _rule(1, "a file that cannot be read", "inventory format", "give a regular, readable .yaml, .json or .ndjson file"),
    _rule(2, "an empty file", "inventory format", "start from examples/acme/inventory.yaml"),
    _rule(3, "content that is not UTF-8 text", "RFC 3629", "save the file as UTF-8 text without control characters"),
    _rule(4, "malformed YAML or JSON", "YAML 1.2.2, RFC 8259", "mend the syntax at this place"),
    _rule(5, "a key that stands twice", "YAML 1.2.2 §3.2.1.3, RFC 8259 §4", "keep one of the two"),
    _rule(6, "a document beyond the bounds of nesting or growth", "inventory format", "write the values out, less nested"),
    _rule(7, "YAML beyond plain values", "inventory format", "use one document of plain values with string keys"),
    _rule(8, "a number without an exact form", "RFC 8785 §3.2.2.3", "write a finite number, at most 2^53, or put it in quotes"),
    _rule(9, "pieces of an inventory that contradict each other", "inventory format", "keep the key in one piece"),
    _rule(10, "an unknown field", "inventory schema", "remove it"),
    _rule(11, "a missing field", "inventory schema", "add it"),
    _rule(12, "an unknown backup policy", "SD-1 §1.7", "name a policy of SD-1 §1.7"),
    _rule(13, "a value of the wrong type", "inventory schema", "write a value of the right type"),
    _rule(14, "a value that is not one of the known ones", "inventory schema", "use one of the known values"),
    _rule(15, "a value of the wrong shape", "inventory schema", "write it in the shape that is asked for"),
    _rule(16, "a value out of bounds", "inventory schema", "stay within the bounds"),
    _rule(20, "a reference to something that is not there", "cross-references", "name an existing id"),
    _rule(21, "an id that stands twice", "cross-references", "give each its own id"),
    _rule(22, "a circle of dependencies", "cross-references", "remove one of the dependencies"),
    _rule(23, "an unknown provider profile", "cross-references", "name a profile of the catalogue"),
    _rule(24, "a host that cannot carry the component", "cross-references", "name a vm of the same tenant"),
    _rule(25, "a link that joins nothing new", "cross-references", "join two different ends, once"),
    _rule(26, "a site with vms and no way to them", "cross-references", "add a link from the site to the provider"),
    _rule(27, "ids too long for the engine", "Pulumi, stack names", "shorten the id of the customer or of the tenant"),
    _rule(30, "a network that cannot be used", "RFC 4632", "write a usable IPv4 network, 10.20.0.0/16 for one"),
    _rule(31, "networks that overlap", "cross-references", "give each its own range"),
    _rule(32, "an address outside its network", "cross-references", "take a host address of that network"),
    _rule(33, "an address that stands twice", "cross-references", "give each its own address"),
    _rule(34, "a public address that cannot be one", "RFC 6890", "give the address that tunnels are built to"),
    _rule(35, "a network outside the cloud's limits", "Amazon VPC, VPC CIDR blocks", "use a range from /16 to /28"),
    _rule(
        40,
        "a literal secret",
        "inventory format",
        "remove it, treat it as leaked, and refer to the store: secretref://<name>",
    ),
    _rule(41, "a host key that is none", "RFC 4253 §6.6", "paste the host's public key line, or secretref://<name>"),
    _rule(50, "a custom backup policy without approval", "SD-1 §1.7", "add backup.approval, or use a listed policy"),
    _rule(51, "a backup policy for other content", "SD-1 §1.7", "use a file backup policy"),
    _rule(60, "a level that needs the OS level", "SD-1 §1.6", "subscribe the os level"),
    _rule(61, "the OS level on a tenant that is not managed", "SD-1 §1.6", "make the tenant managed, or drop the level"),
    _rule(62, "a vm without its one management level", "SD-1 §1.6", "set management_level"),
    _rule(63, "a backup without a level that carries it", "SD-1 §1.6", "set the server's management_level, or drop the backup"),
    _rule(64, "a premium tenant without its managers", "SD-1 §1.6", "name both managers under provider"),
    _rule(65, "managers on a project of standard tenants only", "SD-1 §1.6", "remove the managers from provider"),
    _rule(66, "managers on a project of initial tenants only", "SD-1 §1.6", "check that the managers are wanted"),
    _rule(67, "an application level without what it stands on", "SD-1 §1.6", "subscribe the levels that the application uses"),
    _rule(68, "a management level that is not subscribed", "SD-1 §1.6", "subscribe the level, or lower management_level"),
    _rule(69, "a commitment shorter than the service allows", "SD-1 §1.6", "commit to 12 months or more"),
    _rule(70, "a containers level without Kubernetes", "SD-1 §1.6", "subscribe the kubernetes level"),
    _rule(71, "a level of the provider's own clouds elsewhere", "SD-1 §1.6, §1.14", "drop the level from this tenant"),
    _rule(72, "a remote desktop without what it stands on", "SD-1 §1.6", "subscribe the levels that it needs, or drop it"),
)  # fmt: skip

RULES: dict[str, Rule] = {rule.id: rule for rule in _ALL}
"""By id, in order."""
