# SPDX-License-Identifier: Apache-2.0
"""The broker: Authorize, Request and Revoke of a process, and what the user does."""

import authorization
import judgement
import operations
from account import Accounts
from assent.v1 import broker_pb2
from failure import Failure
from gates import Gates
from peer import Processes
from prompt import WRONG_CREDENTIALS, Prompts
from session import Sessions

SERVICE = "assent.v1.BrokerService"


class Broker:
    wrong_credentials = WRONG_CREDENTIALS

    def __init__(self, clock):
        self.clock = clock
        self.accounts = Accounts()
        self.gates = Gates()
        self.faults = {}
        self.sessions = Sessions(self.clock, self._last_ended)
        self.processes = Processes(self.gone)
        self.authorizations = authorization.Authorizations(self)
        self.prompts = Prompts(self.clock, self.authorizations.settled)
        self.prompts.ended = self.authorizations.ended
        self.connections = set()

    @property
    def methods(self):
        """Path: message that is sent, and who answers it."""
        return {
            f"/{SERVICE}/Authorize": (broker_pb2.AuthorizeRequest, self.authorize),
            f"/{SERVICE}/Request": (broker_pb2.RequestRequest, self.request),
            f"/{SERVICE}/Revoke": (broker_pb2.RevokeRequest, self.revoke),
        }

    # What processes ask. `call.process` is who asks; `call.account` is told
    # whose data the answer holds.

    async def authorize(self, request, call):
        self._same(call.process)
        if self.fault("identity"):
            raise Failure("PEER_UNIDENTIFIED")
        session = await self.authorizations.authorize(call.process, request)
        self._still(call.process, [session])
        call.session = session
        grant = broker_pb2.Grant(
            account_id=session.account.id,
            account_name=session.account.name,
            scope=session.scope.message(),
        )
        grant.inactivity_timeout.FromMilliseconds(session.inactivity_ms)
        grant.not_after.FromMilliseconds(session.not_after_ms)
        return broker_pb2.AuthorizeResponse(grant=grant)

    async def request(self, request, call):
        judgement.check(request.operation)
        process = call.process
        self._same(process)
        if not process.identified or self.fault("identity"):
            raise Failure("PEER_UNIDENTIFIED")
        account = self.accounts.asked(request.account)
        live = self.sessions.live(process, account) if account else []
        if not live:
            raise Failure(self.sessions.why(process, account))
        scopes = [session.scope for session in live]
        operation = operations.Operation(request.operation, account, scopes)
        allowing = operation.allowing()
        if not allowing:
            raise Failure("OUT_OF_SCOPE")
        used = [session for session in live if session.scope in allowing]
        for session in used:
            session.active = self.clock.boot_ms
        call.session = used[0]
        if self.fault("panic"):
            raise RuntimeError("as the suite wants it")
        await self.gates.at("before-vault")
        self._still(process, used)
        if self.fault("vault"):
            raise Failure("STORAGE_FAILED")
        result = operation.perform(allowing, self.clock.wall_ms)
        await self.gates.at("before-response")
        self._still(process, used)
        return broker_pb2.RequestResponse(result=result)

    async def revoke(self, request, call):
        self._same(call.process)
        account = self.accounts.asked(request.account)
        if account is not None or not request.account:
            self.sessions.end_all("SESSION_REVOKED", call.process, account)
        self.prompts.end_where(
            lambda one: one.process is call.process
            and (not request.account or one.wish.asked == request.account
                 or (account is not None and one.wish.account is account)),
            "withdrawn",
            lambda _: Failure("SESSION_REVOKED"),
        )
        return broker_pb2.RevokeResponse()

    def _same(self, process):
        """Raises unless the process is still the one that connected (PRC-012)."""
        if process.state() != "same":
            self.gone(process)
            raise Failure("PROCESS_CHANGED")

    def _still(self, process, sessions):
        self._same(process)
        for session in sessions:
            if session.ended not in (None, "SESSION_EXPIRED"):
                raise Failure(session.ended)

    def fault(self, name):
        """Whether this is to fail now, as the suite asked."""
        left = self.faults.get(name, 0)
        if left:
            self.faults[name] = left - 1
        return bool(left)

    # What the user does, and what happens.

    def lock(self, account):
        """Done when it returns: nothing of the account can leave any more (LCK-001, LCK-002)."""
        held = {one.process for one in self.sessions.live(account=account)}
        account.lock()
        self.sessions.end_all("ACCOUNT_LOCKED", account=account)
        self.prompts.end_where(
            lambda one: one.wish.account in (None, account),
            "dismissed-by-lock",
            lambda one: Failure("ACCOUNT_LOCKED" if one.process in held else "PROMPT_DENIED"),
        )
        for connection in list(self.connections):
            connection.drop_unsent(account)

    def remove(self, account):
        self.lock(account)
        del self.accounts[account.id]

    def gone(self, process):
        """It exited, or is another program now."""
        self.sessions.forget(process)
        self.prompts.end_where(
            lambda one: one.process is process, "withdrawn", lambda _: Failure("PROCESS_CHANGED")
        )
        self.authorizations.forget(process)
        self.processes.forget(process)

    def _last_ended(self, account):
        if account.by_approval:
            account.locked, account.by_approval = True, False
