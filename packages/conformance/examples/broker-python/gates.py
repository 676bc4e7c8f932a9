# SPDX-License-Identifier: Apache-2.0
"""Places at which the suite holds calls, to make races exact."""

import asyncio

POINTS = {1: "before-vault", 2: "before-response", 4: "before-grant"}


class Gates:
    def __init__(self):
        self._closed = {}
        self.changed = lambda: None

    async def at(self, point):
        held = self._closed.get(point)
        if held is None:
            return
        passed = asyncio.get_running_loop().create_future()
        held.add(passed)
        self.changed()
        try:
            await passed
        finally:
            held.discard(passed)

    def set(self, point, closed):
        if closed:
            self._closed.setdefault(point, set())
            return
        for passed in list(self._closed.pop(point, ())):
            if not passed.done():
                passed.set_result(None)

    def count(self, point):
        return len(self._closed.get(point, ()))

    def open(self):
        for point in list(self._closed):
            self.set(point, False)
