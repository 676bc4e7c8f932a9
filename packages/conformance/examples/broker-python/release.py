# SPDX-License-Identifier: Apache-2.0
"""The broker without the suite: real time, the terminal for a window, no control service (TST-001)."""

import asyncio
import sys

sys.dont_write_bytecode = True

import stubs  # noqa: E402

stubs.load()

from broker import Broker  # noqa: E402
from clock import SystemClock  # noqa: E402
from host import Host  # noqa: E402
from serving import serve  # noqa: E402
from terminal import Terminal  # noqa: E402


async def main():
    broker = Broker(SystemClock())
    host = Host(broker)
    deciding = asyncio.create_task(Terminal(broker).decide())
    await serve(host, [("ASSENT_ENDPOINT", host.programs)])
    deciding.cancel()


asyncio.run(main())
