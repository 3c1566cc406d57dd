"""The release: CodeDeploy and CodePipeline with one key for artifacts and logs."""

from tests.stories.telling import Row, assert_found, assert_items, assert_repaired

FOUND: dict[str, list[Row]] = {
    "S4.1": [
        ("access.template_policies_exist", "release-broken-first", "drift", "high", "wrong-path"),
        ("stacks.last_operation", "release-broken-first", "drift", "medium", "dead-managed-policy"),
        ("access.least_privilege pass_role", "DeploymentRole", "drift", "high", "iam-passrole-any"),
        ("access.least_privilege services", "DeploymentRole", "drift", "high", "service-wildcard"),
    ],
    "S4.2": [
        ("encryption.logs_access", "ReleaseKey", "gap", "medium", "global-principal"),
        ("stacks.last_operation", "release-broken-second", "drift", "medium", "dead-logs-key"),
        (
            "encryption.key_policy service_confused_deputy",
            "ReleaseKey",
            "gap",
            "low",
            "service-confused-deputy",
        ),
    ],
}
"""What is found for each item."""


def test_what_is_found_as_the_document_found_it():
    assert_found("release", FOUND)


def test_each_item_is_found_where_it_is():
    assert_items("release", FOUND)


def test_nothing_is_found_once_it_is_repaired():
    assert_repaired("release")
