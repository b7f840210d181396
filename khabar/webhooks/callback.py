"""A callback: the URL of a newsroom's own server, checked and written in one way."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Self

import idna

from khabar.errors import CallbackRefused
from khabar.webhooks.addresses import Address, may_reach
from khabar.webhooks.policy import Policy

MOST_CHARACTERS = 2048
_DEFAULT_PORTS = {"https": 443, "http": 80}
_PARTS = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<target>[^#]*)(?P<fragment>#.*)?"
)
_TARGET = re.compile(r"(?:[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
_HOST_AND_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(?::(?P<port>.*))?")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_LONGEST_NAME = 253


@dataclass(frozen=True, slots=True)
class Callback:
    """Where a message goes. ``host`` is a name in ASCII, or an address without brackets."""

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, text: str, policy: Policy) -> Self:
        """Read a URL that a client gave. Raises CallbackRefused.

        Nothing is guessed: what browsers and libraries read in different ways is refused.
        """
        _check_characters(text)
        parts = _PARTS.fullmatch(text)
        if parts is None:
            raise _refused("It is not an absolute URL.", hint=_EXAMPLE)
        if parts["fragment"] is not None:
            raise _refused("It has a fragment.", hint="Leave out everything from the # on.")
        scheme = _scheme(parts["scheme"].lower(), policy)
        if "@" in parts["authority"]:
            raise _refused(
                "It holds a user name or a password.",
                hint="Every message is signed; check the signature instead.",
            )
        where = _HOST_AND_PORT.fullmatch(parts["authority"])
        if where is None or not where["host"]:
            raise _refused("It names no host, or one that cannot be read.", hint=_EXAMPLE)
        port = _port(where["port"], scheme, policy)
        host = _host(where["host"], policy)
        return cls(scheme, host, port, _target(parts["target"]))

    @property
    def url(self) -> str:
        """The URL, written in the one way that is stored and used."""
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def authority(self) -> str:
        """The host, and the port where it is not the scheme's own: the header ``Host``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def endpoint(self) -> str:
        """What shares its bound on messages under way: one host and port."""
        return f"{self.host}:{self.port}"


_EXAMPLE = "Send one such as https://desk.example/khabar."


def _check_characters(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise _refused(
            "It is longer than it may be, in characters.",
            limit=MOST_CHARACTERS,
            given=len(text),
        )
    if "\\" in text or not text.isprintable() or " " in text:
        raise _refused(
            "It holds a backslash, white space, or a character that cannot be seen.",
            hint="Percent-encode what belongs to the path or the query.",
        )


def _scheme(scheme: str, policy: Policy) -> str:
    if scheme == "https" or (scheme == "http" and policy.plain_http):
        return scheme
    hint = "Use https."
    if scheme == "http":
        hint = "Use https, or ask the person who runs the service for KHABAR_WEBHOOK_PLAIN_HTTP."
    raise _refused("Its scheme is not allowed.", limit="https", hint=hint)


def _port(text: str | None, scheme: str, policy: Policy) -> int:
    if text is None:
        port = _DEFAULT_PORTS[scheme]
    elif re.fullmatch(r"[0-9]{1,5}", text):
        port = int(text)
    else:
        raise _refused("Its port is not a number.", hint=_EXAMPLE)
    if port not in policy.ports:
        raise _refused(
            "Its port is not allowed.",
            limit=", ".join(map(str, sorted(policy.ports))),
            given=port,
            hint="Use another, or ask the person who runs the service for KHABAR_WEBHOOK_PORTS.",
        )
    return port


def _host(text: str, policy: Policy) -> str:
    address = _literal_6(text) if text.startswith("[") else None
    name = "" if address else _name(text)
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        # Whatever ends in a number is read as an address by some programs (WHATWG URL, 3.5).
        address = _literal_4(name)
    if address is None:
        _check_name(name, policy)
        return name
    if not may_reach(address, policy.networks):
        raise _refused(
            "Its address is not a public one.",
            hint="Use the name of a server on the internet, or ask the person who runs the "
            "service for KHABAR_WEBHOOK_ALLOWED_NETWORKS.",
        )
    return str(address)


def _literal_6(text: str) -> Address:
    try:
        address = IPv6Address(text[1:-1])
    except AddressValueError:
        address = None
    if address is None or address.scope_id is not None:
        raise _refused("Its IPv6 address cannot be used.", hint=_EXAMPLE)
    return address


def _literal_4(name: str) -> Address:
    try:
        return IPv4Address(name)
    except AddressValueError:
        raise _refused(
            "Its IPv4 address is not written as four decimal numbers.", hint=_EXAMPLE
        ) from None


def _name(text: str) -> str:
    """Return a host name in lower-case ASCII (UTS 46, RFC 5891)."""
    try:
        name = idna.encode(text, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise _refused(
            "Its host is not a host name.", hint="Use letters, digits and hyphens."
        ) from None
    if name.endswith(".") or len(name) > _LONGEST_NAME:
        raise _refused("Its host ends in a dot, or is too long.", hint=_EXAMPLE)
    return name


def _check_name(name: str, policy: Policy) -> None:
    inside = "." not in name or name.endswith(".localhost")
    if inside and not policy.networks:
        raise _refused(
            "Its host is a name of this machine or of the network around it.",
            hint="Use the full name of a server on the internet.",
        )


def _target(text: str) -> str:
    if not _TARGET.fullmatch(text):
        raise _refused(
            "Its path or query holds a character that a URL may not hold.",
            hint="Percent-encode it, as UTF-8.",
        )
    return text if text.startswith("/") else f"/{text}"


def _refused(
    reason: str, *, limit: str | int | None = None, given: str | int | None = None, hint: str = ""
) -> CallbackRefused:
    return CallbackRefused(
        f"This URL cannot be called back. {reason}",
        field="callback_url",
        limit=limit,
        given=given,
        hint=hint or None,
    )
