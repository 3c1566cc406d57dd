"""Whether a principal can use a key: AWS's own example policies, and what breaks them."""

from dataclasses import replace

import pytest

from probes.analysis.access import SERVICE_LINKED, Decision, Identity
from probes.analysis.answers import Answer
from probes.analysis.conditions import Context
from probes.analysis.kms_access import Circumstances, Grant, Key, can_use
from probes.analysis.kms_operations import OPERATIONS, VOLUME_OPERATIONS, expanded
from probes.analysis.policy import parse
from probes.analysis.principals import Principal

ACCOUNT, OTHER, REGION = "111122223333", "999999999999", "eu-west-1"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SLR_PATH = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
SLR_ARN = f"arn:aws:iam::{ACCOUNT}:{SLR_PATH}"
SLR = Principal.identity(SLR_ARN, unique_id="AROA1234567890ABCDEFG")
ROLE = Principal.identity(f"arn:aws:iam::{ACCOUNT}:role/app")
LOGS = Principal.of_service(f"logs.{REGION}.amazonaws.com")
LOG_GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/app"
LOGS_OPERATIONS = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*")


def statement(sid, principal, action, **elements):
    base = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action}
    return base | {"Resource": "*"} | elements


def policy(*statements):
    return parse({"Version": "2012-10-17", "Statement": list(statements)})


def a_key(*statements, **facts):
    key = Key(
        arn=KEY_ARN,
        account=ACCOUNT,
        manager="CUSTOMER",
        state="Enabled",
        spec="SYMMETRIC_DEFAULT",
        usage="ENCRYPT_DECRYPT",
        policies=(policy(*statements),),
    )
    return replace(key, **facts)


def under(encryption_context=None, absent=(), **keys):
    known = {name.replace("_", ":"): (value,) for name, value in keys.items()}
    return Circumstances(Context(known, frozenset(absent)), encryption_context)


def identity(*statements):
    return Identity((policy(*statements),))


ROOT = statement("Root", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "kms:*")
USE_ACTIONS = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]
USE_ACTIONS += ["kms:DescribeKey"]
USE = statement("Use", {"AWS": [SLR_ARN]}, USE_ACTIONS)
FOR_AWS = {"Bool": {"kms:GrantIsForAWSResource": True}}
ATTACH = statement("Attach", {"AWS": [SLR_ARN]}, ["kms:CreateGrant"], Condition=FOR_AWS)
LAUNCH = under(kms_GrantIsForAWSResource="true", kms_ViaService=f"ec2.{REGION}.amazonaws.com")


def launch(key, principal=SLR, held=SERVICE_LINKED, circumstances=LAUNCH):
    return can_use(key, principal, VOLUME_OPERATIONS, identity=held, circumstances=circumstances)


