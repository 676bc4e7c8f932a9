# SPDX-License-Identifier: Apache-2.0
"""One connection: HTTP/2 with prior knowledge, and nothing else (bytes in and out; no rules)."""

import asyncio

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

from connect import MESSAGE_BYTES

HEADER_BYTES = 16 * 1024
STREAMS = 256
# Events that are no calls, one after another, before the connection has to go (WIR-006).
NOISE = 2_000
RECEIVE_S = 30


class Incoming:
    """A request that is being received, or was."""

    def __init__(self, stream, headers):
        pairs = [(name.decode("latin1"), value.decode("latin1")) for name, value in headers]
        self.stream, self.pairs, self.headers = stream, pairs, dict(pairs)
        self.body = bytearray()
        # Answered before it came whole: what still comes is thrown away.
        self.is_early = self.too_large = False
        self.answered = False
        self.task = self.late = None

    def all(self, name):
        return [value for key, value in self.pairs if key == name]


class Outgoing:
    def __init__(self, body, account):
        self.body, self.account = memoryview(body), account


class Connection(asyncio.Protocol):
    """
    `accept(connection)`: whether to read from it at all. `refuses(incoming)`:
    whether its headers are enough. `serve(connection, incoming)`: answers.
    """

    def __init__(self, accept, refuses, serve, lost):
        self._accept, self._refuses, self._serve, self._lost = accept, refuses, serve, lost
        self._incoming, self._outgoing = {}, {}
        self._paused = self._ending = False
        # Whose data the transport may still hold.
        self._written = set()
        self._idle = None
        self._noise = 0
        self.transport = self.process = None

    def connection_made(self, transport):
        self.transport = transport
        if not self._accept(self):
            transport.abort()
            return
        self._loop = asyncio.get_running_loop()
        self._idle = self._loop.call_later(RECEIVE_S, transport.abort)
        self._h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self._h2.local_settings = h2.settings.Settings(
            client=False,
            initial_values={
                h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: STREAMS,
                h2.settings.SettingCodes.MAX_HEADER_LIST_SIZE: HEADER_BYTES,
            },
        )
        self._h2.decoder.max_header_list_size = HEADER_BYTES
        self._h2.initiate_connection()
        self._flush()

    def data_received(self, data):
        try:
            for event in self._h2.receive_data(data):
                self._happened(event)
        except (h2.exceptions.H2Error, UnicodeError):
            # It cannot be told what the rest would mean: only this connection pays (WIR-012).
            self._end()
            return
        self._flush()

    def _happened(self, event):
        is_call = isinstance(event, (h2.events.DataReceived, h2.events.StreamEnded))
        self._noise = 0 if is_call else self._noise + 1
        if self._noise > NOISE:
            raise h2.exceptions.ProtocolError
        if isinstance(event, h2.events.RequestReceived):
            incoming = Incoming(event.stream_id, event.headers)
            self._incoming[event.stream_id] = incoming
            incoming.late = self._loop.call_later(RECEIVE_S, self._reset, event.stream_id)
            announced = incoming.headers.get("content-length", "0")
            incoming.too_large = int(announced) > MESSAGE_BYTES if announced.isdecimal() else True
            if incoming.too_large or self._refuses(incoming):
                self._answer_early(incoming)
        elif isinstance(event, h2.events.DataReceived):
            self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            self._take(self._incoming.get(event.stream_id), event.data)
        elif isinstance(event, h2.events.StreamEnded):
            incoming = self._incoming.get(event.stream_id)
            if incoming is not None:
                self._received(incoming)
        elif isinstance(event, h2.events.StreamReset):
            self._forget(event.stream_id)
        elif isinstance(event, h2.events.ConnectionTerminated):
            self.transport.close()

    def _take(self, incoming, data):
        if incoming is None or incoming.is_early:
            return
        incoming.body += data
        if len(incoming.body) > MESSAGE_BYTES:
            incoming.too_large = True
            self._answer_early(incoming)

    def _answer_early(self, incoming):
        incoming.is_early, incoming.body = True, bytearray()
        incoming.task = self._loop.create_task(self._serve(self, incoming))

    def _received(self, incoming):
        """Only what came whole is acted upon (WIR-005)."""
        incoming.late.cancel()
        self._idle.cancel()
        if incoming.task is None:
            incoming.task = self._loop.create_task(self._serve(self, incoming))

    def answer(self, incoming, status, headers, body, account=None):
        """`account`: whose data it holds; locking it drops what has not left."""
        stream = incoming.stream
        if self._incoming.get(stream) is not incoming or self.transport.is_closing():
            return
        incoming.answered = True
        self._h2.send_headers(stream, [(":status", str(status)), *headers])
        self._outgoing[stream] = Outgoing(body, account)
        self._flush()

    def _flush(self):
        for stream, outgoing in list(self._outgoing.items()):
            if not self._paused:
                self._send_part(stream, outgoing)
        data = self._h2.data_to_send()
        if data and not self.transport.is_closing():
            self.transport.write(data)
        if self._ending and not self._outgoing:
            self._end()

    def _send_part(self, stream, outgoing):
        while True:
            room = min(
                self._h2.local_flow_control_window(stream), self._h2.max_outbound_frame_size
            )
            part = outgoing.body[: max(room, 0)]
            is_last = len(part) == len(outgoing.body)
            if not part and not is_last:
                return
            outgoing.body = outgoing.body[len(part) :]
            self._h2.send_data(stream, bytes(part), end_stream=is_last)
            if outgoing.account is not None:
                self._written.add(outgoing.account.id)
            if is_last:
                del self._outgoing[stream]
                self._incoming.pop(stream, None)
                return

    def drop_unsent(self, account):
        """Nothing of this account leaves any more: what has not left makes the connection end (LCK-002)."""
        if self.transport.get_write_buffer_size() == 0:
            self._written.clear()
        waiting = {one.account.id for one in self._outgoing.values() if one.account}
        if account.id in waiting | self._written:
            self.transport.abort()

    def end_after_answers(self):
        self._ending = True
        self._flush()

    def _end(self):
        if not self.transport.is_closing():
            self._outgoing.clear()
            try:
                self._h2.close_connection()
            except h2.exceptions.H2Error:
                pass
            self.transport.write(self._h2.data_to_send() or b"")
            self.transport.close()

    def _reset(self, stream):
        self._forget(stream)
        try:
            self._h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
        except h2.exceptions.H2Error:
            return
        self._flush()

    def _forget(self, stream):
        incoming = self._incoming.pop(stream, None)
        self._outgoing.pop(stream, None)
        if incoming is not None:
            incoming.late.cancel()
            if incoming.task is not None and not incoming.answered:
                incoming.task.cancel()

    def pause_writing(self):
        self._paused = True

    def resume_writing(self):
        self._paused = False
        self._flush()

    def connection_lost(self, _):
        if self._idle is not None:
            self._idle.cancel()
        for stream in list(self._incoming):
            self._forget(stream)
        self._lost(self)
