"""The test modules of all probes: each holds `PROBE` and `CASES`."""

import importlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "probes"


@cache
def modules():
    found = []
    for concern in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        for path in sorted(concern.glob("test_*.py")):
            module = importlib.import_module(f"tests.probes.{concern.name}.{path.stem}")
            if hasattr(module, "PROBE"):
                found.append(module)
    return tuple(found)