class TestAutoScalingWithEncryptedVolumes:
    def test_the_two_documented_statements_let_it_launch(self):
        found = launch(a_key(ROOT, USE, ATTACH))
        assert found.allowed is Answer.YES
        by = {action: access.by for action, access in found.by_action}
        assert by["kms:Decrypt"] == ("statement 'Use'",)
        assert by["kms:CreateGrant"] == ("statement 'Attach'",)

    def test_the_root_statement_alone_does_not(self):
        found = launch(a_key(ROOT))
        assert found.allowed is Answer.NO
        assert len(found.missing) == len(VOLUME_OPERATIONS)
        assert "'Root' only delegates" in found.reasons[0]

    def test_a_missing_create_grant_is_named(self):
        assert launch(a_key(ROOT, USE)).missing == ("kms:CreateGrant",)

    def test_a_grant_condition_on_the_other_actions_stops_them(self):
        joined = {**USE, "Action": [*USE_ACTIONS, "kms:CreateGrant"], "Condition": FOR_AWS}
        found = launch(a_key(ROOT, joined))
        assert set(found.missing) == {f"kms:{name}" for name in VOLUME_OPERATIONS} - {
            "kms:CreateGrant"
        }

    def test_a_policy_for_the_default_role_does_not_serve_a_suffixed_one(self):
        suffixed = Principal.identity(f"{SLR_ARN}_suffix")
        assert launch(a_key(ROOT, USE, ATTACH), suffixed).allowed is Answer.NO

    def test_a_role_that_was_deleted_and_made_anew_is_not_meant(self):
        ghost = {"AWS": "AROAXXXXXXXXXXXXXXXXX"}
        key = a_key(ROOT, {**USE, "Principal": ghost}, {**ATTACH, "Principal": ghost})
        assert launch(key).allowed is Answer.NO

    @pytest.mark.parametrize(
        ("service", "expected"), [("ec2", Answer.YES), ("s3", Answer.NO)], ids=["ec2", "s3"]
    )
    def test_anyone_of_the_account_via_a_service_is_the_role_via_that_service(
        self, service, expected
    ):
        condition = {
            "StringEquals": {
                "kms:CallerAccount": ACCOUNT,
                "kms:ViaService": f"{service}.{REGION}.amazonaws.com",
            }
        }
        anyone = statement("Via", {"AWS": "*"}, "kms:*", Condition=condition)
        assert launch(a_key(anyone)).allowed is expected

    def test_via_service_cannot_be_told_where_nobody_knows_it(self):
        condition = {"StringEquals": {"kms:ViaService": f"ec2.{REGION}.amazonaws.com"}}
        found = can_use(
            a_key({**USE, "Condition": condition}), SLR, ["Decrypt"], identity=SERVICE_LINKED
        )
        assert found.undecided == ("kms:Decrypt",)
        assert "kms:ViaService" in found.reasons[0]

    def test_the_key_policy_of_an_aws_managed_key_is_evaluated_like_any_other(self):
        condition = {
            "StringEquals": {
                "kms:CallerAccount": ACCOUNT,
                "kms:ViaService": f"ec2.{REGION}.amazonaws.com",
            }
        }
        own = statement("EBS", {"AWS": "*"}, "kms:*", Condition=condition)
        assert launch(a_key(own, manager="AWS")).allowed is Answer.YES
        assert launch(a_key(own, manager="AWS"), circumstances=under()).allowed is (
            Answer.CANNOT_TELL
        )


class TestCloudWatchLogs:
    def logs(self, **changes):
        condition = {
            "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:*"}
        }
        principal = {"Service": f"logs.{REGION}.amazonaws.com"}
        actions = [*USE_ACTIONS[:4], "kms:Describe*"]
        return {**statement("Logs", principal, actions, Condition=condition), **changes}

    def used(self, *statements, group=LOG_GROUP):
        around = under({"aws:logs:arn": group})
        wanted = (*LOGS_OPERATIONS, "kms:Describe*")
        return can_use(a_key(*statements), LOGS, wanted, circumstances=around)

    def test_the_documented_statement_lets_it_use_the_key(self):
        assert self.used(ROOT, self.logs()).allowed is Answer.YES

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"Principal": {"Service": "logs.amazonaws.com"}}, id="global principal"),
            pytest.param({"Principal": {"Service": "logs.us-east-1.amazonaws.com"}}, id="region"),
            pytest.param(
                {"Condition": {"StringEquals": {"kms:ViaService": f"logs.{REGION}.amazonaws.com"}}},
                id="via service, which a service is not",
            ),
            pytest.param(
                {"Condition": {"StringEquals": {"kms:EncryptionContext:aws:logs:arn": "arn:*"}}},
                id="a star that is no wildcard",
            ),
            pytest.param(
                {
                    "Condition": {
                        "ArnEquals": {"kms:EncryptionContext:aws:logs:arn": f"{LOG_GROUP}:*"}
                    }
                },
                id="a pattern of streams",
            ),
            pytest.param(
                {"Condition": {"StringLike": {"kms:EncryptionContext:SecretARN": "*"}}},
                id="another encryption context",
            ),
            pytest.param({"Resource": "arn:aws:kms:eu-west-1:1:key/other"}, id="another key"),
        ],
    )
    def test_what_misses_the_service_or_its_call_is_found(self, changes):
        assert self.used(ROOT, self.logs(**changes)).allowed is Answer.NO

    def test_missing_actions_are_named(self):
        found = self.used(ROOT, self.logs(Action=["kms:GenerateDataKey", "kms:Decrypt"]))
        assert "kms:Encrypt" in found.missing
        assert "kms:GenerateDataKey" not in found.missing

    def test_actions_may_be_split_over_statements(self):
        halves = [self.logs(Action=USE_ACTIONS[:2]), self.logs(Action=[*USE_ACTIONS[2:]])]
        assert self.used(*halves).allowed is Answer.YES

    def test_source_account_does_as_well(self):
        condition = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
        key = a_key(self.logs(Condition=condition))
        around = under(aws_SourceAccount=ACCOUNT)
        assert can_use(key, LOGS, LOGS_OPERATIONS, circumstances=around).allowed is Answer.YES

    def test_caller_account_cannot_be_told_for_a_service(self):
        condition = {"StringEquals": {"kms:CallerAccount": ACCOUNT}}
        found = self.used(self.logs(Condition=condition))
        assert found.allowed is Answer.CANNOT_TELL

    def test_a_deny_for_callers_outside_the_organisation_stops_it(self):
        outside = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "kms:*",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
        }
        found = self.used(self.logs(), outside)
        assert {access.decision for _, access in found.by_action} == {Decision.DENIED}


