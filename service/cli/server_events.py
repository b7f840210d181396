"""Reading server-sent events (WHATWG HTML, section 9.2)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event of a stream."""

    id: str = ""
    type: str = "message"
    data: str = ""


def parse_events(lines: Iterable[str]) -> Iterator[ServerEvent]:
    """Yield the events in the lines of a stream. An event that is cut off at its end is dropped."""
    event, data = ServerEvent(), list[str]()
    for line in lines:
        if not line:
            if data:
                yield replace(event, data="\n".join(data))
            # The id holds until another is given; the type and the data do not.
            event, data = ServerEvent(id=event.id), []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data.append(value)
        elif name == "event":
            event = replace(event, type=value)
        elif name == "id":
            event = replace(event, id=value)
