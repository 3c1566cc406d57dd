"""What tests of the program share."""

import sys

import pytest

from auditor.cli import main as cli


@pytest.fixture
def auditor(monkeypatch, capsys, tmp_path):
    """Runs the program in an empty folder: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["auditor", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.run()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return run
