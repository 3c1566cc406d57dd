"""What is generated from the code is current."""

import json

import jsonschema
import pytest
import yaml

from auditor.baseline import load as load_baseline
from auditor.catalogue import load
from auditor.generate import ROOT, files
from auditor.settings import ENVIRONMENTS

FILES = files()
PROBES = load()
BASELINE = ROOT / "config" / "baseline.yaml"


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_what_the_code_says(name):
    assert (ROOT / name).read_text() == FILES[name](), "run `auditor generate`"


def test_the_baseline_file_says_what_counts_without_it():
    written, shipped = load_baseline(BASELINE, PROBES), load_baseline(None, PROBES)
    for probe in PROBES:
        for environment in ENVIRONMENTS:
            expected = shipped.settings(probe, environment)
            assert written.settings(probe, environment) == expected, probe.id
    assert written.content.environments == shipped.content.environments


def test_the_baseline_file_fits_its_schema():
    schema = json.loads((ROOT / "config" / "baseline.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(BASELINE.read_text()), schema)


def test_the_schema_refuses_a_setting_that_does_not_exist():
    schema = json.loads((ROOT / "config" / "baseline.schema.json").read_text())
    wrong = {"version": 1, "settings": {"tags": {"requierd": []}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)
