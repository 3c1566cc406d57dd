"""EC2: security groups, their rules, and the prefix lists that rules name."""

from __future__ import annotations

from pydantic import Field

from auditor.facts import Facts
from auditor.query import Query, Shape
from auditor.resources import Tags
from probes.analysis.addresses import PrefixList

_ARN = "arn:{partition}:ec2:{region}:{account}"
_LARGEST_PAGE = 1000

DEFAULT = "default"
"""The name of the group that every VPC begins with; AWS keeps the name for it."""


class SecurityGroup(Shape):
    """A security group without its rules, which are listed apart; its name is unique in its VPC."""

    group_id: str
    group_name: str
    vpc_id: str = ""
    tags: Tags = Field(default_factory=dict)


class ReferencedGroup(Shape):
    """A group as the peer of a rule; status and connection only behind a VPC peering."""

    group_id: str | None = None
    user_id: str | None = None
    vpc_id: str | None = None
    vpc_peering_connection_id: str | None = None
    peering_status: str | None = None


class SecurityGroupRule(Shape):
    """One rule: one protocol, one port range, one peer (API model, `SecurityGroupRule`)."""

    security_group_rule_id: str
    group_id: str
    is_egress: bool
    ip_protocol: str | None = None
    from_port: int | None = None
    to_port: int | None = None
    cidr_ipv4: str | None = None
    cidr_ipv6: str | None = None
    prefix_list_id: str | None = None
    referenced_group_info: ReferencedGroup | None = None


class ManagedPrefixList(Shape):
    """A prefix list of the account, shared with it, or of AWS (owner `AWS`)."""

    prefix_list_id: str
    prefix_list_name: str = ""
    prefix_list_arn: str = ""
    owner_id: str = ""
    address_family: str = ""
    tags: Tags = Field(default_factory=dict)


class PrefixListEntry(Shape):
    """One block of a prefix list."""

    cidr: str


def kept_by_customers(prefix_list: ManagedPrefixList) -> bool:
    """Whether the entries are worth reading: those of AWS's own lists are AWS's services."""
    return not as_prefix_list(prefix_list).aws_managed


def as_prefix_list(
    prefix_list: ManagedPrefixList, entries: tuple[str, ...] | None = None
) -> PrefixList:
    """The list as the analysis of rules reads it; entries of None were not read."""
    return PrefixList(
        prefix_list.prefix_list_id,
        prefix_list.prefix_list_name,
        prefix_list.owner_id or None,
        entries,
    )


def group_of(rule: SecurityGroupRule) -> str:
    """For `where`: the rules of a group."""
    return rule.group_id


def name_of(group: SecurityGroup) -> str:
    """For `where`: the groups of a name, one in each VPC."""
    return group.group_name


SECURITY_GROUPS = Query(
    "ec2:DescribeSecurityGroups",
    SecurityGroup,
    each="SecurityGroups",
    key="GroupId",
    also={"MaxResults": _LARGEST_PAGE},
    arn=f"{_ARN}:security-group/{{GroupId}}",
    name="GroupName",
    tags="Tags",
    type="AWS::EC2::SecurityGroup",
)
DEFAULT_GROUPS = Query(
    "ec2:DescribeSecurityGroups",
    SecurityGroup,
    each="SecurityGroups",
    key="GroupId",
    also={
        "MaxResults": _LARGEST_PAGE,
        "Filters": [{"Name": "group-name", "Values": ["default"]}],
    },
    arn=f"{_ARN}:security-group/{{GroupId}}",
    name="GroupName",
    tags="Tags",
    type="AWS::EC2::SecurityGroup",
    label="default",
)
SECURITY_GROUP_RULES = Query(
    "ec2:DescribeSecurityGroupRules",
    SecurityGroupRule,
    each="SecurityGroupRules",
    key="SecurityGroupRuleId",
    also={"MaxResults": _LARGEST_PAGE},
    arn=f"{_ARN}:security-group-rule/{{SecurityGroupRuleId}}",
)
PREFIX_LISTS = Query(
    "ec2:DescribeManagedPrefixLists",
    ManagedPrefixList,
    each="PrefixLists",
    key="PrefixListId",
    also={"MaxResults": 100},
    arn="PrefixListArn",
    name="PrefixListName",
    tags="Tags",
    type="AWS::EC2::PrefixList",
)
PREFIX_LIST_ENTRIES = Query(
    "ec2:GetManagedPrefixListEntries",
    PrefixListEntry,
    each="Entries",
    key="Cidr",
    of=PREFIX_LISTS,
    given={"PrefixListId": "PrefixListId"},
    also={"MaxResults": 100},
    when=kept_by_customers,
    gone={"InvalidPrefixListID.NotFound"},
)


def prefix_list(list_id: str, facts: Facts) -> PrefixList | None:
    """A prefix list with its entries; None where the account does not list it.

    Needs `PREFIX_LISTS` and `PREFIX_LIST_ENTRIES`.
    """
    found = facts.named(PREFIX_LISTS, list_id)
    if found is None:
        return None
    if not kept_by_customers(found):
        return as_prefix_list(found)
    entries = facts.of(found).each(PREFIX_LIST_ENTRIES)
    return as_prefix_list(found, tuple(entry.cidr for entry in entries))
