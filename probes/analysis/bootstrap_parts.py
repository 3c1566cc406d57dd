"""User data as EC2 takes it: base64, perhaps gzip, perhaps several parts (cloud-init formats).

EC2 takes 16 KB of user data before base64 (EC2 User Guide, "User data"); what unpacks to far more
than any script has is not unpacked.
"""

import base64
import binascii
import quopri
import re
import zlib
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal[
    "shell", "cloud-config", "powershell", "multipart", "toml", "include", "other", "undecodable"
]

MAX_ENCODED: Final = 200_000
MAX_BYTES: Final = 500_000
MAX_PARTS: Final = 50
_GZIP: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 31  # zlib's sign for a gzip header
_BOUNDARY: Final = re.compile(
    r'boundary\s*=\s*(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE
)
_SHELL: Final = re.compile(r"#!\s*\S*/(?:env\s+(?:-S\s+)?)?(?:bash|sh|dash|ksh|zsh|ash)\b")
_TOML: Final = re.compile(r"\s*\[[A-Za-z0-9_.\"-]+\]\s*\Z")
# cloud-init names the kind of a part by its first line, or by the MIME type of the part.
_MIME: Final[tuple[tuple[str, Kind], ...]] = (
    ("text/x-shellscript", "shell"),
    ("text/cloud-boothook", "shell"),
    ("text/cloud-config", "cloud-config"),
    ("text/x-include", "include"),
)


class Undecodable(ValueError):
    """User data that cannot be brought back to text."""


@dataclass(frozen=True, slots=True)
class Part:
    """One script of the user data. It holds the text, so it is never kept."""

    kind: Kind
    text: str


def decoded(encoded: str) -> bytes:
    """The bytes of base64 user data, unpacked if they were packed.

    Raises `Undecodable` when they are not what they claim, or too large.
    """
    if len(encoded) > MAX_ENCODED:
        raise Undecodable("too long")
    try:
        content = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Undecodable("not base64") from None
    return unpacked(content)


def unpacked(content: bytes) -> bytes:
    """Bytes without gzip around them; raises `Undecodable` for a bomb or a broken one."""
    if not content.startswith(_GZIP):
        return content
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    try:
        content = unpacker.decompress(content, MAX_BYTES)
    except zlib.error:
        raise Undecodable("broken gzip") from None
    if not unpacker.eof:
        raise Undecodable("cut off, or unpacks to too much")
    return content


def parts_of(content: bytes) -> tuple[Kind, list[Part]]:
    """The kind of the whole, and its parts: one, unless it is a MIME message of several."""
    text = _text(content)
    boundary = _boundary(text)
    if boundary is None:
        part = _part(text, "")
        return part.kind, [part]
    bodies = re.split(rf"^--{re.escape(boundary)}(?:--)?[ \t]*\r?$", text, flags=re.MULTILINE)
    if len(bodies) - 1 > MAX_PARTS:
        raise Undecodable("too many parts")
    return "multipart", [_mime_part(body) for body in bodies[1:] if body.strip()]


def _text(content: bytes) -> str:
    if b"\0" in content:
        raise Undecodable("not text")
    return content.decode(errors="replace").removeprefix("\ufeff")


def _boundary(text: str) -> str | None:
    if not text.lstrip()[:13].lower().startswith(("content-type:", "mime-version:")):
        return None
    found = _BOUNDARY.search(_headers(text.lstrip())[0])
    return (found[1] or found[2]) if found else None


def _headers(text: str) -> tuple[str, str]:
    """The headers of a MIME message or part, and its body."""
    cut = re.search(r"\r?\n[ \t]*\r?\n", text)
    return (text[: cut.start()], text[cut.end() :]) if cut else (text, "")


def _mime_part(text: str) -> Part:
    headers, body = _headers(text.lstrip("\r\n"))
    encoding = re.search(
        r"^content-transfer-encoding:[ \t]*([\w-]+)", headers, re.IGNORECASE | re.MULTILINE
    )
    match encoding[1].lower() if encoding else "":
        case "base64":
            body = _text(decoded(body))
        case "quoted-printable":
            body = _text(quopri.decodestring(body.encode()))
    return _part(body, headers)


def _part(text: str, headers: str) -> Part:
    kind = _kind(text)
    mime = headers.lower()
    stated = (known for name, known in _MIME if name in mime)
    return Part(next(stated, kind) if kind == "other" else kind, text)


def _kind(text: str) -> Kind:
    lines = [line for line in text.lstrip().splitlines()[:2] if not line.startswith("## template:")]
    first = lines[0].strip() if lines else ""
    by_start: tuple[tuple[tuple[str, ...], Kind], ...] = (
        (("#cloud-config",), "cloud-config"),
        (("#cloud-boothook",), "shell"),
        (("#include",), "include"),
        (("<powershell>", "<script>"), "powershell"),
    )
    for starts, kind in by_start:
        if first.lower().startswith(starts):
            return kind
    if _SHELL.match(first):
        return "shell"
    return "toml" if _TOML.match(first) else "other"
