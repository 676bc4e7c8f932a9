# SPDX-License-Identifier: Apache-2.0
"""
A broker to be tested: serves at ASSENT_ENDPOINT, is steered at
ASSENT_CONFORMANCE_CONTROL. Needs python3-h2, python3-protobuf and
python3-grpc-tools, as of Debian 12. Without the suite: release.py.
"""

import asyncio
import sys

sys.dont_write_bytecode = True

import stubs  # noqa: E402

stubs.load()

from broker import Broker  # noqa: E402
from clock import VirtualClock  # noqa: E402
from control import Control  # noqa: E402
from host import Host  # noqa: E402
from serving import serve  # noqa: E402


async def main():
    host = Host(Broker(VirtualClock()))
    control = Control(host)
    await serve(
        host,
        [
            ("ASSENT_ENDPOINT", host.programs),
            ("ASSENT_CONFORMANCE_CONTROL", lambda: host.suite(control.methods)),
        ],
    )


asyncio.run(main())
