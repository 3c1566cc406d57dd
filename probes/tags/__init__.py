"""Tags: what resources must carry."""
