"""What programs that use requests do at a gateway. Arguments: what, and the gateway's URL."""

import sys

import requests

what, url = sys.argv[1:]
ROUNDS = 200
LARGE = 30 * 1024 * 1024
PIECE = b"x" * 65536


def keep_alive(session):
    for i in range(ROUNDS):
        assert session.get(f"{url}/api/{i}").text == f"GET /api/{i} "
        answer = session.post(f"{url}/api/{i}", data=f"body {i}")
        assert answer.text == f"POST /api/{i} body {i}", answer.text
    return f"{2 * ROUNDS} answers"


def upload(session):
    pieces = (f"piece {i}\n".encode() for i in range(1000))
    answer = session.post(f"{url}/api/upload", data=pieces)
    expected = "".join(f"piece {i}\n" for i in range(1000))
    assert answer.text == "POST /api/upload " + expected, answer.text[:100]
    assert answer.request.headers["Transfer-Encoding"] == "chunked"
    return "uploaded"


def refused(session):
    """Every refusal of a large upload can be read, however the client says its length."""
    expected = {
        ("POST", "/events/t"): 401,
        ("PUT", "/events/t"): 405,
        ("POST", "/small/x"): 413,
        ("POST", "/gone/x"): 502,
        ("POST", "/early/x"): 401,
    }
    for (method, path), status in expected.items():
        for _ in range(2):
            whole = session.request(method, url + path, data=b"x" * LARGE)
            assert whole.status_code == status, f"{path}: {whole.status_code}"
            generated = (PIECE for _ in range(LARGE // len(PIECE)))
            pieces = session.request(method, url + path, data=generated)
            assert pieces.status_code == status, f"{path}: {pieces.status_code}"
    return f"{len(expected)} refusals"


def events(session):
    """The backend sends the next event when it hears that the one before has arrived."""
    heard = []
    with session.get(f"{url}/api/events", stream=True) as answer:
        for line in answer.iter_lines(decode_unicode=True):
            if line.startswith("data: "):
                heard.append(line[6:])
                requests.post(f"{url}/api/heard")
    assert heard == [f"event {i}" for i in range(20)], heard
    return f"{len(heard)} events"


def compressed(session):
    answer = session.get(f"{url}/api/gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.text == "hello " * 1000
    return "unpacked"


with requests.Session() as one:
    print("outcome " + globals()[what](one))