def test_sns_takes_messages_of_services_that_the_key_policy_names():
    publisher = Principal.of_service("cloudwatch.amazonaws.com")
    allowed = statement(
        "Alarms",
        {"Service": "cloudwatch.amazonaws.com"},
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    )
    wanted, around = ["kms:GenerateDataKey*", "kms:Decrypt"], under(aws_SourceAccount=ACCOUNT)
    assert (
        can_use(a_key(ROOT, allowed), publisher, wanted, circumstances=around).allowed is Answer.YES
    )
    assert can_use(a_key(ROOT), publisher, wanted, circumstances=around).allowed is Answer.NO


DECRYPT = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}


class TestRoles:
    @pytest.mark.parametrize(
        ("held", "expected"),
        [
            pytest.param(identity(DECRYPT), Decision.ALLOWED, id="allowed there"),
            pytest.param(
                identity({**DECRYPT, "Resource": KEY_ARN}), Decision.ALLOWED, id="this key"
            ),
            pytest.param(
                identity({**DECRYPT, "Resource": f"{KEY_ARN}0"}), Decision.NOT_ALLOWED, id="another"
            ),
            pytest.param(identity(), Decision.NOT_ALLOWED, id="not allowed there"),
            pytest.param(
                identity(DECRYPT, {**DECRYPT, "Effect": "Deny"}), Decision.DENIED, id="denied there"
            ),
            pytest.param(None, Decision.CANNOT_TELL, id="not read"),
        ],
    )
    def test_a_delegation_to_the_account_leaves_it_to_iam(self, held, expected):
        ((_, access),) = can_use(a_key(ROOT), ROLE, ["Decrypt"], identity=held).by_action
        assert access.decision is expected

    def test_iam_alone_opens_no_key(self):
        held = identity(DECRYPT)
        key = a_key(statement("Other", {"AWS": OTHER}, "kms:*"))
        assert can_use(key, ROLE, ["Decrypt"], identity=held).allowed is Answer.NO

    def test_both_ways_of_a_delegation_are_named(self):
        ((_, access),) = can_use(
            a_key(ROOT), ROLE, ["Decrypt"], identity=identity({**DECRYPT, "Sid": "Mine"})
        ).by_action
        assert access.by == ("statement 'Root'", "statement 'Mine'")

    def test_a_second_policy_of_the_key_adds_to_the_first(self):
        shared = policy(statement("Shared", {"AWS": ROLE.arn}, "kms:Decrypt"))
        key = a_key(ROOT)
        both = replace(key, policies=(*(key.policies or ()), shared))
        assert can_use(both, ROLE, ["Decrypt"], identity=Identity()).allowed is Answer.YES

    def test_the_root_user_is_the_account(self):
        root = Principal.identity(f"arn:aws:iam::{ACCOUNT}:root")
        assert can_use(a_key(ROOT), root, ["Decrypt"], identity=Identity()).allowed is Answer.YES

    def test_a_boundary_limits_a_role_that_the_key_policy_names(self):
        named = statement("Named", {"AWS": ROLE.arn}, "kms:Decrypt")
        held = Identity(boundary=policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}))
        assert can_use(a_key(named), ROLE, ["Decrypt"], identity=held).allowed is Answer.NO

    def test_a_boundary_that_could_not_be_read_leaves_it_open(self):
        named = statement("Named", {"AWS": ROLE.arn}, "kms:Decrypt")
        held = Identity(boundary=policy(), complete=False)
        found = can_use(a_key(named), ROLE, ["Decrypt"], identity=held)
        assert found.allowed is Answer.CANNOT_TELL

    def test_a_secret_is_read_through_secrets_manager(self):
        condition = {"StringEquals": {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}}
        held = identity({**DECRYPT, "Condition": condition})
        around = under(kms_ViaService=f"secretsmanager.{REGION}.amazonaws.com")
        found = can_use(a_key(ROOT), ROLE, ["Decrypt"], identity=held, circumstances=around)
        assert found.allowed is Answer.YES


