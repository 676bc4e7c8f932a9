# SPDX-License-Identifier: Apache-2.0
"""Joins connections, the Connect protocol and the methods that answer."""

import asyncio

import connect
from failure import VERSIONS, Failure
from http2 import Connection

CALLS = 256
CONNECTIONS = 64


class Call:
    """What a method is told besides its message, and what it tells."""

    def __init__(self, process):
        self.process = process
        self.session = None


class Host:
    """Serves the methods of a broker to processes, and those of the suite to the suite."""

    def __init__(self, broker):
        self.broker = broker
        self._watched = set()
        self._calls = {}
        self.stopping = False

    def programs(self):
        """A connection of the broker's endpoint."""
        return Connection(
            self._accept,
            lambda incoming: http_status(incoming, self.broker.methods) is not None,
            lambda connection, incoming: self._serve(connection, incoming, self.broker.methods),
            self._lost,
        )

    def suite(self, methods):
        """A connection of the control endpoint."""
        return Connection(
            lambda _: True,
            lambda incoming: http_status(incoming, methods) is not None,
            lambda connection, incoming: self._serve(connection, incoming, methods),
            lambda _: None,
        )

    def _accept(self, connection):
        """Who it is comes before anything that it says (PRC-009)."""
        process = self.broker.processes.of(connection.transport.get_extra_info("socket"))
        if process is None:
            return False
        if len(process.connections) >= CONNECTIONS:
            return False
        connection.process = process
        process.connections.add(connection)
        self.broker.connections.add(connection)
        if process not in self._watched:
            self._watched.add(process)
            asyncio.get_running_loop().add_reader(process.pidfd, self._exited, process)
        return True

    def _exited(self, process):
        """Its end is seen at once, so that its sessions and prompts end with it (PRC-003)."""
        self._unwatch(process)
        process.state()
        self.broker.gone(process)
        if not process.connections:
            process.close()

    def _unwatch(self, process):
        if process in self._watched:
            self._watched.discard(process)
            asyncio.get_running_loop().remove_reader(process.pidfd)

    def _lost(self, connection):
        self.broker.connections.discard(connection)
        process = connection.process
        if process is None:
            return
        process.connections.discard(connection)
        if not process.connections and process.unfit is not None:
            self._unwatch(process)
            process.close()

    def drop(self):
        """End every connection of a broker that is to be forgotten."""
        for process in list(self._watched):
            self._unwatch(process)
        for connection in list(self.broker.connections):
            connection.process.unfit = "exited"
            connection.transport.abort()

    async def _serve(self, connection, incoming, methods):
        version = [(connect.VERSION_HEADER, VERSIONS[0])]
        call = Call(connection.process)
        try:
            status = http_status(incoming, methods)
            if status is not None:
                headers = [*version, ("allow", "POST")] if status == 405 else version
                connection.answer(incoming, status, headers, b"")
                return
            kind = incoming.headers["content-type"]
            message = await self._within_limits(incoming, methods, call, kind)
            headers = [("content-type", kind), *version]
            account = call.session.account if call.session else None
            connection.answer(incoming, 200, headers, connect.encode(kind, message), account)
        except Failure as failure:
            self._refuse(connection, incoming, failure, version)
        except asyncio.CancelledError:
            if self.stopping:
                self._refuse(connection, incoming, Failure("INTEGRATION_DISABLED"), version)
        except Exception:
            self._refuse(connection, incoming, Failure("INTERNAL"), version)

    def _refuse(self, connection, incoming, failure, version):
        headers = [("content-type", "application/json"), *version]
        body = connect.encode_failure(failure)
        connection.answer(incoming, failure.http_status, headers, body)
        if failure.name == "PROCESS_CHANGED":
            connection.end_after_answers()

    async def _within_limits(self, incoming, methods, call, kind):
        if call.process is not None:
            connect.check_version(incoming.all(connect.VERSION_HEADER))
        if incoming.too_large:
            raise Failure("LIMIT_EXCEEDED")
        message_type, method = methods[incoming.headers[":path"]]
        encoding = incoming.headers.get("content-encoding", "")
        message = connect.decode(kind, message_type, connect.plain(bytes(incoming.body), encoding))
        limit = connect.deadline_ms(incoming.headers)
        count = self._calls.get(call.process, 0)
        if call.process is not None and count >= CALLS:
            raise Failure("LIMIT_EXCEEDED")
        self._calls[call.process] = count + 1
        try:
            return await self._before(limit, method(message, call))
        finally:
            self._calls[call.process] -= 1
            if not self._calls[call.process]:
                del self._calls[call.process]

    async def _before(self, limit, answer):
        """The answer, unless a deadline passes first: by the broker's time or by real time (WIR-009)."""
        if limit is None:
            return await answer
        if limit == 0:
            answer.close()
            raise Failure("deadline_exceeded")
        task = asyncio.ensure_future(answer)
        passed = asyncio.get_running_loop().create_future()
        timer = self.broker.clock.after(limit, lambda: passed.done() or passed.set_result(None))
        try:
            await asyncio.wait(
                {task, passed}, timeout=limit / 1_000, return_when=asyncio.FIRST_COMPLETED
            )
            if task.done():
                return task.result()
            raise Failure("deadline_exceeded")
        finally:
            timer.cancel()
            task.cancel()


def http_status(incoming, methods):
    """Of what never reaches a method (WIR-004); None: it does."""
    headers = incoming.headers
    if headers.get(":path") not in methods:
        return 404
    if headers.get(":method") != "POST":
        return 405
    if headers.get("content-type") not in connect.CONTENT_TYPES:
        return 415
    return None
