import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.task_sizes import Size, cpu_units, memory_mib, offered_on_fargate


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("512", 512),
        (".5 vCPU", 512),
        ("1 vCPU", 1024),
        ("0.25vcpu", 256),
        (" 256 ", 256),
        ("", None),
        ("1.5", None),
        ("vCPU", None),
        ("half", None),
        ("-1", None),
        ("9" * 5000, None),
        ("\u0665", None),
    ],
)
def test_cpu(text, units):
    assert cpu_units(text) == units


@pytest.mark.parametrize(
    ("text", "mib"),
    [("1024", 1024), ("1 GB", 1024), ("0.5GB", 512), ("30 gb", 30720), ("1 TB", None), ("", None)],
)
def test_memory(text, mib):
    assert memory_mib(text) == mib


@pytest.mark.parametrize(
    ("cpu", "memory", "windows", "size"),
    [
        (256, 512, False, Size(256, 512)),
        (512, 1024, False, Size(512, 1024)),
        (512, 512, False, Size(512, 1024)),
        (300, 1024, False, Size(512, 1024)),
        (256, 1024, True, Size(1024, 2048)),
        (512, 5000, False, Size(1024, 6144 - 1024)),
        (256, 500_000, False, None),
        (40_000, 512, False, None),
    ],
)
def test_the_smallest_pair_of_fargate(cpu, memory, windows, size):
    found = offered_on_fargate(cpu, memory, windows=windows)
    assert (found and (found.cpu, found.memory)) == (size and (size.cpu, size.memory))


@given(st.integers(0, 20_000), st.integers(0, 130_000))
def test_a_pair_is_never_smaller_than_asked(cpu, memory):
    found = offered_on_fargate(cpu, memory)
    assert found is None or (found.cpu >= cpu and found.memory >= memory)


@given(st.text(max_size=50))
def test_any_text_can_be_asked(text):
    assert cpu_units(text) is None or cpu_units(text) >= 0
    assert memory_mib(text) is None or memory_mib(text) >= 0
