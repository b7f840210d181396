"""Run in a network namespace in which every address is local: sends to every hostile URL.

A socket that listens on all addresses and on the ports 80 and 443 counts who comes. At the end it
must have caught nobody but one control: a URL with a public address.
"""

import asyncio
import contextlib
import json
import socket
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from khabar.errors import CallbackRefused
from khabar.settings import Settings
from khabar.webhooks.callback import Callback
from khabar.webhooks.policy import Policy
from tests.khabar.webhooks.hostile import ANSWERS, AT_SENDING, AT_SUBMIT
from tests.workers.webhooks.test_guarded import PUBLIC, FakeDns
from workers.webhooks.guarded import GuardedBackend
from workers.webhooks.post import Poster

say = sys.stdout.write
caught: list[object] = []


def listen(port: int) -> None:
    listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)

    def catch() -> None:
        while True:
            connection, where = listener.accept()
            caught.append(where)
            connection.close()

    threading.Thread(target=catch, daemon=True).start()


async def main() -> int:
    for port in (80, 443, 6379, 22, 11211):
        listen(port)
    policy = Policy.of(Settings())
    poster = Poster(GuardedBackend(FakeDns(ANSWERS), policy.networks), 2, 4)
    urls = AT_SUBMIT + AT_SENDING
    for url in urls:
        with contextlib.suppress(CallbackRefused):
            await poster.post(Callback.parse(url, policy), {}, b"{}")
    await asyncio.sleep(0.2)
    say(f"caught {len(caught)} of {len(urls)}: {json.dumps(caught)}\n")
    failed = bool(caught)
    await poster.post(Callback.parse(f"https://{PUBLIC}/", policy), {}, b"{}")
    await asyncio.sleep(0.2)
    say("reached the public address" if caught else "the trap does not work")
    return int(failed or not caught)


sys.exit(asyncio.run(main()))
