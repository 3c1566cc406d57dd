"""Clusters report through Container Insights.

Without it CloudWatch has no more than the average CPU and memory of each service. `enhanced` is
more than `enabled`, and counts: a check for `enabled` alone calls the better setting a failure. A
cluster that says nothing has the account's setting (API model, `ClusterSetting`). It costs money
per metric, so that empty clusters are left alone.

Fix: `aws ecs update-cluster-settings --cluster CLUSTER --settings
name=containerInsights,value=enabled`; in CloudFormation `ClusterSettings`.
"""

from collections.abc import Iterator
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, gap, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.aws import ecs

_NAME = "containerInsights"
_ACTIVE = {"ACTIVE", "PROVISIONING", ""}
_ENOUGH = {"any": {"enabled", "enhanced"}, "enabled": {"enabled", "enhanced"}}


class Insights(Settings):
    """Which Container Insights."""

    mode: Literal["enabled", "enhanced", "any"] = setting(
        "any", "The least that a cluster must report: `enhanced` is more than `enabled`."
    )
    skip_empty: bool = setting(True, "Whether clusters without services and tasks are left alone.")


class ContainerInsights(Probe[ecs.Cluster, Insights]):
    """The setting of each cluster."""

    subject, needs = ecs.CLUSTERS, (ecs.INSIGHTS_DEFAULT,)
    severity, settings = Severity.MEDIUM, Insights
    sources = ("S2.15", "S3.B12")

    def judge(self, cluster: ecs.Cluster, facts: Facts, expected: Insights) -> Iterator[Remark]:
        if cluster.status not in _ACTIVE:
            yield not_applicable("the cluster is not in service", code="inactive")
            return
        if expected.skip_empty and cluster.is_empty:
            yield not_applicable("nothing runs in the cluster", code="empty")
            return
        found = _found(cluster, facts)
        wanted = "enhanced" if expected.mode == "enhanced" else "enabled"
        if found in _ENOUGH.get(expected.mode, {expected.mode}):
            return
        if found == "disabled":
            yield gap("Container Insights is off", code="off", **_fix(cluster, wanted, found))
        elif found == "enabled":
            message = "Container Insights is not the enhanced one"
            yield drift(message, code="not-enhanced", **_fix(cluster, wanted, found))
        else:
            yield unknown("the setting is not one that is known here", found=found)


def _found(cluster: ecs.Cluster, facts: Facts) -> str:
    own = [one.value for one in cluster.settings if one.name == _NAME]
    if own:
        return own[0]
    account = [one.value for one in facts.all(ecs.INSIGHTS_DEFAULT) if one.name == _NAME]
    return account[0] if account else ""


def _fix(cluster: ecs.Cluster, wanted: str, found: str) -> dict[str, object]:
    target, change = ("--cluster", cluster.cluster_name), f"name={_NAME},value={wanted}"
    return {
        "expected": wanted,
        "found": found,
        "cli": ("aws", "ecs", "update-cluster-settings", *target, "--settings", change),
        "cloudformation": {"ClusterSettings": [{"Name": _NAME, "Value": wanted}]},
    }
