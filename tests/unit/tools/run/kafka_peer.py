"""What may listen where a Kafka broker is expected: kafka_peer.py HOW prints "port N" and serves until it is ended."""
import socket
import struct
import sys
import threading


def text(value):
    return struct.pack(">h", len(value)) + value


def brokers(version, port):
    rack = struct.pack(">h", -1) if version >= 1 else b""
    return struct.pack(">ii", 1, 7) + text(b"127.0.0.1") + struct.pack(">i", port) + rack


def metadata(how, version, port):
    throttle = struct.pack(">i", 0) if version >= 3 else b""
    if how == "nobrokers":
        return throttle + struct.pack(">i", 0)
    return throttle + brokers(version, 1 if how == "unreachable" else port) + struct.pack(">i", 0) * 3


def answer(how, api, version, port):
    if api == 18:
        apis = [(0, 3, 9), (1, 4, 11), (3, 9, 12) if how == "newer" else (3, 0, 12), (18, 0, 3)]
        if how == "controller":
            apis = [(18, 0, 3)]
        return struct.pack(">hi", 0, len(apis)) + b"".join(struct.pack(">hhh", *each) for each in apis)
    return metadata(how, version, port)


def read(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            return None
        data += piece
    return data


def serve(connection, how, port):
    with connection:
        while True:
            head = read(connection, 4)
            if how == "closes" or head is None:
                return
            request = read(connection, struct.unpack(">i", head)[0])
            if how == "silent":
                continue
            if how in ("http", "tls", "garbage"):
                raw = {"http": b"HTTP/1.1 400 Bad Request\r\n\r\n", "tls": b"\x15\x03\x03\x00\x02\x02\x46", "garbage": b"SSH-2.0-x\r\n"}
                connection.sendall(raw[how])
                return
            api, version, correlation = struct.unpack(">hhi", request[:8])
            if how == "old" and api == 18:
                return
            if how == "cut" and api == 3:
                connection.sendall(struct.pack(">ii", 100, correlation) + b"short")
                return
            if how == "other":
                correlation += 1
            body = struct.pack(">i", correlation) + answer(how, api, version, port)
            connection.sendall(struct.pack(">i", len(body)) + body)


listener = socket.create_server(("127.0.0.1", 0))
print("port", listener.getsockname()[1], flush=True)
while True:
    accepted, _ = listener.accept()
    threading.Thread(target=serve, args=(accepted, sys.argv[1], listener.getsockname()[1]), daemon=True).start()
