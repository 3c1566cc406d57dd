"""Messages of topics are encrypted at rest, by a key that those who publish can use.

SNS encrypts at rest only where the topic names a key of KMS. AWS's own key for SNS shuts out
services that publish in their own name, for its policy cannot be changed: alarms, event rules, S3,
RDS events and others need a customer managed key whose policy grants the service principal
`kms:GenerateDataKey*` and `kms:Decrypt` (SNS developer guide, "Key management"). So `alias/aws/sns`
is no remedy before it is known who publishes; the evidence names whom we know. Whether alarms can
publish is judged with the alarms, not here.

Fix: `aws sns set-topic-attributes --topic-arn TOPIC --attribute-name KmsMasterKeyId
--attribute-value KEY`, with a customer managed key that lets in who publishes; in CloudFormation
`KmsMasterKeyId`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.analysis.answers import CannotTell
from probes.aws import sns
from probes.aws.sns import Topic
from probes.groups import Helpers
from probes.storage._keys import KEY_QUERIES, WISHES, Sealing, is_customers, unless_customers
from probes.storage._publishers import (
    NEED_A_KEY,
    QUERIES,
    blocked,
    publishers,
    services_admitted,
)


class Sealed(Settings):
    """With whose key topics must be sealed."""

    helpers: Helpers = Helpers()
    encryption: Sealing = setting(
        "any", "Nothing (none), any key of KMS (any), or one that the customer manages (cmk)."
    )


class TopicEncryption(Probe[Topic, Sealed]):
    """The key of each topic, and whether the services that its policy admits can use it."""

    subject, needs = sns.TOPICS, (*QUERIES, *KEY_QUERIES)
    severity, settings, parts = Severity.MEDIUM, Sealed, ("sealing", "publishing")
    sources = ("S2",)

    def judge_sealing(self, topic: Topic, facts: Facts, expected: Sealed) -> Iterator[Remark]:
        if expected.helpers.include(facts.resource(topic).name.rpartition(":")[2]):
            yield not_applicable("it comes with Control Tower", code="helper")
            return
        attributes = facts.its(sns.ATTRIBUTES)
        key, production = attributes.kms_master_key_id, facts.environment == "production"
        if expected.encryption == "none":
            yield not_applicable("the baseline asks for no encryption")
        elif not key:
            yield gap(
                "messages are not encrypted at rest",
                code="unencrypted",
                severity=Severity.MEDIUM if production else Severity.LOW,
                expected=WISHES[expected.encryption],
                found="none",
                evidence={"publishers": publishers(attributes, facts)},
            )
        elif expected.encryption == "cmk":
            yield from unless_customers(key, facts)

    def judge_publishing(self, _: Topic, facts: Facts, __: Sealed) -> Iterator[Remark]:
        attributes = facts.its(sns.ATTRIBUTES)
        key, services = attributes.kms_master_key_id, services_admitted(attributes, facts)
        if not key:
            yield not_applicable("no key stands between it and who publishes")
        elif isinstance(services, CannotTell):
            yield unknown(f"whom its policy admits cannot be told: {services.reason}")
        elif not services & NEED_A_KEY:
            yield not_applicable("its policy admits no service that needs its key")
        else:
            yield from blocked(key, sorted(services & NEED_A_KEY), is_customers(key, facts))
