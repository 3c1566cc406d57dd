"""What can be recorded of which kind of resource: rows of AWS knowledge, one file per subject."""

from probes.aws import cloudformation

MAKERS = (cloudformation.RESOURCES,)
"""What says which stack made a resource, and as what, where its tags do not."""
