"""What a user may write for a page of any site, read into one canonical URL. No text is ever fetched as it was given.

parse_address           a link, or a link without its https:// → the URL that is meant
"""

import re
from urllib.parse import quote

from tokstack.errors import Code, TokstackError
from tokstack.posts.references import MAX_LENGTH, clean
from tokstack.public_internet import is_public_name

_LINK = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?"
    r"(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?:#.*)?",
    re.IGNORECASE | re.ASCII,
)
_NO_NETWORK = re.compile(r"(?!https?:)[a-z][a-z0-9+-]*:(?![0-9]*(?:[/?#]|\Z))", re.IGNORECASE | re.ASCII)
_AUTHORITY = re.compile(r"(?P<host>[^:]*)(?::(?P<port>[0-9]*))?", re.ASCII)
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_PORTS = frozenset(_DEFAULT_PORTS.values())
_KEPT = "!$%&'()*+,/:;=?@~"  # of a path or a query; what is escaped already stays so


def parse_address(text: str) -> str:
    """The canonical URL: http or https, the host in lower case and ASCII, no default port, no fragment.

    Raises TokstackError(VALIDATION_ERROR) and nothing else.
    """
    text = clean(text)
    match = _LINK.fullmatch(text)
    if not match or _NO_NETWORK.match(text):
        raise _invalid("Only links that begin with http:// or https:// can be fetched.")
    scheme = (match["scheme"] or "https").lower()
    if scheme not in _DEFAULT_PORTS:
        raise _invalid("Only links that begin with http:// or https:// can be fetched.")
    host, port = _host_and_port(match["authority"])
    site = host if port in ("", _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    path, query = quote(match["path"], safe=_KEPT) or "/", quote(match["query"] or "", safe=_KEPT)
    address = f"{scheme}://{site}{path}{query}"
    if len(address) > MAX_LENGTH:
        raise _invalid(f"This is longer than {MAX_LENGTH} characters.")
    return address


def _host_and_port(authority: str) -> tuple[str, str]:
    if "@" in authority:
        raise _invalid("A link with a user name or a password is not fetched.")
    match = _AUTHORITY.fullmatch(authority)
    host = _ascii(match["host"]) if match else ""
    if not match or not is_public_name(host):
        raise _invalid("This link does not name a site of the public internet.")
    port = match["port"] or ""
    if port and port not in _PORTS:
        raise _invalid("Only links to the ports 80 and 443 are fetched.")
    return host, port


def _ascii(host: str) -> str:
    """The host as DNS has it, read as browsers read it; "" where it is none."""
    if host.isascii():
        return host.lower()
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except UnicodeError:
        return ""


def _invalid(message: str) -> TokstackError:
    return TokstackError(Code.VALIDATION_ERROR, message)
