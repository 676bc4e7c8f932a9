# SPDX-License-Identifier: Apache-2.0
"""A process that leaves its connection to a child: makes a first call over
HTTP/1.1, and on a line of input forks, so that the connection outlives whoever
opened it. The child makes a second call on it; each answer's body is printed as
a line. Arguments: socket, "ask" (the first answer is the child's) or
"answered", and method and body of both calls."""

import os
import socket
import sys

path, mode, first, first_body, second, second_body = sys.argv[1:]
ask_first = mode == "ask"
connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
connection.connect(path)


def send(method, body):
    connection.sendall(
        f"POST /assent.{method} HTTP/1.1\r\n"
        "host: localhost\r\ncontent-type: application/json\r\n"
        f"assent-protocol-version: 1.0\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()
    )


def receive():
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return "closed"
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            while len(body) < int(line.split(b":")[1]):
                body += connection.recv(65536)
    return body.decode()


send(first, first_body)
if not ask_first:
    print(receive(), flush=True)
print("ready", flush=True)
sys.stdin.readline()
if os.fork() > 0:
    os._exit(0)
# The parent is gone once its own parent has reaped it.
print("child", flush=True)
sys.stdin.readline()
try:
    if ask_first:
        print(receive(), flush=True)
    send(second, second_body)
    print(receive(), flush=True)
except OSError:
    print("closed", flush=True)
