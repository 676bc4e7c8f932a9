# SPDX-License-Identifier: Apache-2.0
"""From its start to its end, with or without the suite."""

import asyncio
import os
import signal
import sys

import endpoint

GRACE_S = 0.2


async def serve(host, endpoints):
    """`endpoints`: name of the variable that says where, and what makes a connection. Returns when stopped."""
    loop = asyncio.get_running_loop()
    paths = [place(name) for name, _ in endpoints]
    sockets = [endpoint.listen(path) for path in paths]
    for listening, (_, connection) in zip(sockets, endpoints):
        await loop.create_unix_server(connection, sock=listening)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    # Calls under way are told, and nothing is left to be taken for a broker that lives.
    host.stopping = True
    for path in paths:
        os.unlink(path)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.sleep(GRACE_S)


def place(name):
    path = os.environ.get(name, "")
    if not os.path.isabs(path):
        sys.exit(f"{name} must be the absolute path of a socket.")
    return path
