import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.block_devices import Device, launched

ROOT = Device("/dev/xvda", snapshot="snap-1", sealed=True)


@pytest.mark.parametrize(
    ("template", "volumes"),
    [
        pytest.param([], [ROOT], id="as the image has it"),
        pytest.param(
            [Device("/dev/xvda", encrypted=True, key="k")],
            [Device("/dev/xvda", encrypted=True, key="k", snapshot="snap-1", sealed=True)],
            id="changed, with the image's snapshot",
        ),
        pytest.param(
            [Device("/dev/xvda", snapshot="snap-2", sealed=None)],
            [Device("/dev/xvda", snapshot="snap-2", sealed=None)],
            id="with another snapshot",
        ),
        pytest.param([Device("/dev/xvda", volume=False)], [], id="taken away"),
        pytest.param([Device("/dev/sdb")], [Device("/dev/sdb"), ROOT], id="one more"),
    ],
)
def test_a_template_changes_the_devices_of_an_image(template, volumes):
    assert list(launched(template, [ROOT])) == volumes


DEVICES = st.lists(
    st.builds(Device, st.sampled_from("abc"), st.booleans(), st.none() | st.booleans()), max_size=6
)


@given(DEVICES, DEVICES)
def test_each_device_is_launched_at_most_once_and_is_a_volume(template, image):
    volumes = launched(template, image)
    names = [one.name for one in volumes]
    assert names == sorted(set(names))
    assert all(one.volume for one in volumes)
