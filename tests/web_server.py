"""A local https server for tests, with a certificate of its own, and what was asked of it."""

import ssl
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from threading import Condition, Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NAMES = ("localhost", "photos.example", "evil.example", "other.example")


def make_certificate(folder, names=NAMES, addresses=("127.0.0.1", "::1")):
    """Write a certificate with its key into one file, and return its path."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "framegrid's tests")])
    known = [x509.DNSName(each) for each in names]
    known += [x509.IPAddress(ip_address(each)) for each in addresses]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(known), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


class Web:
    """Images by path, and what was asked for them.

    Attributes:
        images: bytes, or a function that answers a request, by path.
        headers: sent with an image, by path; ``ETag`` by default its length and hash.
        asked: method and path of each request, with its query.
        most_at_once: so many requests were there at the same time.
        pause: seconds that each answer takes.
        wanted: answers wait until there have been so many requests at the same time.
    """

    def __init__(self):
        self.images, self.headers, self.asked = {}, {}, []
        self.pause = self.wanted = self.most_at_once = self._now = 0
        self.changed = Condition()
        self.port = 0

    def url(self, path="", host="127.0.0.1"):
        return f"https://{host}:{self.port}/{path}"

    def put(self, path, data, **headers):
        self.images[f"/{path}"] = data
        self.headers[f"/{path}"] = headers
        return self.url(path)

    def asked_for(self, method=None):
        return [path for how, path in self.asked if how == method or method is None]

    def count(self):
        """Count a request that is there, until right before it is answered."""
        with self.changed:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.most_at_once >= self.wanted, 60)
        time.sleep(self.pause)
        with self.changed:
            self._now -= 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    web: Web

    def do_GET(self):
        web = self.web
        web.asked.append((self.command, self.path))
        web.count()
        image = web.images.get(self.path.partition("?")[0])
        if callable(image):
            image(self)
        elif image is None:
            self.answer(404, b"no such image")
        else:
            self.send_image(image, web.headers[self.path.partition("?")[0]])

    do_HEAD = do_GET  # noqa: N815 - as the library calls it

    def send_image(self, data, headers):
        headers = headers or {"ETag": f'"{len(data)}-{hash(data)}"'}
        asked = self.headers.get("Range", "")
        if asked.startswith("bytes=0-") and data:
            part = data[: int(asked.removeprefix("bytes=0-")) + 1]
            headers = {**headers, "Content-Range": f"bytes 0-{len(part) - 1}/{len(data)}"}
            self.answer(206, part, **headers)
        else:
            self.answer(200, data, **headers)

    def answer(self, status, data=b"", **headers):
        self.send_response(status)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Length": len(data), **headers}.items():
            if value is not None:
                self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Clients that give up are what some tests are about."""


@contextmanager
def running_web(certificate):
    """Start a server on a free port of this machine."""
    web = Web()
    handler = type("Handler", (_Handler,), {"web": web})
    server = _Server(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    web.port = server.server_port
    thread = Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
