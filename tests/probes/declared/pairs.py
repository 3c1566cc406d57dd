"""Pairs: what a template declares, and what AWS answers of it, as it was declared and changed."""

import pytest


def case(name, kind, declared, same, drifted, **more):
    """What is declared; attributes that are no drift; others with the paths that differ."""
    return pytest.param(kind, declared, same, drifted, more, id=name)


def counted(*members, **more):
    """A list as CloudFront answers it."""
    return {"Quantity": len(members), **({"Items": [*members]} if members else {}), **more}