class TestAcrossAccounts:
    stranger = Principal.identity(f"arn:aws:iam::{OTHER}:role/app")
    shared = statement("Shared", {"AWS": f"arn:aws:iam::{OTHER}:root"}, "kms:Decrypt")
    held = identity({"Effect": "Allow", "Action": "kms:*", "Resource": "*"})

    def test_key_policy_and_iam_must_both_allow(self):
        decisions = [
            can_use(key, self.stranger, ["Decrypt"], identity=held).allowed
            for key, held in (
                (a_key(self.shared), self.held),
                (a_key(self.shared), Identity()),
                (a_key(ROOT), self.held),
            )
        ]
        assert decisions == [Answer.YES, Answer.NO, Answer.NO]

    def test_the_refusal_says_that_both_are_needed(self):
        found = can_use(a_key(self.shared), self.stranger, ["Decrypt"], identity=Identity())
        assert "own account's IAM policies" in found.reasons[0]

    def test_a_key_of_which_the_policy_was_not_read_cannot_be_told(self):
        key = a_key(policies=None)
        found = can_use(key, self.stranger, ["Decrypt"], identity=self.held)
        assert found.undecided == ("kms:Decrypt",)
        assert found.reasons == ("the key policy was not read",)

    def test_a_visible_grant_proves_access_to_it(self):
        key = a_key(policies=None, grants=(grant(self.stranger.arn),))
        found = can_use(key, self.stranger, ["Decrypt"], identity=Identity())
        assert found.allowed is Answer.YES

    def test_a_deny_in_iam_proves_the_contrary(self):
        held = identity({"Effect": "Deny", "Action": "kms:*", "Resource": "*"})
        key = a_key(policies=None, grants=(grant(self.stranger.arn),))
        assert can_use(key, self.stranger, ["Decrypt"], identity=held).allowed is Answer.NO

    def test_a_key_that_aws_manages_is_never_shared(self):
        key = a_key(statement("All", "*", "kms:*"), manager="AWS")
        assert can_use(key, self.stranger, ["Decrypt"], identity=self.held).allowed is Answer.NO


def grant(grantee=SLR_ARN, operations=VOLUME_OPERATIONS, **constraints):
    return Grant("g1", grantee, frozenset(operations), **constraints)


