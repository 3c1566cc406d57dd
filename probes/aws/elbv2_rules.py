"""Elastic Load Balancing v2: what listeners do with requests, by rules and their actions."""

from __future__ import annotations

from auditor.query import Shape


class Redirect(Shape):
    """Where a redirect action sends clients; what is left out stays as it came (API reference)."""

    protocol: str = "#{protocol}"
    port: str = "#{port}"
    host: str = "#{host}"
    path: str = "/#{path}"
    status_code: str


class WeightedTargetGroup(Shape):
    """One of the target groups that a forward action spreads requests over."""

    target_group_arn: str
    weight: int | None = None


class Forward(Shape):
    """The target groups of a forward action."""

    target_groups: tuple[WeightedTargetGroup, ...] = ()


class Action(Shape):
    """One action of a rule; without `order` it is the only one."""

    type: str
    order: int = 0
    target_group_arn: str = ""
    redirect_config: Redirect | None = None
    forward_config: Forward | None = None

    @property
    def target_groups(self) -> tuple[str, ...]:
        """The ARNs of the target groups that it forwards to, each once."""
        several = self.forward_config.target_groups if self.forward_config else ()
        arns = (self.target_group_arn, *(group.target_group_arn for group in several))
        return tuple(dict.fromkeys(arn for arn in arns if arn))


class Patterns(Shape):
    """What a condition compares with: wildcard patterns, or regular expressions."""

    values: tuple[str, ...] = ()
    regex_values: tuple[str, ...] = ()


class RuleCondition(Shape):
    """One condition of a rule; path patterns stand in `values`, in the config, or in both."""

    field: str = ""
    values: tuple[str, ...] = ()
    regex_values: tuple[str, ...] = ()
    path_pattern_config: Patterns | None = None


class Rule(Shape):
    """A rule of a listener; the priority of the default rule is `default`."""

    rule_arn: str
    priority: str
    is_default: bool = False
    conditions: tuple[RuleCondition, ...] = ()
    actions: tuple[Action, ...] = ()
