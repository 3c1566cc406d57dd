"""An inventory as a file, and back: JSON Lines, readable only by its owner, written whole or not.

The first line names the format, the accounts, and for each query a digest of its shape: what was
collected under another shape counts as not collected, for a field that was never kept must not be
read as a field that AWS left out. The last line says that nothing was cut off: a list that lost
its end would look whole.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, get_args

from auditor import __version__
from auditor.answer import (
    Answer,
    Item,
    Place,
    Refusal,
    Subject,
    Tally,
    Why,
)
from auditor.errors import UserError
from auditor.inventory import Inventory
from auditor.query import JSON, Query, Shape, aws_names

FORMAT = 1
NAME = "auditor inventory"
END = {"kind": "end"}


class StoreError(UserError):
    """An inventory file that cannot be used; the message is for people."""


@contextmanager
def whole_file(path: Path, mode: int | None = None) -> Iterator[IO[str]]:
    """A text file that appears under its name only when it is written to its end.

    Without a mode it has that of the file before it, else what the umask leaves of a new one's.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, _mode_of(path) if mode is None else mode)  # noqa: PTH101 - the temporary file has no Path yet
        os.replace(name, path)  # noqa: PTH105 - likewise
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode_of(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        umask = os.umask(0o077)  # only by setting it can it be read
        os.umask(umask)
        return 0o666 & ~umask


def write(inventories: Iterable[Inventory], queries: Iterable[Query[Any]], path: Path) -> None:
    """Keep inventories in one file, mode 0600; they are taken one by one."""
    with whole_file(path, 0o600) as stream:
        header = {
            "kind": NAME,
            "format": FORMAT,
            "tool": __version__,
            "queries": {query.id: shape_digest(query) for query in queries},
        }
        stream.write(json.dumps(header) + "\n")
        for inventory in inventories:
            for line in _lines(inventory):
                stream.write(json.dumps(line, ensure_ascii=True) + "\n")
        stream.write(json.dumps(END) + "\n")


def read(path: Path, queries: Mapping[str, Query[Any]]) -> Iterator[Inventory]:
    """The inventories of a file, account by account; raises `StoreError` where it is unusable."""
    try:
        with path.open(encoding="utf-8") as stream:
            yield from _read(stream, queries, str(path))
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise StoreError(message) from None
    except UnicodeDecodeError:
        message = f"{path}: is not text in UTF-8"
        raise StoreError(message) from None


def shape_digest(query: Query[Any]) -> str:
    """What an inventory keeps of a query's items, in a few letters."""
    return sha256(repr(_declared(query.shape)).encode()).hexdigest()[:12]


def _declared(shape: type[Shape]) -> list[Any]:
    """The names that a shape keeps, with those of the shapes inside it."""
    names = aws_names(shape)
    return [
        (*names[name], [_declared(inner) for inner in _shapes_in(info.annotation)])
        for name, info in sorted(shape.model_fields.items())
    ]


def _shapes_in(annotation: Any) -> list[type[Shape]]:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return [annotation]
    return [shape for part in get_args(annotation) for shape in _shapes_in(part)]


def _lines(inventory: Inventory) -> Iterator[JSON]:
    account = inventory.places[0] if inventory.places else None
    yield {
        "kind": "account",
        "partition": account.partition if account else "",
        "id": account.account if account else "",
        "now": {name: time.isoformat() for name, time in inventory.times.items()},
        "regions": [place.region for place in inventory.places],
        "skipped_regions": [[*key, why] for key, why in inventory.skipped_regions.items()],
        "unlisted": [_refusal(refusal) for refusal in inventory.unlisted],
        "notes": inventory.notes,
    }
    yield from answered(inventory)


def answered(inventory: Inventory) -> Iterator[JSON]:
    """The lines of an account after its first."""
    for query, place in sorted(inventory.not_offered):
        yield {"kind": "not_offered", "query": query, "region": place.region}
    for (query, place), tally in inventory.tallies.items():
        yield {"kind": "tally", "query": query, "region": place.region, **asdict(tally)}
    for (query, place), answers in inventory.answers.items():
        yield {"kind": "asked", "query": query, "region": place.region}
        for subject, answer in answers.items():
            yield {
                "kind": "answer",
                "query": query,
                "region": place.region,
                "subject": subject,
                "keys": [item.key for item in answer.items],
                "items": [item.data for item in answer.items],
                "refusal": _refusal(answer.refusal) if answer.refusal else None,
                "absent": answer.absent,
                "gone": answer.gone,
            }


def _refusal(refusal: Refusal) -> JSON:
    return {**asdict(refusal), "why": refusal.why.value}


def _read(stream: IO[str], queries: Mapping[str, Query[Any]], name: str) -> Iterator[Inventory]:
    usable = _usable(_line(stream.readline(), name, 1), queries, name)
    reader: _Reader | None = None
    for number, line in _to_the_end(stream, name):
        try:
            if line["kind"] == "account":
                if reader:
                    yield reader.inventory
                reader = _Reader(line, usable)
            else:
                _begun(reader).take(line)
        except (KeyError, TypeError, ValueError, AttributeError):
            message = f"{name}:{number}: this line is damaged"
            raise StoreError(message) from None
    if reader:
        yield reader.inventory


def _begun(reader: _Reader | None) -> _Reader:
    if reader is None:
        message = "a line stands before its account"
        raise ValueError(message)
    return reader


def _to_the_end(stream: IO[str], name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines after the first; raises `StoreError` where the last one is missing."""
    for number, text in enumerate(stream, 2):
        line = _line(text, name, number)
        if line == END:
            return
        yield number, line
    message = f"{name}: is cut off; its last line is missing"
    raise StoreError(message)


def _usable(
    header: Mapping[str, Any], queries: Mapping[str, Query[Any]], name: str
) -> dict[str, Query[Any]]:
    """The queries that were collected under the shapes of today."""
    if header.get("kind") != NAME:
        message = f"{name}: is not an inventory of this tool"
        raise StoreError(message)
    if header.get("format") != FORMAT:
        message = f"{name}: has format {header.get('format')}; this version reads format {FORMAT}"
        raise StoreError(message)
    written = header.get("queries")
    if not isinstance(written, dict):
        message = f"{name}:1: this line is damaged"
        raise StoreError(message)
    same = {id_: q for id_, q in queries.items() if written.get(id_) == shape_digest(q)}
    return {id_: q for id_, q in same.items() if q.of is None or _hangs_on(q.of, same)}


def _hangs_on(query: Query[Any], usable: Mapping[str, Query[Any]]) -> bool:
    """Whether a query and all above it are usable: items cannot be read without their parents."""
    return query.id in usable and (query.of is None or _hangs_on(query.of, usable))


def _line(text: str, name: str, number: int) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        line = None
    if not isinstance(line, dict):
        message = f"{name}:{number}: is not a line of an inventory (cut off, or another file)"
        raise StoreError(message)
    return line


class _Reader:
    """One account's lines into its inventory; parents stand before what hangs on them."""

    def __init__(self, line: Mapping[str, Any], queries: Mapping[str, Query[Any]]) -> None:
        self.queries = queries
        self.account = (str(line["partition"]), str(line["id"]))
        self.inventory = Inventory(places=[self._place(region) for region in line["regions"]])
        self.inventory.times = {k: _instant(v) for k, v in line["now"].items()}
        self.inventory.skipped_regions = {(a, r): why for a, r, why in line["skipped_regions"]}
        self.inventory.unlisted = [_refusal_of(said) for said in line["unlisted"]]
        self.inventory.notes = [str(said) for said in line["notes"]]

    def _place(self, region: str) -> Place:
        return Place(*self.account, region)

    def take(self, line: Mapping[str, Any]) -> None:
        query = self.queries.get(line["query"])
        if query is None:
            return
        place = self._place(line["region"])
        if line["kind"] == "not_offered":
            self.inventory.not_offered.add((query.id, place))
        elif line["kind"] == "tally":
            counts = {name: int(line[name]) for name in Tally.__slots__}
            self.inventory.tallies[query.id, place] = Tally(**counts)
        elif line["kind"] == "asked":
            self.inventory.answers.setdefault((query.id, place), {})
        elif line["kind"] == "answer":
            subject = tuple(str(part) for part in line["subject"])
            self.inventory.put(query, place, subject, self._answer(query, place, subject, line))
        else:
            raise ValueError(line["kind"])

    def _answer(
        self, query: Query[Any], place: Place, subject: Subject, line: Mapping[str, Any]
    ) -> Answer:
        parent = None
        if query.of is not None:
            above = place.world if query.of.world else place
            parent = self.inventory.by_ids(query.of, above)[subject]
        pairs = zip(line["keys"], line["items"], strict=True)
        items = tuple(Item(query, place, data, str(key), parent) for key, data in pairs)
        refusal = _refusal_of(line["refusal"]) if line["refusal"] else None
        return Answer(items, refusal, line["absent"], line["gone"])


def _instant(text: str) -> datetime:
    """A time with its zone: without one it could not be compared with any other."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(text)
    return time


def _refusal_of(said: Mapping[str, Any]) -> Refusal:
    return Refusal(
        query=said["query"],
        operation=said["operation"],
        place=Place(**said["place"]),
        why=Why(said["why"]),
        code=said["code"],
        message=said["message"],
        subject=tuple(said["subject"]),
        actions=tuple(said["actions"]),
    )
