# SPDX-License-Identifier: Apache-2.0
"""From a process's wish to the user's assent."""

from dataclasses import dataclass

import scope as scopes
from account import Account
from assent.v1 import broker_pb2
from failure import Failure
from session import INACTIVITY_MS

UNAPPROVED = 3
UNAPPROVED_MS = 60_000


@dataclass(frozen=True)
class Wish:
    """An AuthorizeRequest, checked."""

    # As the caller named it; calls are shared by this, so that nothing shows whether it exists.
    asked: str
    # None: the user chooses.
    account: Account
    scope: broker_pb2.Scope
    inactivity_ms: int
    integration: broker_pb2.Integration
    purpose: str

    def same_as(self, other):
        return (self.asked, self.account, self.scope) == (other.asked, other.account, other.scope)


def inactivity_of(request):
    """Never longer than ten minutes, whatever is asked (EXP-010)."""
    if not request.HasField("inactivity_timeout"):
        return INACTIVITY_MS
    asked = request.inactivity_timeout
    ms = asked.seconds * 1_000 + asked.nanos // 1_000_000
    if ms < 1 or not 0 <= asked.nanos < 1_000_000_000:
        raise Failure("INVALID")
    return min(ms, INACTIVITY_MS)


class Authorizations:
    def __init__(self, broker):
        self._broker = broker
        self._unapproved = {}

    async def authorize(self, process, request):
        """The session of an AuthorizeRequest; raises Failure."""
        broker = self._broker
        wish = Wish(
            request.account, broker.accounts.asked(request.account), scopes.asked(request),
            inactivity_of(request), request.integration, request.purpose,
        )
        if not process.identified:
            raise Failure("PEER_UNIDENTIFIED")
        session = self.settled(wish, process)
        if session is not None:
            return session
        if request.interaction not in (
            broker_pb2.INTERACTION_UNSPECIFIED, broker_pb2.INTERACTION_ALLOW,
        ):
            raise Failure("AUTHORIZATION_REQUIRED")
        self._back_off(process)
        return await broker.prompts.ask(process, wish)

    def settled(self, wish, process):
        """A live session that covers it already (SES-009)."""
        for session in self._broker.sessions.live(process, wish.account):
            chosen = session.asked is not None and wish.asked in ("", session.asked)
            if wish.account is None and not chosen:
                continue
            bound = scopes.bind(wish.scope, session.account)
            if bound is not None and session.scope.covers(bound) and all_found(wish.scope, bound):
                return session
        return None

    async def approve(self, prompt, credential, account_id="", scope=None, inactivity_ms=None):
        """The user approves, with a proof. Whether that took effect (SES-005, SES-019)."""
        broker = self._broker
        account = prompt.wish.account or broker.accounts.get(account_id)
        inactivity_ms = inactivity_ms or prompt.wish.inactivity_ms
        if not broker.prompts.is_pending(prompt) or account is None:
            return False
        generation = account.generation
        if not account.accepts(credential):
            prompt.wrong += credential is not None
            if prompt.wrong >= broker.wrong_credentials:
                broker.prompts.deny(prompt)
            return False
        await broker.gates.at("before-grant")
        # From here to the grant nothing else runs.
        asked = scopes.bind(prompt.wish.scope, account)
        granted = asked if scope is None else scopes.bind(scope, account)
        if (
            not broker.prompts.is_pending(prompt)
            or not prompt.waiters
            or account.generation != generation
            or broker.accounts.get(account.id) is not account
            or prompt.process.state() != "same"
            or asked is None
            or granted is None
            or not asked.covers(granted)
            or not 0 < inactivity_ms <= prompt.wish.inactivity_ms
        ):
            return False
        if account.locked:
            account.locked, account.by_approval = False, True
        chosen = prompt.wish.asked if prompt.wish.account is None else None
        session = broker.sessions.grant(prompt.process, account, granted, inactivity_ms, chosen)
        self._unapproved.pop(prompt.process, None)
        broker.prompts.approve(prompt, session)
        return True

    def ended(self, prompt):
        """Counts what was shown and not approved, for the process and those that started it."""
        if prompt.state in ("denied", "timed-out", "withdrawn"):
            now = self._broker.clock.boot_ms
            for one in [prompt.process, *self._broker.processes.ancestors(prompt.process)]:
                self._unapproved.setdefault(one, []).append(now)

    def _back_off(self, process):
        """Three that were not approved within a minute: no more for a minute (PRM-012)."""
        now = self._broker.clock.boot_ms
        for one in [process, *self._broker.processes.ancestors(process)]:
            last = self._unapproved.get(one, [])[-UNAPPROVED:]
            if (
                len(last) == UNAPPROVED
                and last[-1] - last[0] < UNAPPROVED_MS
                and now - last[-1] < UNAPPROVED_MS
            ):
                raise Failure("TOO_MANY_PROMPTS")

    def forget(self, process):
        self._unapproved.pop(process, None)


def all_found(scope, bound):
    """Whether each name that was asked for was found: else the user has not been asked about it."""
    if scope.WhichOneof("extent") == "vaults":
        return len(bound.vaults) >= len(set(scope.vaults.vaults))
    if scope.WhichOneof("extent") == "references":
        return len(bound.fields) >= len(set(scope.references.references))
    return True
