"""The volumes that an instance is launched with: those of its image, as a template changes them.

A template's device replaces the image's of the same name; without a snapshot of its own it keeps
the image's, and `NoDevice` takes it away (EC2 User Guide, "Block device mappings").
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Device:
    """A device as a template or an image has it.

    `volume` is false for instance stores and for what is taken away. `encrypted` of None is left
    to the snapshot and to the account. `sealed` says whether what it starts from is encrypted;
    None where that must be asked of the snapshot.
    """

    name: str
    volume: bool = True
    encrypted: bool | None = None
    key: str = ""
    snapshot: str = ""
    sealed: bool | None = False

    @property
    def has_own_key(self) -> bool:
        """Whether it certainly has the key that it names."""
        return self.volume and self.encrypted is True and self.key != ""


def launched(template: Iterable[Device], image: Iterable[Device]) -> tuple[Device, ...]:
    """The volumes of an instance, in the order of their devices' names."""
    devices = {device.name: device for device in image}
    for device in template:
        devices[device.name] = _over(devices.get(device.name), device)
    return tuple(devices[name] for name in sorted(devices) if devices[name].volume)


def _over(below: Device | None, device: Device) -> Device:
    """A template's device in place of the image's."""
    if below is None or not device.volume or device.snapshot:
        return device
    return replace(device, snapshot=below.snapshot, sealed=below.sealed)
