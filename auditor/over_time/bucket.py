"""State in an S3 bucket: its own session, client, credentials and guard.

The guard lets Get, List and Put under one prefix through and nothing else. Writes are conditional
(`If-Match`, `If-None-Match`; S3 user guide, "Conditional writes"). Older versions are the bucket's
to keep: the bucket's versioning, with a lifecycle rule for those that are no longer current.
"""

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from auditor.over_time.shelf import ConflictError, Kept, ShelfError
from auditor.parsing import Parsers

ALLOWED = frozenset({"GetObject", "ListObjectsV2", "PutObject"})
ABSENT = frozenset({"NoSuchKey", "404"})
CONFLICTS = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
SCHEME = "s3://"


class GuardError(BotoCoreError):
    """A call that state does not need, stopped before it left the process."""

    fmt = "the guard of the state stopped {operation} on {key}"


class Bucket:
    """A prefix of a bucket; `history` is the bucket's own affair."""

    def __init__(self, url: str, profile: str | None = None) -> None:
        self.bucket, _, prefix = url.removeprefix(SCHEME).partition("/")
        self.prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""
        if not self.bucket:
            message = f"{url}: say which bucket, as in s3://bucket/prefix"
            raise ShelfError(message)
        self.url = f"{SCHEME}{self.bucket}/{self.prefix}"
        self.client = self._client(profile)

    def _client(self, profile: str | None) -> Any:
        try:
            session = botocore.session.Session(profile=profile)
            session.register_component("response_parser_factory", Parsers())
            session.get_component("event_emitter").register_first(
                "before-parameter-build.s3", self._guard
            )
            return session.create_client(
                "s3", config=Config(retries={"mode": "standard", "total_max_attempts": 5})
            )
        except BotoCoreError as error:
            message = f"{self.url}: {error}"
            raise ShelfError(message) from None

    def _guard(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        key = str(params.get("Key", params.get("Prefix", "")))
        inside = params.get("Bucket") == self.bucket and key.startswith(self.prefix)
        if model.name not in ALLOWED or not inside:
            raise GuardError(operation=model.name, key=key)

    def names(self) -> list[str]:
        """The names of all that is kept; raises `ShelfError`."""
        pages = self.client.get_paginator("list_objects_v2")
        try:
            found = [
                str(one["Key"])
                for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix)
                for one in page.get("Contents", ())
            ]
        except (ClientError, BotoCoreError) as error:
            raise self._error(self.url, error, "s3:ListBucket") from None
        return sorted(key.removeprefix(self.prefix) for key in found if key.endswith(".json"))

    def read(self, name: str) -> Kept | None:
        """What is kept under a name, if anything; raises `ShelfError`."""
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=self.prefix + name)
            return Kept(answer["Body"].read().decode(), answer["ETag"])
        except ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                return None
            raise self._error(self.url + name, error, "s3:GetObject") from None
        except (BotoCoreError, UnicodeDecodeError) as error:
            raise self._error(self.url + name, error, "s3:GetObject") from None

    def write(self, name: str, text: str, tag: str | None) -> None:
        """Replace the version with this tag, or, with None, write the first one."""
        condition = {"IfMatch": tag} if tag else {"IfNoneMatch": "*"}
        try:
            self.client.put_object(
                Bucket=self.bucket,
                Key=self.prefix + name,
                Body=text.encode(),
                ContentType="application/json",
                **condition,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in CONFLICTS:
                raise ConflictError(name) from None
            raise self._error(self.url + name, error, "s3:PutObject") from None
        except BotoCoreError as error:
            raise self._error(self.url + name, error, "s3:PutObject") from None

    def _error(self, where: str, error: Exception, action: str) -> ShelfError:
        said = " ".join(str(error).split())
        return ShelfError(f"{where}: {said} (state needs {action})")