class TestGrants:
    def test_a_grant_of_all_operations_lets_auto_scaling_launch(self):
        found = launch(a_key(ROOT, grants=(grant(),)))
        assert found.allowed is Answer.YES
        assert all(access.by == ("grant g1",) for _, access in found.by_action)

    def test_several_grants_add_up(self):
        grants = (grant(operations=VOLUME_OPERATIONS[:4]), grant(operations=VOLUME_OPERATIONS[4:]))
        assert launch(a_key(ROOT, grants=grants)).allowed is Answer.YES

    def test_an_operation_that_is_not_granted_is_named(self):
        held = (grant(operations=VOLUME_OPERATIONS[:-1]),)
        assert launch(a_key(ROOT, grants=held)).missing == ("kms:CreateGrant",)

    def test_re_encryption_is_granted_in_two_halves(self):
        held = a_key(ROOT, grants=(grant(operations=["ReEncryptFrom"]),))
        found = can_use(held, SLR, ["kms:ReEncrypt*"], identity=SERVICE_LINKED)
        assert found.missing == ("kms:ReEncryptTo",)

    @pytest.mark.parametrize(
        ("grantee", "principal", "expected"),
        [
            pytest.param(SLR_ARN, SLR, Answer.YES, id="its ARN"),
            pytest.param("AROA1234567890ABCDEFG", SLR, Answer.YES, id="its unique id"),
            pytest.param("AROAXXXXXXXXXXXXXXXXX", SLR, Answer.NO, id="the id of a removed role"),
            pytest.param(
                "AROAXXXXXXXXXXXXXXXXX", ROLE, Answer.CANNOT_TELL, id="an id, its own not known"
            ),
            pytest.param(f"{SLR_ARN}_x", SLR, Answer.NO, id="another role"),
            pytest.param(ACCOUNT, ROLE, Answer.CANNOT_TELL, id="its account"),
            pytest.param("autoscaling.amazonaws.com", SLR, Answer.CANNOT_TELL, id="its service"),
            pytest.param("rds.eu-west-1.amazonaws.com", SLR, Answer.NO, id="another service"),
            pytest.param(None, SLR, Answer.NO, id="nobody"),
            pytest.param(LOGS.service, LOGS, Answer.YES, id="the service itself"),
            pytest.param(
                f"arn:aws:sts::{ACCOUNT}:assumed-role/app/s",
                ROLE,
                Answer.CANNOT_TELL,
                id="a session",
            ),
        ],
    )
    def test_a_grant_is_for_its_grantee(self, grantee, principal, expected):
        key = a_key(grants=(grant(grantee, ["Decrypt"]),))
        assert can_use(key, principal, ["Decrypt"], identity=Identity()).allowed is expected

    def test_a_grant_to_a_service_by_its_own_field_is_bound_to_its_source(self):
        held = grant(None, ["Decrypt"], grantee_service=LOGS.service, source_arn=LOG_GROUP)
        answers = [
            can_use(a_key(grants=(held,)), LOGS, ["Decrypt"], circumstances=around).allowed
            for around in (
                under(aws_SourceArn=LOG_GROUP),
                under(aws_SourceArn=f"{LOG_GROUP}2"),
                under(absent={"aws:SourceArn"}),
                under(),
            )
        ]
        assert answers == [Answer.YES, Answer.NO, Answer.NO, Answer.CANNOT_TELL]

    @pytest.mark.parametrize(
        ("constraint", "given", "expected"),
        [
            pytest.param({"subset": (("A", "1"),)}, {"a": "1", "b": "2"}, Answer.YES, id="subset"),
            pytest.param({"subset": (("a", "1"),)}, {"a": "2"}, Answer.NO, id="another value"),
            pytest.param({"subset": (("a", "1"),)}, {}, Answer.NO, id="no context"),
            pytest.param({"subset": (("a", "1"),)}, None, Answer.CANNOT_TELL, id="unknown context"),
            pytest.param({"equals": (("a", "1"),)}, {"a": "1"}, Answer.YES, id="equal"),
            pytest.param({"equals": (("a", "1"),)}, {"a": "1", "b": "2"}, Answer.NO, id="too much"),
            pytest.param(
                {"equals": (("a", "1"),)}, None, Answer.CANNOT_TELL, id="unknown equality"
            ),
        ],
    )
    def test_a_constraint_holds_the_encryption_context(self, constraint, given, expected):
        key = a_key(grants=(grant(operations=["Decrypt", "DescribeKey"], **constraint),))
        found = can_use(
            key,
            SLR,
            ["Decrypt", "DescribeKey"],
            identity=SERVICE_LINKED,
            circumstances=under(given),
        )
        answers = dict(found.by_action)
        assert answers["kms:Decrypt"].allowed is expected
        assert answers["kms:DescribeKey"].allowed is Answer.YES

    def test_making_grants_under_a_constraint_cannot_be_told(self):
        key = a_key(grants=(grant(subset=(("a", "1"),)),))
        found = can_use(
            key, SLR, ["CreateGrant"], identity=SERVICE_LINKED, circumstances=under({"a": "1"})
        )
        assert found.allowed is Answer.CANNOT_TELL

    def test_a_deny_in_the_key_policy_beats_a_grant(self):
        denied = {**statement("No", "*", "kms:Decrypt"), "Effect": "Deny"}
        found = launch(a_key(ROOT, denied, grants=(grant(),)))
        assert found.missing == ("kms:Decrypt",)

    def test_grants_that_were_not_read_leave_a_refusal_open(self):
        assert launch(a_key(ROOT, grants=None)).allowed is Answer.CANNOT_TELL
        assert launch(a_key(ROOT, USE, ATTACH, grants=None)).allowed is Answer.YES

    @pytest.mark.parametrize(
        ("action", "expected"), [("kms:*", Answer.YES), ("s3:*", Answer.CANNOT_TELL)]
    )
    def test_whether_a_boundary_limits_a_grant_cannot_be_told(self, action, expected):
        held = Identity(boundary=policy({"Effect": "Allow", "Action": action, "Resource": "*"}))
        key = a_key(grants=(grant(ROLE.arn, ["Decrypt"]),))
        assert can_use(key, ROLE, ["Decrypt"], identity=held).allowed is expected


