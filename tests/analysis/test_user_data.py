import json
from base64 import b64encode

import pytest
from pydantic import ValidationError

from auditor.query import prune
from probes.aws.autoscaling import LaunchConfiguration
from probes.aws.ec2_templates import TemplateVersion

SCRIPT = "#!/bin/bash\nset -e\nexport DB_PASSWORD=hunter2-hunter2\n"
SENT = b64encode(SCRIPT.encode()).decode()


def in_template(user_data):
    data = {"ImageId": "ami-1"} | ({} if user_data is None else {"UserData": user_data})
    return {
        "LaunchTemplateId": "lt-1",
        "LaunchTemplateName": "web",
        "VersionNumber": 1,
        "LaunchTemplateData": data,
    }


def in_configuration(user_data):
    named = {"LaunchConfigurationName": "old", "LaunchConfigurationARN": "arn"}
    return named | ({} if user_data is None else {"UserData": user_data})


def of_template(kept):
    return TemplateVersion.model_validate(kept).launch_template_data.user_data


def of_configuration(kept):
    return LaunchConfiguration.model_validate(kept).user_data


HOLDERS = [
    pytest.param(TemplateVersion, in_template, of_template, id="launch template"),
    pytest.param(LaunchConfiguration, in_configuration, of_configuration, id="configuration"),
]


@pytest.mark.parametrize(("shape", "sent", "read"), HOLDERS)
def test_user_data_is_kept_as_facts_and_not_as_text(shape, sent, read):
    kept = prune(shape, sent(SENT))
    text = json.dumps(kept)
    assert "hunter2" not in text
    assert SENT not in text
    facts = read(json.loads(text))
    assert facts is not None
    assert facts.errexit == "yes"
    assert len(facts.digest) == 64


@pytest.mark.parametrize(("shape", "sent", "read"), HOLDERS)
@pytest.mark.parametrize("user_data", [None, ""])
def test_no_user_data_is_none(shape, sent, read, user_data):
    assert read(prune(shape, sent(user_data))) is None


@pytest.mark.parametrize(("shape", "sent", "read"), HOLDERS)
def test_user_data_that_is_no_text_cannot_be_read(shape, sent, read):
    with pytest.raises(ValidationError):
        read(prune(shape, sent(7)))
