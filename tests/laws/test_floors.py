"""Imports run downward only, and what is forbidden appears nowhere."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FLOORS = {
    0: ("errors", "query", "settings", "__init__"),
    1: ("actions", "answer", "deadline", "pool", "inventory", "resources", "facts"),
    2: ("probe", "finding", "compose", "yaml_file", "store", "trail.events", "trail.names",
        "recording.recordable", "recording.normal", "recording.words", "drift.compare",
        "drift.speaks", "drift.declarable"),
    3: ("transport", "parsing", "clients", "session", "plan", "collect", "judge", "baseline_file",
        "workloads", "belonging", "baseline", "waivers", "recording.file"),
    4: ("catalogue", "crew", "recording.live", "drift.free", "drift.recorded", "drift.lookup",
        "drift.lent", "drift.comparison", "drift.declared"),
    5: ("permissions", "report", "report_builder", "scan", "explain", "explain_resource",
        "baseline_text", "reports", "delivery", "outcome", "generate", "demo", "over_time",
        "tickets", "job", "trail", "recording", "drift", "diff"),
    6: ("cli",),
}  # fmt: skip
"""A module is on the floor that names it, else on that of its package."""
KNOWLEDGE = ("aws", "analysis", "recorded", "declared", "references")
FLOOR = {name: floor for floor, names in FLOORS.items() for name in names}
AWS = {"boto3", "botocore"}
MAY_CALL_AWS = {"transport", "parsing", "clients", "session", "collect", "demo", "bucket"}
NO_IO = ("time", "os", "socket", "requests", "urllib.request", "http", "subprocess", "random")


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> list[str]:
    """The modules that a file imports when it runs; those for types only do not count."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
            if node.module in {"auditor", "probes.aws", "probes.analysis"}:
                found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def floor_of(module: str) -> int | None:
    """The floor of a module by its dotted name inside `auditor`; None where it has none."""
    package = module.split(".", maxsplit=1)[0]
    return FLOOR.get(".".join(module.split(".")[:2]), FLOOR.get(package))


@pytest.mark.parametrize("path", modules("auditor"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_engine_imports_downward_and_knows_no_probe(path):
    own = dotted(path).removeprefix("auditor").removeprefix(".") or "__init__"
    floor = floor_of(own)
    assert floor is not None, f"{own} is on no floor"
    for module in imports(path):
        assert not module.startswith("probes"), module
        other = floor_of(module.removeprefix("auditor.")) if module.startswith("auditor.") else None
        assert other is None or other <= floor, f"{own} (floor {floor}) imports {module} ({other})"
        if module.split(".")[0] in AWS:
            assert {own.split(".")[0], path.stem} & MAY_CALL_AWS, f"{own} imports {module}"


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_the_engine_has_no_cycle():
    known = {dotted(path): path for path in modules("auditor")}
    graph = {name: {*imports(path)} & set(known) - {name} for name, path in known.items()}
    done: set[str] = set()
    while len(done) < len(graph):
        ready = {name for name, needs in graph.items() if name not in done and needs <= done}
        assert ready, f"a cycle among {sorted(set(graph) - done)}"
        done |= ready


ALLOWED = {
    "aws": ("auditor.query", "auditor.resources", "auditor.facts", "probes.aws", "probes.analysis"),
    "analysis": ("probes.analysis",),
    "recorded": ("auditor.query", "auditor.recording", "probes.aws", "probes.analysis"),
    "declared": ("auditor.query", "auditor.answer", "auditor.inventory", "auditor.facts",
                 "auditor.resources", "auditor.recording", "auditor.drift.declarable", "probes.aws",
                 "probes.analysis", "probes.recorded", "probes.groups"),
    "concern": ("auditor.query", "auditor.answer", "auditor.facts", "auditor.probe",
                "auditor.settings", "auditor.resources", "probes.aws", "probes.analysis",
                "probes.groups"),
}  # fmt: skip


@pytest.mark.parametrize("path", modules("probes"), ids=lambda p: str(p.relative_to(ROOT)))
def test_probes_import_only_what_is_below_them(path):
    parts = path.relative_to(ROOT / "probes").parts
    if len(parts) == 1:
        return
    kind = parts[0] if parts[0] in ALLOWED else "concern"
    allowed = (*ALLOWED[kind], f"probes.{parts[0]}")
    for module in imports(path):
        if module.split(".")[0] in ("auditor", "probes") and module not in ("probes", "auditor"):
            assert module.startswith(allowed), f"{path} imports {module}"
        assert module.split(".")[0] not in AWS, f"{path} imports {module}"


@pytest.mark.parametrize("path", modules("probes"), ids=lambda p: str(p.relative_to(ROOT)))
def test_probes_have_no_clock_and_do_no_io(path):
    tree = ast.parse(path.read_text())
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"open", "print", "exec", "eval", "__import__"}
    calls = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date", "time"}
    }
    assert not calls & {"now", "today", "utcnow", "time"}
    for module in imports(path):
        assert not any(module == name or module.startswith(f"{name}.") for name in NO_IO), module


def test_files_are_small():
    for folder in ("auditor", "probes"):
        for path in modules(folder):
            lines = path.read_text().count("\n")
            assert lines <= 300, f"{path}: {lines} lines"
            parts = path.relative_to(ROOT).parts
            if parts[0] == "probes" and len(parts) == 3 and parts[1] not in KNOWLEDGE:
                assert lines <= 80 or parts[2].startswith("_"), f"{path}: a probe of {lines} lines"
