"""CodePipeline, CodeBuild and CodeDeploy."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from auditor.drift.declarable import Declarable, NotComparable, Property
from auditor.query import JSON
from auditor.recording.normal import is_empty
from probes.declared._words import (
    below,
    each_as,
    key,
    listed,
    lowered,
    mapping,
    mappings,
    of_each,
    small_names,
    tail,
)
from probes.recorded import pipelines
from probes.recorded._documents import inside

# -- pipelines ------------------------------------------------------------------------------------

_CONFIGURED = frozenset({"Configuration"})
"""Properties of actions and rules below which the names are those of a provider."""


def _given(configuration: JSON) -> JSON:
    """What an action is configured with; CodePipeline keeps no key without a value (API model)."""
    return {name: one for name, one in mapping(configuration).items() if not is_empty(one)}


def stages(value: JSON) -> JSON:
    """The stages, as far as they are recorded."""
    spelled = small_names(value, verbatim=_CONFIGURED)
    return pipelines.STAGES(inside(configuration=_given)(spelled))


def variables(value: JSON) -> JSON:
    """The variables, without what they are if nothing is said."""
    return pipelines.VARIABLES(small_names(value))


def by_region(value: JSON) -> JSON:
    """The stores of artifacts by their regions."""
    return {
        str(one["Region"]): small_names(one["ArtifactStore"])
        for one in mappings(value)
        if "Region" in one and "ArtifactStore" in one
    }


PIPELINE = Declarable(
    pipelines.PIPELINE,
    (
        *below("ArtifactStore", "Triggers"),
        *lowered("RoleArn", "ExecutionMode", "PipelineType"),
        Property("ArtifactStores", "artifactStores", taken=by_region),
        Property("Stages", "stages", taken=stages),
        Property("Variables", "variables", taken=variables),
    ),
    silent={"Name", "RestartExecutionOnUpdate"},
)


# -- projects -------------------------------------------------------------------------------------

_OF_THE_CONSOLE = "OAUTH"
"""A way to sign in that is for the console only; CodeBuild keeps no such word (API model)."""
_NOWHERE = frozenset({"CODEPIPELINE", "NO_ARTIFACTS", "NO_CACHE"})
"""Where CodeBuild puts nothing itself: what else is declared it ignores (API model)."""


def bucket_path(value: JSON) -> JSON:
    """A bucket and a path in it, which may be written as an ARN."""
    return value.rpartition(":::")[2] if isinstance(value, str) else value


_PLAIN = inside(location=bucket_path, serviceRole=tail)


def plainly(name: str, form: Callable[[JSON], JSON] = small_names) -> Property:
    """A property in which buckets and roles may stand by name or by ARN."""
    attribute = name[:1].lower() + name[1:]
    return Property(name, attribute, taken=lambda value: _PLAIN(form(value)), seen=_PLAIN)


def source(value: JSON) -> JSON:
    """Where source comes from; a depth of nought is all of it, as if nothing were said."""
    found = dict(mapping(small_names(value)))
    auth = found.get("auth")
    if isinstance(auth, Mapping) and auth.get("type") == _OF_THE_CONSOLE:
        del found["auth"]
    if str(found.get("gitCloneDepth")) == "0":
        del found["gitCloneDepth"]
    return found


def sources(value: JSON) -> JSON:
    """The same of several."""
    return [source(one) for one in mappings(value)]


def put(value: JSON) -> JSON:
    """Where something is put; nothing more than that where CodeBuild does not put it itself."""
    found = mapping(small_names(value))
    return {"type": found["type"]} if str(found.get("type")) in _NOWHERE else found


def each_put(value: JSON) -> JSON:
    """The same of several."""
    return [put(one) for one in mappings(value)]


def environment(value: JSON) -> JSON:
    """What is built in; variables only where the names of all are known."""
    found = dict(mapping(small_names(value)))
    if any("name" not in one for one in mappings(found.get("environmentVariables") or [])):
        del found["environmentVariables"]
    return found


def webhook(value: JSON) -> JSON:
    """What starts a build; of a webhook that filters nothing there is nothing to compare."""
    found = dict(mapping(small_names(value)))
    if str(found.pop("webhook", "")).lower() != "true" or not found:
        raise NotComparable("whether there is a webhook")
    return found


PROJECT = Declarable(
    pipelines.PROJECT,
    (
        *below("FileSystemLocations", "SecondarySourceVersions", "VpcConfig"),
        *lowered(
            "AutoRetryLimit", "ConcurrentBuildLimit", "Description", "QueuedTimeoutInMinutes",
            "ResourceAccessRole", "SourceVersion", "TimeoutInMinutes",
        ),
        plainly("LogsConfig"),
        plainly("BuildBatchConfig"),
        plainly("Artifacts", put),
        plainly("Cache", put),
        plainly("SecondaryArtifacts", each_put),
        Property("Environment", "environment", taken=environment),
        Property("ServiceRole", "serviceRole", taken=tail, seen=tail),
        Property("Source", "source", taken=source),
        Property("SecondarySources", "secondarySources", taken=sources),
        Property("Triggers", "webhook", taken=webhook),
        Property("Visibility", "projectVisibility"),
        key("EncryptionKey", "encryptionKey"),
    ),
    silent={"Name"},
    absent={"projectVisibility": "PRIVATE"},
)  # fmt: skip


# -- deployment groups ----------------------------------------------------------------------------


def tag_set(groups: str, group: str) -> Callable[[JSON], JSON]:
    """Groups of tags: CodeDeploy lists lists, CloudFormation objects that hold one each."""
    attribute = groups[:1].lower() + groups[1:]

    def taken(value: JSON) -> JSON:
        return {attribute: [listed(one) for one in of_each(group)(mapping(value).get(groups))]}

    return taken


def _said(properties: Mapping[str, JSON], *names: str) -> object:
    """What is said inside of properties; None where nothing is."""
    value: object = properties
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else value
    return value


def copied(properties: Mapping[str, JSON]) -> Mapping[str, str]:
    """The scaling groups of a group that copies them: each deployment leaves another one."""
    kind = _said(properties, "DeploymentStyle", "DeploymentType")
    option = ("BlueGreenDeploymentConfiguration", "GreenFleetProvisioningOption", "Action")
    if kind is None or kind == "IN_PLACE" or _said(properties, *option) == "DISCOVER_EXISTING":
        return {}
    return {"autoScalingGroups": "CodeDeploy copies it with each deployment"}


DEPLOYMENT_GROUP = Declarable(
    pipelines.DEPLOYMENT_GROUP,
    (
        *below(
            "AlarmConfiguration", "AutoRollbackConfiguration", "BlueGreenDeploymentConfiguration",
            "DeploymentStyle", "LoadBalancerInfo", "TriggerConfigurations",
        ),
        *lowered(
            "DeploymentConfigName", "Ec2TagFilters", "OnPremisesInstanceTagFilters",
            "OutdatedInstancesStrategy", "ServiceRoleArn", "TerminationHookEnabled",
        ),
        Property("AutoScalingGroups", "autoScalingGroups", taken=each_as("name")),
        Property("ECSServices", "ecsServices", taken=small_names),
        Property("Ec2TagSet", "ec2TagSet", taken=tag_set("Ec2TagSetList", "Ec2TagGroup")),
        Property(
            "OnPremisesTagSet",
            "onPremisesTagSet",
            taken=tag_set("OnPremisesTagSetList", "OnPremisesTagGroup"),
        ),
    ),
    silent={"ApplicationName", "DeploymentGroupName", "Deployment"},
    lent=copied,
)  # fmt: skip
