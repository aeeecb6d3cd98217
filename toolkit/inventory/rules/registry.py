"""Every rule that an inventory is held to: one registry, so that each problem can be looked up."""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["error", "warning"]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """``section`` names the source of the rule; ``fix`` is what to do when a problem has no better advice."""

    id: str
    title: str
    section: str
    severity: Severity
    fix: str


def _rule(number: int, title: str, section: str, fix: str, severity: Severity = "error") -> Rule:
    return Rule(id=f"INV-{number:03}", title=title, section=section, severity=severity, fix=fix)


_ALL = (
    _rule(1, "a file that cannot be read", "inventory format", "give a regular, readable .yaml, .json, .ndjson, .csv or .xlsx file"),
    _rule(2, "an empty file", "inventory format", "start from examples/acme/inventory.yaml"),
    _rule(3, "content that is not UTF-8 text", "RFC 3629", "save the file as UTF-8 text without control characters"),
    _rule(4, "a malformed file", "YAML 1.2.2, RFC 8259, RFC 4180, ECMA-376", "mend the syntax at this place"),
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
    _rule(17, "a sheet or heading that is not understood", "inventory format", "name it as the template does, or begin it with #"),
    _rule(18, "a cell without a plain value", "inventory format", "write the value itself into the cell"),
    _rule(19, "a value in a local notation", "inventory format", "check that it is read as it was meant", "warning"),
    _rule(20, "a reference to something that is not there", "cross-references", "name an existing id"),
    _rule(21, "an id that stands twice", "cross-references", "give each its own id"),
    _rule(22, "a circle of dependencies", "cross-references", "remove one of the dependencies"),
    _rule(23, "an unknown provider profile", "cross-references", "name a profile of the catalogue"),
    _rule(24, "a host that cannot carry the component", "cross-references", "name a vm of the same tenant"),
    _rule(25, "a link that joins nothing new", "cross-references", "join two different ends, once"),
    _rule(26, "a site with components and no way to them", "cross-references", "add a link from the site to the provider", "warning"),
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
    _rule(66, "managers on a project of initial tenants only", "SD-1 §1.6", "check that the managers are wanted", "warning"),
    _rule(67, "an application level without what it stands on", "SD-1 §1.6", "subscribe the levels that the application uses"),
    _rule(68, "a management level that is not subscribed", "SD-1 §1.6", "subscribe the level, or lower management_level", "warning"),
    _rule(69, "a commitment shorter than the service allows", "SD-1 §1.6", "commit to 12 months or more"),
    _rule(70, "a containers level without Kubernetes", "SD-1 §1.6", "subscribe the kubernetes level"),
    _rule(71, "a level of the provider's own clouds elsewhere", "SD-1 §1.6, §1.14", "drop the level from this tenant"),
    _rule(72, "a remote desktop without what it stands on", "SD-1 §1.6", "subscribe the levels that it needs, or drop it"),
    _rule(73, "a level on a server whose OS the provider does not wholly manage", "SD-1 §1.6", "make the provider responsible, or drop the level"),
    _rule(74, "a Kubernetes cluster without its one management level", "SD-1 §1.6", "set management_level"),
    _rule(75, "a cluster's level without what it stands on", "SD-1 §1.6", "subscribe the levels below it"),
    _rule(76, "containers on a cluster with other tooling", "SD-1 §1.6", "use the same tooling for both"),
    _rule(77, "an Active Directory on too few vms", "SD-1 §1.6", "name two vms or more in hosts"),
    _rule(78, "a directory or remote desktop without a managed OS", "SD-1 §1.6", "manage that server at the os level"),
    _rule(79, "a remote desktop without its directory", "SD-1 §1.6", "name the active-directory in directory"),
    _rule(80, "a remote desktop without a TLS certificate that holds", "SD-1 §1.6", "describe its certificate"),
    _rule(81, "a support level that is lowered within six months", "SD-1 §1.6", "lower it later"),
    _rule(82, "a change of the support level within a month", "SD-1 §1.6", "change it on the first of a month"),
    _rule(83, "a history that does not lead to the present support level", "inventory format", "write the periods oldest first, the present one last"),
    _rule(84, "tenants of one environment type with different support levels", "SD-1 §1.6", "choose one level for the type", "warning"),
    _rule(85, "a support chain of native services elsewhere", "SD-1 §1.6", "choose another chain, or subscribe native-services", "warning"),
    _rule(86, "an application function without a procedure", "SD-1 §1.6", "add the procedure that the customer gives"),
    _rule(87, "a procedure of more than 15 minutes", "SD-1 §1.6", "shorten it, or agree that it is billed by time", "warning"),
    _rule(88, "an application function without metrics", "SD-1 §1.6", "name the metrics that the customer exports"),
    _rule(89, "a procedure without its logs or dashboards", "SD-1 §1.6", "name the logs and dashboards that it uses", "warning"),
    _rule(90, "an application function without a backup strategy", "SD-1 §1.6", "say how its data is backed up"),
    _rule(91, "an application function without a disaster-recovery strategy", "SD-1 §1.6", "say how it is recovered after a disaster"),
    _rule(92, "an application function that does not say how it is restored", "SD-1 §1.5", "add restore: method and procedure"),
    _rule(93, "an application function that depends on what is not managed", "SD-1 §1.6", "subscribe the level of that component"),
    _rule(94, "an Office 365 backup of mail that is not online", "SD-1 §1.7", "drop the backup, or set hosting: online"),
    _rule(95, "a managed cluster with the customer's tooling", "SD-1 §1.14", "set tooling: provider"),
    _rule(96, "a managed cluster without its repository", "SD-1 §1.14", "name the repository of its configuration", "warning"),
    _rule(97, "managed containers on a cluster that is not managed", "SD-1 §1.14", "manage the cluster"),
    _rule(98, "managed containers without manifests or incident procedure", "SD-1 §1.14", "name them", "warning"),
    _rule(99, "a managed native service without audit or design", "SD-1 §1.14", "refer to both documents"),
    _rule(100, "managed native services without a link to the provider", "SD-1 §1.14", "add a link of the tenant, or of its site, to the provider", "warning"),
    _rule(101, "a managed load balancer of the platform", "SD-1 §1.6", "use a third-party one, or leave it to the customer"),
    _rule(102, "managed mail for some users only", "SD-1 §1.14", "order a mailbox for every active user"),
    _rule(103, "build inputs that are missing", "SD-1 §1.4", "add each as build_inputs.<name>: {reference, date}", "warning"),
    _rule(104, "a component of another kind than native service without supervision", "SD-1 §1.2", "remove supervised: the provider supervises it", "warning"),
    _rule(105, "more contacts by phone than the service takes", "SD-1 §1.15", "keep the phone of those who may call, at most five", "warning"),
    _rule(110, "an end-of-life or grey-market component that is not authorised", "SD-2 §2", "let the order authorise it, or replace it"),
    _rule(111, "a component with limited service", "SD-2 §2", "let the order document it, or accept the limits", "warning"),
    _rule(112, "a third-party component without a valid letter of agency", "SD-2 §2", "add letter_of_agency: {reference, ends}"),
    _rule(113, "a component without a valid support contract", "SD-2 §2", "add support_contract: {reference, ends}, or expect fees or a reduced service", "warning"),
    _rule(114, "a component without a valid licence", "SD-2 §2", "add vendor_licence: {reference, ends}, or expect fees or a reduced service", "warning"),
    _rule(115, "up/down monitoring of a component of the platform", "SD-2 §2", "set monitoring: full", "warning"),
    _rule(116, "a configuration without a place for its backup", "SD-2 §2", "add configuration_backup: {storage}", "warning"),
    _rule(117, "a VPN link below 10 Mbit/s", "SD-2 §2", "give the site 10 Mbit/s or more both ways"),
    _rule(118, "a side without its single point of contact", "SD-2 §2", "name one on each side"),
    _rule(119, "no planned activation", "SD-2 §2", "add order.planned_activation from the transition plan", "warning"),
    _rule(120, "an activation before the order holds", "SD-2 §2", "correct the date"),
    _rule(121, "an actual activation in the future", "SD-2 §2", "write it once it is past; until then planned_activation", "warning"),
    _rule(130, "a tier, option or product that cannot be bought", "service catalogue", "name one of the service's"),
    _rule(132, "a subscription without its tier", "service catalogue", "name a tier of the service"),
    _rule(133, "a prerequisite that the service does not ask for", "service catalogue", "name one of the service's"),
    _rule(134, "no main contact", "SD-4 §4", "give one of the customer's contacts the role main", "warning"),
    _rule(135, "no IT contact with phone and e-mail", "SD-4 §4", "add a contact with the role it, its phone and e-mail", "warning"),
    _rule(140, "a day or session that ends before it starts", "inventory format", "write an end after the start, on the same day"),
    _rule(141, "an unknown time zone", "IANA time zone database", "name a zone such as Europe/Paris"),
    _rule(142, "a local time that the clock change leaves out or repeats", "IANA time zone database", "choose a time outside the changed hour"),
    _rule(143, "an event day that stands twice", "inventory format", "keep one of them"),
    _rule(144, "a session outside the event's days", "inventory format", "move the session, or change the event's days"),
    _rule(145, "an event of more days than the support covers", "SD-5 §5", "cover three of the days, or agree more by quote"),
    _rule(146, "event days that are not consecutive", "SD-5 §5", "make it two events, or add the days between"),
    _rule(147, "an event day longer than the support", "SD-5 §5", "shorten the day, or accept that its end is not covered", "warning"),
    _rule(148, "a technical run without the vendor's streaming", "SD-5 §5", "choose option: tasks-review, or streaming: vendor"),
    _rule(149, "speakers without the vendor's streaming", "SD-5 §5", "use streaming: vendor, or send the speakers your own links", "warning"),
    _rule(150, "more recordings than are handled", "SD-5 §5", "record fewer or shorter sessions"),
    _rule(151, "a rehearsal that is not about a week before", "SD-5 §5", "choose a day about a week before the event", "warning"),
    _rule(152, "an event day outside the term", "SD-5 §5", "move the event, or change customer.commitment", "warning"),
    _rule(153, "an agenda that is final too late", "SD-5 §5", "settle the agenda before the event", "warning"),
)  # fmt: skip

RULES: dict[str, Rule] = {rule.id: rule for rule in _ALL}
"""By id, in order."""
