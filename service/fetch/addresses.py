"""Checks the addresses to fetch: only http and https, and on demand only public hosts."""

import ipaddress
import socket
from typing import Final

import httpcore
import httpx

from service.fetch.errors import ForbiddenAddress

NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
# All of IPv6 that is assigned for public use. The rest is for special uses.
GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
# Interface identifiers that hold an IPv4 address (ISATAP, RFC 5214).
ISATAP: Final = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")
# Networks that are not public, besides those that Python knows: protocol assignments, the address
# under which a cloud (Azure) talks to its machines, Teredo, and documentation.
NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "168.63.129.16", "2001::/32", "3fff::/20")
)


def read_address(url: str) -> httpx.URL:
    """The address in `url`, without white space around it.

    Raises ForbiddenAddress if it is no web address.
    """
    try:
        address = httpx.URL(url.strip())
        host = address.host  # Raises UnicodeError for an invalid IDNA name, like xn--a.
    except (httpx.InvalidURL, UnicodeError) as error:
        reason = str(error).rstrip(".")
        raise ForbiddenAddress("This is no address of a page: {reason}.", reason=reason) from error
    check_scheme(address)
    if not host:
        raise ForbiddenAddress("This is no address of a page: it names no host.")
    return address


def check_scheme(url: httpx.URL) -> None:
    """Raises ForbiddenAddress for an address that is not of the web."""
    if url.scheme not in ("http", "https"):
        raise ForbiddenAddress("Only http and https addresses are fetched.")


def resolve(host: str, port: int) -> list[str]:
    """The addresses of `host`. Raises httpcore.ConnectError if it is not found."""
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:
        # In this order: the host is not found, a label is too long, the port does not exist.
        raise httpcore.ConnectError(f"{host} was not found") from error
    return [str(entry[4][0]) for entry in entries]


def resolve_public(host: str, port: int) -> list[str]:
    """The addresses of `host`. Raises ForbiddenAddress if any of them is not public."""
    addresses = resolve(host, port)
    if not all(is_public(address) for address in addresses):
        raise ForbiddenAddress("{host} is not a public address.", host=host)
    return addresses


def is_of_private_network(url: str) -> bool:
    """True if the host of `url` has no public address; False if the host is not found.

    One public address is enough for False: the owner of a public feed could add private addresses
    to its host name.
    """
    try:
        address = read_address(url)
        return not any(is_public(each) for each in resolve(address.host, address.port or 80))
    except (ForbiddenAddress, httpcore.ConnectError):
        return False


def is_public(address: str) -> bool:
    """True for an address of the public internet.

    Where an IPv6 address holds an IPv4 address, the IPv4 address decides.
    """
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ipv4 = _ipv4_within(ip)
        if ipv4 is None and ip not in GLOBAL_UNICAST:
            return False
        ip = ipv4 or ip
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in NOT_PUBLIC)


def _ipv4_within(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address within an IPv6 address (NAT64, ISATAP, mapped, 6to4), if there is one."""
    if ip in NAT64 or (ip in GLOBAL_UNICAST and ip.packed[8:12] in ISATAP):
        return ipaddress.IPv4Address(ip.packed[-4:])
    return ip.ipv4_mapped or ip.sixtofour
