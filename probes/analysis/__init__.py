"""Pure knowledge of AWS documents: policies, networks, templates, names."""
