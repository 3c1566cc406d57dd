"""The keys of a scaling group's volumes: each is met once, whatever the others say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from auditor.facts import Facts
from auditor.probe import Remark, every, gap, unknown
from probes.analysis.answers import CannotTell
from probes.analysis.block_devices import Device
from probes.aws import autoscaling, kms, kms_names
from probes.encryption import _launches
from probes.encryption._launches import Launch, Sealed
from probes.encryption._needed_keys import NEEDS as KEY_NEEDS
from probes.encryption._needed_keys import NeededKey

NEEDS = (*_launches.NEEDS, *kms_names.NEEDS, *KEY_NEEDS)


@dataclass(frozen=True, slots=True)
class VolumeKeys:
    """The keys of one group's volumes; `met` are the names of those that were judged."""

    facts: Facts
    group: autoscaling.Group
    met: set[str] = field(default_factory=set)

    def of_template(self, launch: Launch) -> Iterator[Remark]:
        """The keys that a template names."""
        yield from every(*(partial(self._once, one) for one in _launches.named_keys(launch)))

    def of_image(self, launch: Launch) -> Iterator[Remark]:
        """The keys that volumes have by their snapshots and by the account's default."""
        devices = _launches.devices(self.facts, launch)
        if isinstance(devices, CannotTell):
            yield unknown(devices.reason)
            return
        yield from every(*(partial(self._of_device, one) for one in devices))

    def _of_device(self, device: Device) -> Iterator[Remark]:
        found = tuple(_launches.other_keys(self.facts, device))
        yield from every(*(partial(self._once, one) for one in found))

    def _once(self, sealed: Sealed | CannotTell) -> Iterator[Remark]:
        if isinstance(sealed, CannotTell):
            yield unknown(sealed.reason)
        elif sealed.key not in self.met:
            self.met.add(sealed.key)
            yield from self._judge(sealed)

    def _judge(self, sealed: Sealed) -> Iterator[Remark]:
        match kms_names.meant(sealed.key, self.facts):
            case kms_names.Foreign(account):
                message = f"the key of {sealed.device} belongs to account {account}"
                yield unknown(f"{message}, and its policy cannot be read from here")
            case CannotTell(reason):
                yield unknown(f"the key of {sealed.device} cannot be told: {reason}")
            case kms_names.Missing(reason):
                yield gap(
                    f"the key {sealed.key} of {sealed.device} does not exist: {reason}",
                    code="key-missing",
                    expected="a key that exists",
                    found=sealed.key,
                )
            case kms.Key() as key:
                metadata = self.facts.of(key).its(kms.METADATA)
                yield from NeededKey(self.facts, self.group, sealed, metadata).judge(key)
