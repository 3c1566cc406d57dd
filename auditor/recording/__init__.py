"""The approved state of accounts: what is kept of a resource, and the files that hold it."""
