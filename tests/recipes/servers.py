"""Ticket systems on this machine: as the real ones do, for the calls that the recipes make.

Written after the REST references of GitHub ("REST API endpoints for issues", "... issue comments"),
of Jira Cloud (REST v3: issues, issue search, "Search and reconcile") and of ServiceNow (Table API).
Each can be told to fail: with the n-th write, before or after it took effect.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "t0ken-of-the-test"


class Refused(Exception):
    """An answer other than the wanted one."""

    def __init__(self, status: int, said: Any = None) -> None:
        super().__init__(status)
        self.status, self.said = status, said or {"message": "no"}


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: Any

    def wants(self, *names: str) -> None:
        """Refuse a body that lacks a field, or holds one that is unknown."""
        if not isinstance(self.body, dict) or not set(self.body) <= set(names):
            raise Refused(422, {"message": f"unknown fields in {self.body!r:.200}"})


class System:
    """A server as a context; `tickets` is what it holds."""

    authorization = f"Bearer {TOKEN}"

    def __init__(self) -> None:
        self.tickets: list[dict[str, Any]] = []
        self.asked: list[Asked] = []
        self.writes = 0
        self.fails_at: int | None = None
        self.fails_after_it = False

    def __enter__(self):
        system = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None: ...

            def do_GET(self) -> None:
                system.serve(self)

            do_POST = do_PATCH = do_PUT = do_GET  # noqa: N815 - http.server's names

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        url = urlsplit(handler.path)
        size = int(handler.headers.get("Content-Length", 0))
        raw = handler.rfile.read(size)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        try:
            body = json.loads(raw) if raw else None
            asked = Asked(handler.command, url.path, query, body, handler.headers)
            self.asked.append(asked)
            status, said = self._answer(asked)
        except Refused as refused:
            status, said = refused.status, refused.said
        answer = b"" if said is None else json.dumps(said).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)

    def _answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.headers.get("Authorization") != self.authorization:
            raise Refused(401)
        writes = asked.method != "GET" and not self.is_search(asked)
        self.writes += writes
        fails = writes and self.fails_at == self.writes
        if fails and not self.fails_after_it:
            raise Refused(500)
        said = self.answer(asked)
        if fails:
            raise Refused(502)
        return said

    def is_search(self, asked: Asked) -> bool:
        return asked.path.endswith("/search/jql")

    def answer(self, asked: Asked) -> tuple[int, Any]:
        raise NotImplementedError

    def by_key(self) -> dict[str, list[dict[str, Any]]]:
        """Tickets by the key that they bear."""
        found: dict[str, list[dict[str, Any]]] = {}
        for one in self.tickets:
            found.setdefault(self.key_of(one), []).append(one)
        return found

    def key_of(self, ticket: dict[str, Any]) -> str:
        raise NotImplementedError

    def is_open(self, ticket: dict[str, Any]) -> bool:
        raise NotImplementedError

    def told(self, ticket: dict[str, Any]) -> list[str]:
        """The words of its comments."""
        raise NotImplementedError


class GitHub(System):
    """Issues of one repository."""

    per_page = 100
    pulls: tuple[dict[str, Any], ...] = ()

    def answer(self, asked: Asked) -> tuple[int, Any]:
        path = re.fullmatch(r"/repos/acme/audit/issues(?:/(\d+)(/comments)?)?", asked.path)
        if not path:
            raise Refused(404)
        number, comments = path.groups()
        if number is None:
            return self._create(asked) if asked.method == "POST" else (200, self._list(asked))
        one = self.tickets[int(number) - 1]
        if comments:
            return self._comment(one, asked)
        asked.wants("title", "body", "state", "state_reason", "labels")
        one |= asked.body
        if one["state"] not in ("open", "closed"):
            raise Refused(422)
        return 200, one

    def _create(self, asked: Asked) -> tuple[int, Any]:
        asked.wants("title", "body", "labels", "assignees")
        if not asked.body["title"] or len(asked.body["body"]) > 65_536:
            raise Refused(422)
        new = {"number": len(self.tickets) + 1, "state": "open", "comments": [], **asked.body}
        self.tickets.append(new)
        return 201, new

    def _list(self, asked: Asked) -> list[Any]:
        """Newest first, in pages; pull requests are issues, too."""
        label, page = asked.query["labels"], int(asked.query["page"])
        states = {"open", "closed"} if asked.query["state"] == "all" else {asked.query["state"]}
        found = [
            one
            for one in [*reversed(self.tickets), *self.pulls]
            if label in one["labels"] and one["state"] in states
        ]
        size = min(int(asked.query["per_page"]), self.per_page)
        return found[(page - 1) * size : page * size]

    def _comment(self, one: dict[str, Any], asked: Asked) -> tuple[int, Any]:
        if asked.method == "GET":
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", asked.query["since"]):
                raise Refused(422)
            return 200, one["comments"]
        asked.wants("body")
        one["comments"].append(asked.body)
        return 201, asked.body

    def key_of(self, ticket: dict[str, Any]) -> str:
        return str(ticket["body"].split("\n")[-1].split(" ")[2])

    def is_open(self, ticket: dict[str, Any]) -> bool:
        return bool(ticket["state"] == "open")

    def told(self, ticket: dict[str, Any]) -> list[str]:
        return [comment["body"].split("\n")[0] for comment in ticket["comments"]]


CATEGORIES = {"10": "new", "11": "indeterminate", "12": "done"}


class Jira(System):
    """One project; its search does not know the newest issue yet."""

    authorization = "Basic " + base64.b64encode(f"me@example.com:{TOKEN}".encode()).decode()

    def __init__(self) -> None:
        super().__init__()
        self.indexed = 0

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.path == "/rest/api/3/search/jql":
            return 200, {"issues": self._search(asked), "isLast": True}
        if asked.path == "/rest/api/3/issue":
            return self._create(asked)
        path = re.fullmatch(r"/rest/api/3/issue/(\d+)(/transitions)?", asked.path)
        if not path:
            raise Refused(404, {"errorMessages": ["Issue does not exist"], "errors": {}})
        one = self.tickets[int(path[1]) - 10_000]
        if path[2]:
            return self._transition(one, asked)
        if asked.method == "GET":
            names = asked.query["fields"].split(",")
            return 200, {"id": path[1], "fields": {n: self._shown(one, n) for n in names}}
        asked.wants("fields", "update")
        _document(asked.body["fields"]["description"])
        one |= asked.body["fields"]
        for verb in asked.body["update"]["comment"]:
            one["comments"].append(_document(verb["add"]["body"]))
        return 204, None

    def _shown(self, one: dict[str, Any], name: str) -> Any:
        if name == "status":
            return {"statusCategory": {"key": CATEGORIES[one["status"]]}}
        return one[name]

    def _search(self, asked: Asked) -> list[Any]:
        asked.wants("jql", "fields", "maxResults", "nextPageToken", "reconcileIssues")
        wanted = re.fullmatch(
            r'project = "SEC" AND labels = "([^"\s]+)" ORDER BY created ASC', asked.body["jql"]
        )
        if not wanted:
            raise Refused(400, {"errorMessages": ["Error in the JQL Query"]})
        return [
            {
                "id": str(10_000 + n),
                "fields": {f: self._shown(one, f) for f in asked.body["fields"]},
            }
            for n, one in enumerate(self.tickets[: self.indexed])
            if wanted[1] in one["labels"]
        ]

    def _create(self, asked: Asked) -> tuple[int, Any]:
        asked.wants("fields")
        fields = asked.body["fields"]
        _document(fields["description"])
        if (
            fields["project"] != {"key": "SEC"}
            or "\n" in fields["summary"]
            or len(fields["summary"]) > 255
            or any(re.search(r"\s", label) for label in fields["labels"])
        ):
            raise Refused(400, {"errorMessages": [], "errors": {"summary": "no"}})
        self.tickets.append({"status": "10", "comments": [], **fields})
        number = str(9_999 + len(self.tickets))
        return 201, {"id": number, "key": f"SEC-{number}", "self": f"{self.url}/{number}"}

    def _transition(self, one: dict[str, Any], asked: Asked) -> tuple[int, Any]:
        """The workflow: to do -> in progress -> done -> in progress."""
        possible = {"10": ("11", "12"), "11": ("12", "10"), "12": ("11", "10")}[one["status"]]
        if asked.method == "GET":
            return 200, {
                "transitions": [
                    {"id": status, "to": {"statusCategory": {"key": CATEGORIES[status]}}}
                    for status in possible
                ]
            }
        if asked.body["transition"]["id"] not in possible:
            raise Refused(400)
        one["status"] = asked.body["transition"]["id"]
        return 204, None

    def key_of(self, ticket: dict[str, Any]) -> str:
        (label,) = [label for label in ticket["labels"] if label.startswith("aws-audit-")]
        return str(label.removeprefix("aws-audit-"))

    def is_open(self, ticket: dict[str, Any]) -> bool:
        return CATEGORIES[ticket["status"]] != "done"

    def told(self, ticket: dict[str, Any]) -> list[str]:
        return [one["content"][0]["content"][0]["text"] for one in ticket["comments"]]


def _document(value: Any) -> Any:
    """An ADF document, or 400: known nodes, texts that are not empty, no marks."""
    ok = value["type"] == "doc" and value["version"] == 1 and len(json.dumps(value)) < 60_000
    for node in value["content"]:
        ok = ok and node["type"] in ("paragraph", "heading", "codeBlock")
        ok = ok and (node["type"] != "heading" or 1 <= node["attrs"]["level"] <= 6)
        ok = ok and all(c["type"] == "text" and c["text"] for c in node["content"])
        ok = ok and set(node) <= {"type", "content", "attrs"}
    if not ok:
        raise Refused(400, {"errorMessages": ["INVALID_INPUT"], "errors": {}})
    return value


class ServiceNow(System):
    """The incident table."""

    authorization = Jira.authorization
    path = "/api/now/table/incident"

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.path == self.path and asked.method == "GET":
            return 200, {"result": self._query(asked)}
        if asked.path == self.path:
            new = {"sys_id": f"{len(self.tickets):032x}", "state": "1", "notes": []}
            self.tickets.append(new)
            return 201, {"result": self._set(new, asked.body)}
        found = [one for one in self.tickets if asked.path == f"{self.path}/{one['sys_id']}"]
        if not found or asked.method != "PATCH":
            raise Refused(404, {"error": {"message": "No Record found"}, "status": "failure"})
        return 200, {"result": self._set(found[0], asked.body)}

    def _query(self, asked: Asked) -> list[Any]:
        query = asked.query["sysparm_query"].split("^")
        key = query[0].removeprefix("correlation_id=")
        if query[1:] != ["stateNOT IN7,8", "ORDERBYDESCsys_created_on"]:
            raise Refused(400)
        found = [
            one
            for one in reversed(self.tickets)
            if one["correlation_id"] == key and one["state"] not in ("7", "8")
        ]
        names = asked.query["sysparm_fields"].split(",")
        limit = int(asked.query["sysparm_limit"])
        return [{name: one.get(name, "") for name in names} for one in found[:limit]]

    def _set(self, one: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
        """Long texts are cut, as the table cuts them; resolving needs a code and notes."""
        if fields.get("state") == "6" and not (fields.get("close_code") and fields["close_notes"]):
            raise Refused(403, {"error": {"message": "Data Policy Exception"}})
        one |= fields
        one["notes"].append(one.pop("work_notes"))
        one["description"] = one["description"][:4000]
        one["short_description"] = one["short_description"][:160]
        return one

    def key_of(self, ticket: dict[str, Any]) -> str:
        return str(ticket["correlation_id"])

    def is_open(self, ticket: dict[str, Any]) -> bool:
        return ticket["state"] in ("1", "2", "3")

    def told(self, ticket: dict[str, Any]) -> list[str]:
        return list(ticket["notes"][1:])


class Webhook(System):
    """A receiver that knows the events that it had."""

    def __init__(self) -> None:
        super().__init__()
        self.known: set[str] = set()

    def answer(self, asked: Asked) -> tuple[int, Any]:
        event = asked.body
        if event["event_id"] in self.known:
            return 200, {}
        self.known.add(event["event_id"])
        found = [one for one in self.tickets if one["key"] == event["dedup_key"]]
        if not found:
            self.tickets.append({"key": event["dedup_key"], "status": event["status"], "told": []})
            return 202, {}
        found[0]["status"] = event["status"]
        found[0]["told"].append(event["event"])
        return 202, {}

    def key_of(self, ticket: dict[str, Any]) -> str:
        return str(ticket["key"])

    def is_open(self, ticket: dict[str, Any]) -> bool:
        return bool(ticket["status"] == "open")

    def told(self, ticket: dict[str, Any]) -> list[str]:
        return list(ticket["told"])
