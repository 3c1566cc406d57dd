"""What is generated from the code is current."""

import pytest

from auditor.generate import ROOT, files

FILES = files()


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_what_the_code_says(name):
    assert (ROOT / name).read_text() == FILES[name](), "run `auditor generate`"
