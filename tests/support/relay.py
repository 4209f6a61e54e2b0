"""A TCP relay in front of a server, for a network that fails: it refuses one path, or everything."""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit


class Relay:
    """`refuse`: connections whose request names this path are closed without an answer."""

    def __init__(self, url: str, refuse: str | None = None):
        parts = urlsplit(url)
        self.target = (parts.hostname, parts.port)
        self.refuse = refuse.encode() if refuse else None
        self.broken = False
        self.sockets: set[socket.socket] = set()
        self.lock = threading.Lock()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Ends every connection, and new ones as they come."""
        self.broken = True
        with self.lock:
            for held in self.sockets:
                self._end(held)

    def mend(self) -> None:
        self.broken = False

    def __enter__(self) -> "Relay":
        return self

    def __exit__(self, *_) -> None:
        self.door.close()
        self.cut()

    @staticmethod
    def _end(held: socket.socket) -> None:
        try:
            held.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.door.accept()
            except OSError:
                return
            if self.broken:
                client.close()
                continue
            server = socket.create_connection(self.target)
            with self.lock:
                self.sockets |= {client, server}
            for source, sink, asks in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pump, args=(source, sink, asks), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, asks: bool) -> None:
        try:
            while data := source.recv(65536):
                if asks and self.refuse and b" " + self.refuse in data:
                    break
                sink.sendall(data)
        except OSError:
            pass
        finally:
            self._end(source)
            self._end(sink)
            with self.lock:
                self.sockets.discard(source)
            source.close()