class TestKeys:
    everyone = statement("All", "*", "kms:*")

    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            ("Enabled", Answer.YES),
            ("Updating", Answer.YES),
            ("Disabled", Answer.NO),
            ("PendingDeletion", Answer.NO),
            ("PendingReplicaDeletion", Answer.NO),
            ("PendingImport", Answer.NO),
            ("Unavailable", Answer.NO),
            ("Creating", Answer.NO),
            ("Hibernating", Answer.CANNOT_TELL),
        ],
    )
    def test_the_state_decides_before_any_policy(self, state, expected):
        found = can_use(a_key(self.everyone, state=state), ROLE, ["Decrypt"], identity=Identity())
        assert found.allowed is expected
        assert all(state in reason for reason in found.reasons)

    @pytest.mark.parametrize(
        ("spec", "usage", "operation", "expected"),
        [
            ("RSA_2048", "ENCRYPT_DECRYPT", "Encrypt", Answer.YES),
            ("RSA_2048", "ENCRYPT_DECRYPT", "GenerateDataKey", Answer.NO),
            ("RSA_2048", "SIGN_VERIFY", "Sign", Answer.YES),
            ("RSA_2048", "SIGN_VERIFY", "Decrypt", Answer.NO),
            ("HMAC_256", "GENERATE_VERIFY_MAC", "DescribeKey", Answer.YES),
            ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "GenerateMac", Answer.NO),
            ("QUANTUM", "TELEPORT", "Decrypt", Answer.CANNOT_TELL),
        ],
    )
    def test_a_key_serves_only_what_it_is_made_for(self, spec, usage, operation, expected):
        key = a_key(self.everyone, spec=spec, usage=usage)
        assert can_use(key, ROLE, [operation], identity=Identity()).allowed is expected

    def test_a_manager_that_is_not_known_cannot_be_told(self):
        key = a_key(self.everyone, manager="MARS")
        assert can_use(key, ROLE, ["Decrypt"], identity=Identity()).allowed is Answer.CANNOT_TELL


class TestOperations:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (["kms:Decrypt"], {"Decrypt"}),
            (["decrypt", "KMS:Decrypt", "kms:decrypt"], {"Decrypt"}),
            (["kms:ReEncrypt*"], {"ReEncryptFrom", "ReEncryptTo"}),
            (
                ["kms:GenerateDataKey*"],
                {
                    "GenerateDataKey",
                    "GenerateDataKeyPair",
                    "GenerateDataKeyPairWithoutPlaintext",
                    "GenerateDataKeyWithoutPlaintext",
                },
            ),
            (["kms:Describe*"], {"DescribeKey"}),
            (["kms:*"], set(OPERATIONS)),
            (["kms:Levitate"], {"Levitate"}),
        ],
        ids=[
            "one",
            "any case",
            "both ends of a re-encryption",
            "a pattern",
            "one by a pattern",
            "everything",
            "one that is not known",
        ],
    )
    def test_names_and_patterns_stand_for_operations(self, given, expected):
        assert set(expanded(given)) == expected
        assert len(expanded(given)) == len(expected)
