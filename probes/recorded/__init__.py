"""What can be recorded of which kind of resource: rows of AWS knowledge, one file per subject."""
