from service.cli.server_events import ServerEvent, parse_events


def parse(text: str) -> list[ServerEvent]:
    return list(parse_events(text.split("\n")))


def test_the_fields_of_an_event_are_read():
    text = ': a comment\nid: 7-0\nevent: language\ndata: {"state":\ndata:  "done"}\n\n'
    assert parse(text) == [ServerEvent("7-0", "language", '{"state":\n "done"}')]


def test_the_id_holds_and_the_type_does_not():
    first, second = parse("id: 1\nevent: end\ndata: a\n\ndata: b\n\n")
    assert (first.type, second) == ("end", ServerEvent("1", "message", "b"))


def test_a_field_without_a_colon_and_a_pause_are_no_trouble():
    assert parse(":\n\n\ndata\n\nretry: 5\n\n") == [ServerEvent(data="")]


def test_an_event_cut_off_is_dropped():
    assert parse("data: whole\n\ndata: cut") == [ServerEvent(data="whole")]
