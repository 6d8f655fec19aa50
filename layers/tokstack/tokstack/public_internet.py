"""Which names and addresses belong to the public internet. Rules alone: nothing is looked up or asked.

is_public_name          a DNS name, no spelling of an address and no name of a private network
is_public_address       an address of nobody's own network, no tunnel, no multicast
"""

import ipaddress
import re

# At least two labels, and the last one no number: that ends the decimal, octal, hex and IPv6 spellings of an address,
# single labels, escapes and the trailing dot.
_NAME = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])\Z", re.ASCII
)

# Names that public DNS does not answer and that a network may answer by itself, a cloud's metadata among them:
# IANA's special-use domain names, and what ICANN keeps for private use.
_SPECIAL_NAMES = (".alt", ".home.arpa", ".internal", ".invalid", ".local", ".localhost", ".onion", ".test")

_GLOBAL_V6 = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

# IANA's special-purpose registries. `is_global` alone will not do: it is true for multicast, and differs between
# patch releases of Python.
_SPECIAL = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # behind a carrier's NAT
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local, and a cloud's metadata
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/3",  # multicast, reserved, broadcast
            "2001::/23",  # protocol assignments, Teredo
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "3fff::/20",  # documentation
        ),
    )
)


def is_public_name(host: str) -> bool:
    """Whether a host, in lower case, is a name that public DNS holds."""
    return _NAME.match(host) is not None and not host.endswith(_SPECIAL_NAMES)


def is_public_address(address: str) -> bool:
    """Whether an address, in its numeric form, is one of the public internet."""
    ip = ipaddress.ip_address(address)
    if ip in _NAT64:
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    if isinstance(ip, ipaddress.IPv6Address) and (ip not in _GLOBAL_V6 or ip.scope_id):
        return False
    return ip.is_global and not any(ip in network for network in _SPECIAL)
