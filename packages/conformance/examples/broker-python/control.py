# SPDX-License-Identifier: Apache-2.0
"""How the suite steers this broker: the ControlService of proto/assent/conformance/v1. Not for use."""

import asyncio
import os
import re

import operations
from account import Account, new_id
from assent.conformance.v1 import control_pb2 as pb
from assent.v1 import item_pb2
from broker import Broker
from clock import VirtualClock
from connect import MESSAGE_BYTES
from gates import POINTS
from http2 import RECEIVE_S
from prompt import TIMEOUT_MS
from scripted_user import User

SERVICE = pb.DESCRIPTOR.services_by_name["ControlService"]
FAULTS = {1: "vault", 2: "panic", 3: "identity"}


class Control:
    def __init__(self, host):
        self._host = host
        self._seq = 0
        self._changed = asyncio.Event()
        self._user = User(self._next)
        self._follow()
        self.methods = {
            f"/{SERVICE.full_name}/{method.name}": (
                getattr(pb, method.input_type.name),
                self._handler(method),
            )
            for method in SERVICE.methods
        }

    def _handler(self, method):
        """`AdvanceClock` is served by `advance_clock`; each answer gets the newest number."""
        serve = getattr(self, re.sub(r"(?<!^)([A-Z])", r"_\1", method.name).lower())
        answer_type = getattr(pb, method.output_type.name)

        async def handle(request, _):
            answer = await serve(request) or answer_type()
            if hasattr(answer, "seq"):
                answer.seq = self._seq if method.name.startswith("List") else self._next()
            return answer

        return handle

    @property
    def _broker(self):
        return self._host.broker

    def _follow(self):
        self._user.follow(self._broker)
        self._broker.prompts.changed = lambda _: self._next()
        self._broker.gates.changed = self._next

    def _next(self):
        self._seq += 1
        self._changed.set()
        self._changed = asyncio.Event()
        return self._seq

    async def _change(self, wait):
        """Until something changes, or so long in real time."""
        try:
            await asyncio.wait_for(self._changed.wait(), wait.ToMilliseconds() / 1_000)
        except TimeoutError:
            pass

    def _account(self, account_id):
        return self._broker.accounts[account_id]

    async def describe(self, _):
        answer = pb.DescribeResponse(
            implementation="broker-python",
            implementation_version="1.0.0",
            protocol_versions=["1.0"],
            capabilities=[number for number in pb.Capability.values() if number],
            max_message_bytes=MESSAGE_BYTES,
            control_version=1,
            pid=os.getpid(),
        )
        answer.prompt_timeout.FromMilliseconds(TIMEOUT_MS)
        answer.idle_connection_limit.FromSeconds(RECEIVE_S)
        return answer

    async def reset(self, _):
        self._broker.gates.open()
        self._host.drop()
        self._host.broker = Broker(VirtualClock())
        self._seq = 0
        self._follow()

    async def seed(self, request):
        answer = pb.SeedResponse()
        for asked in request.accounts:
            account = Account(
                asked.account_id or new_id(), asked.display_name, asked.credential.encode(),
                locked=asked.locked,
            )
            self._broker.accounts[account.id] = account
            answer.account_ids.append(account.id)
            for one in asked.items:
                vault = account.vault(one.vault)
                item = item_pb2.Item(fields=[operations.concealed("value", one.value)])
                item.overview.id, item.overview.title = one.item_id, one.title
                if one.otp_uri:
                    kind = item_pb2.FIELD_TYPE_TOTP
                    item.fields.append(operations.concealed("otp", one.otp_uri, kind))
                answer.items.add(
                    account_id=account.id, vault_id=vault.id, vault=vault.name,
                    item_id=vault.add(item).overview.id, title=one.title,
                )
        return answer

    async def advance_clock(self, request):
        for moved in (request.suspended, request.awake):
            self._broker.clock.advance(moved.ToMilliseconds())

    async def set_wall_clock(self, request):
        self._broker.clock.wall_ms = request.time.ToMilliseconds()

    async def freeze_timers(self, request):
        self._broker.clock.frozen = request.frozen
        self._broker.clock.advance(0)

    async def lock(self, request):
        accounts = self._broker.accounts
        locked = [accounts[request.account_id]] if request.account_id else accounts.values()
        for account in list(locked):
            self._broker.lock(account)

    async def unlock(self, request):
        self._account(request.account_id).locked = False

    async def remove_account(self, request):
        self._broker.remove(self._account(request.account_id))

    async def revoke_by_user(self, request):
        for session in self._broker.sessions.live():
            if session.id == request.session_id:
                self._broker.sessions.end(session, "SESSION_REVOKED")

    async def script_decisions(self, request):
        self._user.script(request.rules)

    async def decide(self, request):
        history = self._broker.prompts.history
        prompt = next((one for one in history if one.id == request.prompt_id), None)
        took_effect = prompt is not None and await self._user.decide(prompt, request.decision)
        return pb.DecideResponse(took_effect=took_effect)

    async def list_prompts(self, request):
        if request.after_seq and self._seq <= request.after_seq:
            await self._change(request.wait)
        return pb.ListPromptsResponse(prompts=self._user.records())

    async def list_sessions(self, _):
        answer = pb.ListSessionsResponse()
        for session in self._broker.sessions.live():
            one = answer.sessions.add(
                session_id=session.id, account_id=session.account.id, pid=session.process.pid,
                scope=session.scope.message(),
            )
            one.remaining.FromMilliseconds(session.remaining(self._broker.clock.boot_ms))
        return answer

    async def set_gate(self, request):
        self._broker.gates.set(POINTS[request.point], request.closed)

    async def await_gate(self, request):
        loop = asyncio.get_running_loop()
        until = loop.time() + request.wait.ToMilliseconds() / 1_000
        point = POINTS[request.point]
        while self._broker.gates.count(point) < request.calls and loop.time() < until:
            wait = pb.AwaitGateRequest().wait
            wait.FromMilliseconds(max(int((until - loop.time()) * 1_000), 1))
            await self._change(wait)
        return pb.AwaitGateResponse(calls=self._broker.gates.count(point))

    async def inject_fault(self, request):
        self._broker.faults[FAULTS[request.fault]] = request.times or 1
