"""The migration: instances before a database whose password lies in a secret."""

from tests.stories.telling import Row, assert_found, assert_items, assert_repaired

FOUND: dict[str, list[Row]] = {
    "S1.2": [
        ("auto_scaling.bootstrap_database_secret", "Template", "gap", "low", "no-secret-fetch"),
    ],
    "S1.3": [
        ("secrets.rotation enabled", "DbSecret", "gap", "medium", "never-configured"),
    ],
    "S1.4": [
        ("load_balancing.https_listener", "WebLoadBalancer", "gap", "high", "no-https"),
        ("load_balancing.http_redirect", "WebHttpListener", "drift", "high", "forwards-http"),
        ("network.https_admitted", "WebLoadBalancer", "gap", "informational", "closed-too"),
    ],
    "S1.6": [
        ("databases.log_exports exported", "Database", "gap", "medium", "log-export-missing"),
    ],
    "S1.7": [
        ("stacks.outputs missing", "migration-broken", "gap", "low", "missing-output"),
    ],
    "S1.8": [
        ("tags.required_tags missing", "(instance)", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "Group", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "PublicSubnetA", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "PublicSubnetB", "gap", "low", "missing-key"),
    ],
    "S1.9": [
        ("auto_scaling.tag_specifications", "Template", "gap", "low", "missing-key"),
    ],
    "S1.10": [
        ("auto_scaling.tags_propagate", "Group", "gap", "low", "missing-key"),
    ],
}
"""What is found for each item."""


def test_what_is_found_as_the_document_found_it():
    assert_found("migration", FOUND)


def test_each_item_is_found_where_it_is():
    assert_items("migration", FOUND)


def test_nothing_is_found_once_it_is_repaired():
    assert_repaired("migration")
