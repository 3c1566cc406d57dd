"""The intrinsic functions whose arguments were resolved before (Template Reference).

Each gives `Unresolved` for arguments that are not what its page describes, or not known.
"""

import base64
import ipaddress
import itertools
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from probes.analysis.template_bounds import Json, clipped
from probes.analysis.template_context import Context, Resolved, Unresolved, given

MAX_TEXT: Final = 1_000_000
_MAX_SUBNETS: Final = 256
# Text in `Fn::Sub`: `${Name}` or `${Name.Attribute}`; `${!Name}` is the text `${Name}`.
PLACEHOLDER: Final = re.compile(r"\$\{(!?)([^{}$]*)\}")

_Function = Callable[[Resolved, Context], Resolved]


def apply(name: str, arguments: Resolved, context: Context) -> Resolved:
    """What a function gives; unresolved for one that is not known here."""
    if isinstance(arguments, Unresolved):
        return arguments
    function = FUNCTIONS.get(name)
    if function is None:
        return Unresolved(f"{clipped(name)}: a function that is not resolved here")
    result = function(arguments, context)
    return _not_understood(name) if result is None else result


def as_text(value: Resolved) -> str | None:
    """A scalar as CloudFormation writes it into text; None for what is no scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def joined(pieces: list[Resolved], delimiter: str = "") -> Resolved:
    """One text of many scalars; the first that is unresolved makes the whole so."""
    texts: list[str] = []
    for piece in pieces:
        if isinstance(piece, Unresolved):
            return piece
        text = as_text(piece)
        if text is None:
            return Unresolved("a part of a text is not a scalar")
        texts.append(text)
    if sum(map(len, texts)) + len(delimiter) * len(texts) > MAX_TEXT:
        return Unresolved("the text is too long")
    return delimiter.join(texts)


def _not_understood(name: str) -> Unresolved:
    return Unresolved(f"{clipped(name)}: its arguments are not understood")


def _ref(arguments: Resolved, context: Context) -> Resolved:
    return context.reference(arguments) if isinstance(arguments, str) else None


def _get_att(arguments: Resolved, context: Context) -> Resolved:
    match arguments:
        case [str(logical_id), str(attribute)]:
            return context.attribute(logical_id, attribute)
        case [_, Unresolved() as unknown]:
            return unknown
        case _:
            return None


def _sub(arguments: Resolved, context: Context) -> Resolved:
    match arguments:
        case str(text):
            return joined(_substituted(text, {}, context))
        case [str(text), dict(own)]:
            return joined(_substituted(text, own, context))
        case _:
            return None


def _substituted(text: str, own: Mapping[str, Resolved], context: Context) -> list[Resolved]:
    pieces: list[Resolved] = []
    end = 0
    for found in PLACEHOLDER.finditer(text):
        pieces += [text[end : found.start()], _placeholder(found, own, context)]
        end = found.end()
    return [*pieces, text[end:]]


def _placeholder(found: re.Match[str], own: Mapping[str, Resolved], context: Context) -> Resolved:
    literal, name = found[1], found[2].strip()
    if literal:
        return f"${{{found[2]}}}"
    if name in own:
        return own[name]
    logical_id, dot, attribute = name.partition(".")
    return context.attribute(logical_id, attribute) if dot else context.reference(name)


def _join(arguments: Resolved, _: Context) -> Resolved:
    match arguments:
        case [str(delimiter), list(pieces)]:
            return joined(pieces, delimiter)
        case [_, Unresolved() as unknown]:
            return unknown
        case _:
            return None


def _split(arguments: Resolved, _: Context) -> Resolved:
    match arguments:
        case [str(delimiter), str(text)] if delimiter:
            return [*text.split(delimiter)]
        case [_, Unresolved() as unknown]:
            return unknown
        case _:
            return None


def _select(arguments: Resolved, _: Context) -> Resolved:
    match arguments:
        case [Unresolved() as unknown, _] | [_, Unresolved() as unknown]:
            return unknown
        case [str() | int() as index, list(items)]:
            return _item(items, str(index))
        case _:
            return None


def _item(items: list[Resolved], index: str) -> Resolved:
    if not (index.isascii() and index.isdigit() and len(index) < 6 and int(index) < len(items)):
        return None
    # An item that is not known may turn out absent, and what follows would move up.
    unknown = (item for item in items[: int(index)] if isinstance(item, Unresolved))
    return next(unknown, items[int(index)])


def _find_in_map(arguments: Resolved, context: Context) -> Resolved:
    match arguments:
        case [name, top, second, *_]:
            keys = (name, top, second)
        case _:
            return None
    found: Json = {**context.template.mappings}
    for key in keys:
        if isinstance(key, Unresolved):
            return key
        text = as_text(key)
        if not isinstance(found, dict) or text is None or text not in found:
            return Unresolved("Fn::FindInMap: the mapping has no such entry")
        found = found[text]
    return given(found)


def _base64(arguments: Resolved, _: Context) -> Resolved:
    text = as_text(arguments)
    return None if text is None else base64.b64encode(text.encode(errors="replace")).decode()


def _cidr(arguments: Resolved, _: Context) -> Resolved:
    match arguments:
        case [Unresolved() as unknown, *_]:
            return unknown
        case [str(block), count, bits]:
            return _subnets(block, as_text(count) or "", as_text(bits) or "")
        case _:
            return None


def _subnets(block: str, count: str, bits: str) -> Resolved:
    try:
        network = ipaddress.ip_network(block, strict=False)
        wanted, prefix = int(count[:9]), network.max_prefixlen - int(bits[:9])
        subnets = network.subnets(new_prefix=prefix)
    except ValueError:
        return None
    if not 1 <= wanted <= _MAX_SUBNETS:
        return None
    found: list[Resolved] = [str(subnet) for subnet in itertools.islice(subnets, wanted)]
    return found if len(found) == wanted else None


def _get_azs(arguments: Resolved, context: Context) -> Resolved:
    region = arguments or context.region
    if not isinstance(region, str) or region not in context.zones:
        return Unresolved("Fn::GetAZs: the zones are not known")
    return [*context.zones[region]]


def _import_value(arguments: Resolved, context: Context) -> Resolved:
    if not isinstance(arguments, str):
        return None
    if arguments not in context.imports:
        return Unresolved(f"{clipped(arguments)}: what is exported under this name is not known")
    return context.imports[arguments]


FUNCTIONS: Final[Mapping[str, _Function]] = MappingProxyType(
    {
        "Ref": _ref,
        "Fn::Base64": _base64,
        "Fn::Cidr": _cidr,
        "Fn::FindInMap": _find_in_map,
        "Fn::GetAZs": _get_azs,
        "Fn::GetAtt": _get_att,
        "Fn::ImportValue": _import_value,
        "Fn::Join": _join,
        "Fn::Select": _select,
        "Fn::Split": _split,
        "Fn::Sub": _sub,
    }
)
