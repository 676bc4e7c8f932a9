# SPDX-License-Identifier: Apache-2.0
"""What elapses (boot) and what the wall shows: the system's, or as the suite moves them."""

import asyncio
import heapq
import itertools
import time


class SystemClock:
    """`boot_ms` cannot be set and counts time asleep; `wall_ms` is for showing alone (EXP-005)."""

    @property
    def boot_ms(self):
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

    @property
    def wall_ms(self):
        return time.time_ns() // 1_000_000

    def after(self, ms, task):
        """May be late, after sleep by much: nothing is judged by it alone (EXP-011)."""
        return asyncio.get_running_loop().call_later(ms / 1_000, task)


class Timer:
    """Something to be done once; `cancel` and it is not."""

    def __init__(self, task):
        self.task = task

    def cancel(self):
        self.task = None


class VirtualClock:
    """The same, standing still until it is moved."""

    def __init__(self):
        self.boot_ms = 0
        self.wall_ms = 1_800_000_000_000
        self.frozen = False
        self._timers = []
        self._order = itertools.count()

    def advance(self, ms):
        """Every clock moves, then what is due is done, unless timers are frozen."""
        self.boot_ms += ms
        self.wall_ms += ms
        while not self.frozen and self._timers and self._timers[0][0] <= self.boot_ms:
            timer = heapq.heappop(self._timers)[2]
            if timer.task is not None:
                timer.task()

    def after(self, ms, task):
        timer = Timer(task)
        heapq.heappush(self._timers, (self.boot_ms + ms, next(self._order), timer))
        return timer
