"""What should not be in a script, by the lines that it is on."""

from collections.abc import Iterator, Mapping

from auditor.probe import Remark, drift
from probes.auto_scaling._bootstrap import Script, nothing_to_read


def judged(said_of: Mapping[str, str], script: Script) -> Iterator[Remark]:
    """One remark for each kind of suspicion, with its words in `said_of`, and never the line."""
    if reason := nothing_to_read(script):
        yield reason
        return
    smells = script.said.smells if script.said else ()
    for code, message in said_of.items():
        lines = [{"part": s.part, "line": s.line} for s in smells if s.code == code]
        if lines:
            yield drift(message, code=code, expected="none", found=code, evidence={code: lines})
