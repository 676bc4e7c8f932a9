# SPDX-License-Identifier: Apache-2.0
"""The user as the suite plays them: what was on screen, and what is done with it."""

import asyncio

import prompt_text
from assent.conformance.v1 import control_pb2 as pb

STATES = {
    "pending": pb.PROMPT_STATE_PENDING,
    "approved": pb.PROMPT_STATE_APPROVED,
    "denied": pb.PROMPT_STATE_DENIED,
    "timed-out": pb.PROMPT_STATE_TIMED_OUT,
    "withdrawn": pb.PROMPT_STATE_WITHDRAWN,
    "dismissed-by-lock": pb.PROMPT_STATE_DISMISSED_BY_LOCK,
}


class User:
    """`next_number`: of the event that shows a prompt."""

    def __init__(self, next_number):
        self._next = next_number
        self._deciding = set()

    def follow(self, broker):
        """From now on, with no rules, the prompts of this one."""
        self._broker = broker
        self._rules = []
        broker.prompts.shown = self._shown

    def script(self, rules):
        """How prompts that come from now on are decided; the first that fits."""
        self._rules = [[rule, rule.times or float("inf")] for rule in rules]

    def records(self):
        """Every prompt that was shown, pending ones first."""
        history = self._broker.prompts.history
        for prompt in history:
            prompt.record.state = STATES[prompt.state]
            prompt.record.waiters = len(prompt.waiters)
        ordered = sorted(history, key=lambda one: one.state != "pending")
        return [one.record for one in ordered]

    def _shown(self, prompt):
        accounts = [] if prompt.wish.account else self._broker.accounts.values()
        shown = prompt_text.render(prompt.wish, prompt.process, accounts)
        account = prompt.wish.account
        prompt.record = pb.Prompt(
            prompt_id=prompt.id, shown_seq=self._next(), account_id=account.id if account else "",
            shown_account=shown.account, shown_process_name=shown.name,
            shown_process_path=shown.path, shown_scope=shown.scope,
            shown_duration=shown.duration, shown_text=shown.text, pid=prompt.process.pid,
            shown_choices=shown.choices,
        )
        for entry in self._rules:
            rule, left = entry
            fits = rule.account_id in ("", prompt.record.account_id)
            if fits and rule.pid in (0, prompt.process.pid) and left:
                entry[1] -= 1
                task = asyncio.create_task(self.decide(prompt, rule.decision))
                self._deciding.add(task)
                task.add_done_callback(self._deciding.discard)
                return

    async def decide(self, prompt, decision):
        """Whether it took effect."""
        prompts = self._broker.prompts
        if not prompts.is_pending(prompt):
            return False
        if decision.kind == pb.DECISION_KIND_DENY:
            prompts.deny(prompt)
            return True
        if decision.kind == pb.DECISION_KIND_APPROVE:
            account = prompt.wish.account or self._broker.accounts.get(decision.account_id)
            return account is not None and await self._broker.authorizations.approve(
                prompt, proof(decision.unlock_method, account), account.id,
                decision.scope if decision.HasField("scope") else None,
                decision.inactivity_timeout.ToMilliseconds(),
            )
        # Closing the window decides nothing: it stays for another surface, or times out.
        return False


def proof(method, account):
    """What the user types."""
    if method == pb.UNLOCK_METHOD_NONE:
        return None
    return b"wrong" if method == pb.UNLOCK_METHOD_FAIL else account.credential
