"""A file of the user's: one sentence with file and line for whatever is wrong with it."""

import pytest

from auditor.yaml_file import FileError, parse, read


def complaint(text):
    with pytest.raises(FileError) as raised:
        parse(text, "b.yaml")
    sentence = str(raised.value)
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            "a:\n\tb: 1", "b.yaml:2: found character a tab that cannot start any token", id="tab"
        ),
        pytest.param("a: 1\nb: 2\na: 3", "b.yaml:3: the key 'a' stands here twice", id="twice"),
        pytest.param(
            "a:\n  b: 1\n  c: 1\n  b: 2",
            "b.yaml:4: the key 'b' stands here twice",
            id="twice inside",
        ),
        pytest.param(
            "1: x\n'1': y", "b.yaml:2: the key '1' stands here twice", id="twice as number"
        ),
        pytest.param(
            "a: &x [1]\nb: *x", "b.yaml:2: an alias (*name) is not allowed here", id="alias"
        ),
        pytest.param(
            "a: &x\n  b: *x", "b.yaml:2: an alias (*name) is not allowed here", id="alias of itself"
        ),
        pytest.param(
            "a: &x 1\nb:\n  - *x",
            "b.yaml:2: an alias (*name) is not allowed here",
            id="alias in a list",
        ),
        pytest.param("a: *x", "b.yaml:1: found undefined alias 'x'", id="alias of nothing"),
        pytest.param("a: 1\n<<: {b: 2}", "b.yaml:2: '<<' cannot be read", id="merge"),
        pytest.param(
            "a: 1\n--- \nb: 1", "b.yaml:2: but found another document", id="two documents"
        ),
        pytest.param("[a, b]: 1", "b.yaml:1: a key must be plain text", id="list as key"),
        pytest.param("? {a: 1}\n: 1", "b.yaml:1: a key must be plain text", id="mapping as key"),
        pytest.param("~: 1", "b.yaml:1: a key must be plain text", id="nothing as key"),
        pytest.param("2026-01-01: 1", "b.yaml:1: a key must be plain text", id="date as key"),
        pytest.param("2026-13-45: 1", "b.yaml:1: '2026-13-45' cannot be read", id="no date as key"),
        pytest.param("a: 2026-13-45", "b.yaml:1: '2026-13-45' cannot be read", id="no date"),
        pytest.param("a: !!int x", "b.yaml:1: 'x' cannot be read", id="no number"),
        pytest.param("a: !!int ''", "b.yaml:1: '' cannot be read", id="no digits"),
        pytest.param("a: !!bool x", "b.yaml:1: 'x' cannot be read", id="neither yes nor no"),
        pytest.param("a: !!timestamp x", "b.yaml:1: 'x' cannot be read", id="no time"),
        pytest.param("a: !!python/name:os.system x", "b.yaml:1: 'x' cannot be read", id="python"),
        pytest.param("a: b: c", "b.yaml:1: mapping values are not allowed here", id="colon"),
        pytest.param("a: [1", "b.yaml:1: expected ',' or ']', but got '<stream end>'", id="open"),
        pytest.param("a: \x00", "b.yaml: is no YAML: ReaderError", id="control character"),
        pytest.param("[" * 5000, "b.yaml: is no YAML: RecursionError", id="too deep"),
    ],
)
def test_one_sentence_says_what_is_wrong_and_where(text, says):
    assert complaint(text) == says


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n"])
def test_an_empty_file_holds_nothing(text):
    assert parse(text, "b.yaml").value in ({}, None)


def test_every_value_knows_its_line():
    file = parse("a:\n  b: 1\n  c:\n    - x\n    - y\n012345678901: z\n", "b.yaml")
    assert file.value == {"a": {"b": 1, "c": ["x", "y"]}, "012345678901": "z"}
    assert [file.line(p) for p in ((), ("a", "b"), ("a", "c", 1), ("012345678901",))] == [
        1,
        2,
        5,
        6,
    ]
    assert file.line(("a", "c", 1, "deeper", "still")) == 5
    assert file.line(("nowhere",)) == 1
    assert str(file.error(("a", "b"), "is wrong")) == "b.yaml:2: is wrong"


def test_what_cannot_be_read_is_told_by_name(tmp_path):
    (tmp_path / "latin").write_bytes("ä: 1".encode("latin-1"))
    for name, says in (
        ("nowhere", "No such file or directory"),
        ("", "Is a directory"),
        ("latin", "is not text in UTF-8"),
    ):
        with pytest.raises(FileError) as raised:
            read(tmp_path / name)
        assert str(raised.value) == f"{tmp_path / name}: {says}"


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path):
    (tmp_path / "bom").write_bytes(b"\xef\xbb\xbfversion: 1\n")
    assert read(tmp_path / "bom").value == {"version": 1}
