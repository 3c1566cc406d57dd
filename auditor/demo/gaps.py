"""What moto lacks or says otherwise than AWS, put right around its answers.

Moto's `Response` classes turn a call into a method and the method's result into AWS's wire format.
A missing operation is therefore one more method; a false field is corrected after the fact, in the
answer as a client would read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from botocore.parsers import create_parser
from moto.autoscaling.responses import AutoScalingResponse
from moto.cloudfront.responses import CloudFrontResponse
from moto.cloudwatch.responses import CloudWatchResponse
from moto.codebuild.responses import CodeBuildResponse
from moto.codedeploy.responses import CodeDeployResponse
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult, BaseResponse
from moto.core.serialize import get_serializer_class
from moto.core.utils import camelcase_to_underscores, get_service_model
from moto.ec2.responses import EC2Response
from moto.ecr.responses import ECRResponse
from moto.kms.responses import KmsResponse
from moto.rds.responses import RDSResponse
from moto.resourcegroupstaggingapi.responses import ResourceGroupsTaggingAPIResponse
from moto.s3.responses import S3Response
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.ssm.responses import SimpleSystemManagerResponse

from auditor.demo import services
from auditor.demo.exchange import Answer, Exchange, Mend
from auditor.demo.mends import (
    balancers,
    builds,
    compute,
    containers,
    delivery,
    edge,
    internet,
    keys,
    managed_policies,
    monitoring,
    registries,
    responders,
    scaling,
    stores,
    tags,
    world,
)
from auditor.demo.refusals import unknown_operation

_MODULES = (
    balancers,
    builds,
    compute,
    containers,
    delivery,
    edge,
    internet,
    keys,
    managed_policies,
    monitoring,
    registries,
    responders,
    scaling,
    stores,
    tags,
    world,
)
ANSWERS: Mapping[str, Answer] = {name: a for m in _MODULES for name, a in m.ANSWERS.items()}
MENDS: Mapping[str, Mend] = {name: mend for m in _MODULES for name, mend in m.MENDS.items()}

# Who answers for a service that lacks an operation.
_RESPONSES: Mapping[str, type[BaseResponse]] = {
    **services.RESPONSES,
    "autoscaling": AutoScalingResponse,
    "cloudfront": CloudFrontResponse,
    "cloudwatch": CloudWatchResponse,
    "codebuild": CodeBuildResponse,
    "codedeploy": CodeDeployResponse,
    "ec2": EC2Response,
    "ecr": ECRResponse,
    "kms": KmsResponse,
    "rds": RDSResponse,
    "resourcegroupstaggingapi": ResourceGroupsTaggingAPIResponse,
    "secretsmanager": SecretsManagerResponse,
    "ssm": SimpleSystemManagerResponse,
}

_moto_answers = BaseResponse.call_action


def install_gaps() -> None:
    """Mend moto in this process; doing it twice changes nothing."""
    if BaseResponse.call_action is _answers_as_aws:
        return
    services.join_services()
    for operation, answer in ANSWERS.items():
        service, action = operation.split(":")
        setattr(_RESPONSES[service], camelcase_to_underscores(action), _as_method(answer))
    keys.know_more_aliases()
    edge.know_more_paths()
    S3Response.all_buckets = _all_buckets  # type: ignore[method-assign]  # the mending itself
    BaseResponse.call_action = _answers_as_aws  # type: ignore[method-assign]  # the mending itself


def _as_method(answer: Answer) -> Any:
    def method(self: BaseResponse) -> ActionResult:
        return ActionResult(answer(Exchange.of(self)))

    return method


def _answers_as_aws(self: BaseResponse) -> TYPE_RESPONSE:
    """Stand in for `BaseResponse.call_action`: moto's answer, corrected where it errs."""
    try:
        status, headers, body = _moto_answers(self)
    except NotImplementedError:
        return _unknown_operation(self)
    mend = MENDS.get(f"{self.boto3_service_name}:{self._get_action()}")
    if mend is None or int(status) >= 300:
        return status, headers, body
    answer = _parsed(self, int(status), headers, body)
    mend(Exchange.of(self), answer)
    fresh = _serialized(self, answer)
    return status, {**headers, **fresh["headers"]}, fresh["body"]


def _protocol(response: BaseResponse) -> str:
    return response.determine_response_protocol(get_service_model(response.boto3_service_name))


def _parsed(response: BaseResponse, status: int, headers: Any, body: Any) -> dict[str, Any]:
    model = get_service_model(response.boto3_service_name)
    shape = model.operation_model(response._get_action()).output_shape
    raw = body.encode() if isinstance(body, str) else body
    wire = {"status_code": status, "headers": {k: str(v) for k, v in headers.items()}, "body": raw}
    parsed = create_parser(_protocol(response)).parse(wire, shape)
    parsed.pop("ResponseMetadata", None)
    return cast("dict[str, Any]", parsed)


def _serialized(response: BaseResponse, answer: dict[str, Any]) -> Any:
    model = get_service_model(response.boto3_service_name)
    serializer = get_serializer_class(str(model.service_name), _protocol(response))
    return serializer(model.operation_model(response._get_action())).serialize(answer)


def _unknown_operation(response: BaseResponse) -> TYPE_RESPONSE:
    environ = response.normalized_request.environ
    refusal = unknown_operation(response.boto3_service_name, environ)
    headers = {**response.response_headers, **dict(refusal.headers)}
    return int(refusal.status[:3]), headers, refusal.body


def _all_buckets(self: S3Response) -> TYPE_RESPONSE:
    """S3 has no methods by operation; this one of moto's stands for ListBuckets."""
    self.data["Action"] = "ListBuckets"
    return self.serialized(ActionResult(stores.buckets(Exchange.of(self))))
