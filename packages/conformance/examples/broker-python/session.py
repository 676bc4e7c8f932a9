# SPDX-License-Identifier: Apache-2.0
"""Authorizations: of one process, for one account, in memory only."""

import itertools

INACTIVITY_MS = 600_000
OVERALL_MS = 12 * 3_600_000


class Session:
    def __init__(self, id, process, account, scope, inactivity_ms, asked, now, wall):
        self.id, self.process, self.account = id, process, account
        self.scope, self.inactivity_ms, self.asked = scope, inactivity_ms, asked
        self.began = self.active = now
        self.not_after_ms = wall + OVERALL_MS
        # A Reason, once it has ended.
        self.ended = None

    def remaining(self, now):
        """Milliseconds of the boot clock; at exactly nought it is over (EXP-001, EXP-013)."""
        return min(self.active + self.inactivity_ms, self.began + OVERALL_MS) - now


class Sessions:
    """`on_last`: told an account whose last session ended."""

    def __init__(self, clock, on_last):
        self._clock, self._on_last = clock, on_last
        self._all = []
        self._why = {}
        self._numbers = itertools.count(1)

    def grant(self, process, account, scope, inactivity_ms, asked):
        session = Session(
            f"s{next(self._numbers)}", process, account, scope, inactivity_ms, asked,
            self._clock.boot_ms, self._clock.wall_ms,
        )
        # One that grants no more than this one is not needed any longer.
        for one in self.live(process, account):
            if scope.covers(one.scope) and inactivity_ms >= one.inactivity_ms:
                self._all.remove(one)
        self._all.append(session)
        self._why.pop((process, account), None)
        return session

    def live(self, process=None, account=None):
        """Judged now, by the clock and no timer (EXP-011)."""
        for one in [one for one in self._all if one.remaining(self._clock.boot_ms) <= 0]:
            self.end(one, "SESSION_EXPIRED")
        return [
            one
            for one in self._all
            if process in (None, one.process) and account in (None, one.account)
        ]

    def end(self, session, reason):
        if session.ended is None:
            session.ended = reason
            self._all.remove(session)
            self._why[session.process, session.account] = reason
            if not any(one.account is session.account for one in self._all):
                self._on_last(session.account)

    def end_all(self, reason, process=None, account=None):
        """Of those that live; whether there were any."""
        ended = self.live(process, account)
        for one in ended:
            self.end(one, reason)
        return bool(ended)

    def why(self, process, account):
        """What a process without a live authorization is told (EXP-012)."""
        return self._why.get((process, account), "AUTHORIZATION_REQUIRED")

    def forget(self, process):
        """It is gone: nobody is left to be told."""
        self.end_all("PROCESS_CHANGED", process=process)
        self._why = {key: why for key, why in self._why.items() if key[0] is not process}
