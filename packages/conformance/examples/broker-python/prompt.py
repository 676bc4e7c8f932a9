# SPDX-License-Identifier: Apache-2.0
"""Questions to the user: one visible for each process, the rest wait their turn (PRM-013)."""

import asyncio
import itertools

from failure import Failure

TIMEOUT_MS = 120_000
WRONG_CREDENTIALS = 5


class Prompt:
    def __init__(self, id, wish, process):
        self.id, self.wish, self.process = id, wish, process
        self.waiters = set()
        # "queued", "pending", and then how it ended.
        self.state = "queued"
        self.shown_at = self.timer = self.record = None
        self.wrong = 0

    @property
    def is_open(self):
        return self.state in ("queued", "pending")


class Prompts:
    """
    `settled(wish, process)`: a session that has come to cover it, or None.
    `shown` and `changed` are told a prompt; `ended` is told one that was seen.
    """

    def __init__(self, clock, settled):
        self._clock, self._settled = clock, settled
        self._queues = {}
        self._numbers = itertools.count(1)
        self.history = []
        self.shown = self.changed = self.ended = lambda prompt: None

    async def ask(self, process, wish):
        """The session that comes of it; raises Failure. Cancelled: this caller waits no more."""
        queue = self._queues.setdefault(process, [])
        prompt = next((one for one in queue if one.wish.same_as(wish)), None)
        if prompt is None:
            prompt = Prompt(f"p{next(self._numbers)}", wish, process)
            queue.append(prompt)
        waiter = asyncio.get_running_loop().create_future()
        prompt.waiters.add(waiter)
        self._show_next(process)
        self.changed(prompt)
        try:
            return await waiter
        finally:
            prompt.waiters.discard(waiter)
            if not prompt.waiters and prompt.is_open:
                self.end(prompt, "withdrawn", None)
            self.changed(prompt)

    def _show_next(self, process):
        queue = self._queues.get(process, [])
        while queue and queue[0].state == "queued":
            prompt = queue[0]
            session = self._settled(prompt.wish, process)
            if session is None:
                prompt.state, prompt.shown_at = "pending", self._clock.boot_ms
                prompt.timer = self._clock.after(TIMEOUT_MS, lambda: self.is_pending(prompt))
                self.history.append(prompt)
                self.shown(prompt)
                return
            self._leave(prompt, "approved")
            answer(prompt, session)

    def is_pending(self, prompt):
        """Judged by the clock: a timer may not have run (SES-004)."""
        if prompt.state == "pending" and self._clock.boot_ms - prompt.shown_at >= TIMEOUT_MS:
            self.end(prompt, "timed-out", Failure("PROMPT_TIMED_OUT"))
        return prompt.state == "pending"

    def approve(self, prompt, session):
        self._close(prompt, "approved")
        answer(prompt, session)
        self._show_next(prompt.process)

    def deny(self, prompt):
        """Ends what else that process waits for as well (PRM-013)."""
        for one in list(self._queues.get(prompt.process, [])):
            self._close(one, "denied")
            answer(one, Failure("PROMPT_DENIED"))

    def end(self, prompt, state, failed):
        self._close(prompt, state)
        if failed is not None:
            answer(prompt, failed)
        self._show_next(prompt.process)

    def end_where(self, fits, state, failure_of):
        """End every open prompt that fits."""
        for one in [one for queue in self._queues.values() for one in queue]:
            if one.is_open and fits(one):
                self._close(one, state)
                answer(one, failure_of(one))
        for process in list(self._queues):
            self._show_next(process)

    def _close(self, prompt, state):
        was_shown = prompt.state == "pending"
        self._leave(prompt, state)
        if was_shown:
            prompt.timer.cancel()
            self.ended(prompt)
        self.changed(prompt)

    def _leave(self, prompt, state):
        prompt.state = state
        queue = self._queues.get(prompt.process, [])
        if prompt in queue:
            queue.remove(prompt)
        if not queue:
            self._queues.pop(prompt.process, None)


def answer(prompt, outcome):
    for waiter in prompt.waiters:
        if waiter.done():
            continue
        if isinstance(outcome, Exception):
            waiter.set_exception(outcome)
        else:
            waiter.set_result(outcome)
