"""The shipped baseline as a file to read and edit, and the JSON Schema that editors use."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from auditor.baseline import sections
from auditor.baseline_file import BaselineFile, Environments
from auditor.probe import Probe
from auditor.query import JSON
from auditor.settings import ENVIRONMENTS, Group, Settings, default_of, groups_of, unit_of

Probes = Sequence[Probe[Any, Any]]

HEAD = """\
# yaml-language-server: $schema=baseline.schema.json
#
# What is expected of an account: every setting at its default.
# A file of yours need only hold what differs; it lies over these values key by key.
# `auditor explain PROBE` tells what a setting is for and where its value comes from;
# `auditor baseline check FILE` says whether a file is sound.
version: 1
"""
TAIL = """
# Other values for some resources, chosen by name, tags, stack, type, environment or account; every
# key must fit (patterns). A name goes before tags, tags before stack, stack before account; then
# more keys before fewer; then the later entry:
#   - match: {tags: {Workload: batch}}
#     reason: nobody waits for its answers
#     settings:
#       load_balancing.health_check: {hc_interval_seconds: 60}
workloads: []

# Drift from the recorded state (`auditor record`, `scan --recorded FOLDER`). What scales by itself
# (desired capacity and count) is free unless it is held:
#   free:
#     - {type: "AWS::RDS::DBInstance", attribute: AllocatedStorage, reason: grows by itself}
#     - {tags: {Team: batch}, attribute: Tags.CostCentre}
#   held:
#     - {type: "AWS::ECS::Service", resource: "pay-*", attribute: desiredCount}
recorded:
  severity: medium
  severities: {}
  free: []
  held: []

# Drift from the templates of deployed stacks (`scan --against templates`), with the same keys;
# which stacks are left alone is said under `settings`, `stacks: {exempt: [...]}`.
templates:
  severity: medium
  severities: {}
  free: []
  held: []

# Operations that may stay refused without making a run incomplete (exit code 3):
#   - {operation: "ssm:*", account: "*", region: "*", reason: no SSM here, until: 2027-06-30}
blind_spots: []

# How findings become tickets: one per finding, resource, probe (in an account) or stack; days until
# they are due, by severity; and whose they are. For each of team, component and assignee the first
# rule that says it counts (patterns); tags only choose among the words that stand here:
#   rules:
#     - match: {tags: {Team: "pay*"}, environment: production}
#       team: payments
#     - match: {probe: "network.*"}
#       team: network
#       component: firewall
tickets:
  grouping: finding
  due_days: {critical: 2, high: 7, medium: 30, low: 90, informational: null}
  labels: []
  routing:
    default: {team: "", component: "", assignee: ""}
    rules: []

# Accepted gaps and drifts; kept in the report and counted apart, until the end of a day (UTC):
#   - probe: network.egress
#     resource: "arn:aws:ec2:*:*:security-group/sg-0123*"
#     reason: the vendor's appliance needs it
#     owner: network team
#     until: 2027-06-30
waivers: []
"""


def baseline_text(probes: Probes) -> str:
    """`config/baseline.yaml`."""
    lines = [HEAD, *_environments(), "settings:"]
    models = sections(probes)
    groups = {name: model for name, model in models.items() if issubclass(model, Group)}
    lines.append("  # Read by several probes.")
    for name, group in sorted(groups.items()):
        lines += _section(name, group, "")
    for probe in probes:
        lines += _section(probe.id, probe.settings, f"{probe.title}.")
    lines += ["", "# Other values for one environment.", "overrides:"]
    for environment in ENVIRONMENTS[1:]:
        lines += _overrides(environment, models)
    return "\n".join(lines) + "\n" + TAIL


def _environments() -> Iterator[str]:
    defaults = Environments()
    yield "# Whose environment is which: by tag, else by account, else the default."
    yield "environments:"
    yield f"  default: {defaults.default}"
    yield f"  tags: {_flow(defaults.tags)}"
    yield "  values:"
    for name, patterns in defaults.values.items():
        yield f"    {name}: {_flow(patterns)}"
    yield "  accounts: {}"
    yield ""


def _section(name: str, model: type[Settings], title: str) -> Iterator[str]:
    own = [field for field in model.model_fields if field not in groups_of(model)]
    if not own:
        return
    yield ""
    if title:
        yield f"  # {title}"
    yield f"  {name}:"
    for field in own:
        info = model.model_fields[field]
        unit = f" ({unit_of(info)})" if unit_of(info) else ""
        yield from (f"    # {line}" for line in textwrap.wrap(f"{info.description}{unit}", 92))
        yield f"    {field}: {_flow(default_of(info, ENVIRONMENTS[0]))}"


def _overrides(environment: str, models: dict[str, type[Settings]]) -> Iterator[str]:
    lines = []
    for section, model in sorted(models.items()):
        different = {
            name: default_of(info, environment)
            for name, info in model.model_fields.items()
            if default_of(info, environment) != default_of(info, ENVIRONMENTS[0])
        }
        if different:
            lines.append(f"    {section}:")
            lines += [f"      {name}: {_flow(value)}" for name, value in different.items()]
    yield f"  {environment}:" if lines else f"  {environment}: {{}}"
    yield from lines


def _flow(value: Any) -> str:
    """A value on one line of YAML."""
    apart = json.loads(json.dumps(value))  # a baseline takes no YAML aliases
    text = yaml.safe_dump(apart, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("...\n").strip()


def baseline_schema(probes: Probes) -> JSON:
    """`config/baseline.schema.json`: the format, with every section and setting by name."""
    schema = BaselineFile.model_json_schema()
    definitions = schema.setdefault("$defs", {})
    properties: dict[str, JSON] = {}
    for name, model in sections(probes).items():
        own = model.model_json_schema(ref_template="#/$defs/{model}")
        definitions |= own.pop("$defs", {})
        for group in groups_of(model):
            own["properties"].pop(group, None)
        own.pop("title", None)
        properties[name] = {"anyOf": [own, {"type": "null"}]}
    by_section = {"type": "object", "properties": properties, "additionalProperties": False}
    definitions["Sections"] = by_section
    schema["properties"]["settings"] = {"$ref": "#/$defs/Sections"}
    definitions["WorkloadEntry"]["properties"]["settings"] = {"$ref": "#/$defs/Sections"}
    overrides = {name: {"$ref": "#/$defs/Sections"} for name in ENVIRONMENTS}
    schema["properties"]["overrides"] = {
        "type": "object",
        "properties": overrides,
        "additionalProperties": False,
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
