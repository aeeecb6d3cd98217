"""The one way to AWS: what a rehearsal's clients look at, what the real world's refuse, and whose account it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from toolkit.aws_api import aws_clients, check_identity
from toolkit.errors import IdentityWrong
from toolkit.model.bindings import AwsBinding, Bindings

ARN = "arn:aws:iam::111122223333:user/rehearsal"


class Sts(BaseHTTPRequestHandler):
    """Answers every call as GetCallerIdentity of account 111122223333."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        answer = (
            '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
            f"<Arn>{ARN}</Arn><UserId>U</UserId><Account>111122223333</Account>"
            "</GetCallerIdentityResult></GetCallerIdentityResponse>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def rehearsal() -> Iterator[Bindings]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sts)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield Bindings(
        world="rehearsal",
        id="r1",
        nonce="n",
        hosts="none",
        time_scale="fast",
        aws=AwsBinding(endpoint=f"http://127.0.0.1:{server.server_port}"),
        state="/w/state",
        secrets="/w/s",
    )
    server.shutdown()
    server.server_close()


def test_a_rehearsal_looks_at_no_file_profile_or_proxy(
    rehearsal: Bindings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable = tmp_path / "config"
    unreadable.write_text("neither a section nor a key\n")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(unreadable))
    monkeypatch.setenv("AWS_PROFILE", "acme")
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    clients = aws_clients(rehearsal, region="eu-west-3")
    assert check_identity(clients, account="111122223333", tenant="acme-prod") == ARN
    assert clients("sts") is clients("sts")


def test_another_account_is_refused(rehearsal: Bindings) -> None:
    clients = aws_clients(rehearsal, region="eu-west-3")
    with pytest.raises(IdentityWrong, match=r"acme-prod is account 999988887777, .* 111122223333") as refused:
        check_identity(clients, account="999988887777", tenant="acme-prod")
    assert refused.value.exit_code == 14


@pytest.mark.parametrize(
    "endpoint", [None, "", "https://ec2.eu-west-3.amazonaws.com", "http://10.0.0.1:4000", "http://localhost.example:1"]
)
def test_a_rehearsal_never_asks_the_real_cloud(rehearsal: Bindings, endpoint: str | None) -> None:
    with pytest.raises(IdentityWrong, match="loopback"):
        aws_clients(msgspec.structs.replace(rehearsal, aws=AwsBinding(endpoint=endpoint)), region="eu-west-3")


def test_the_real_world_is_asked_where_the_engine_provisions(rehearsal: Bindings) -> None:
    real = msgspec.structs.replace(rehearsal, world="real")
    with pytest.raises(IdentityWrong, match="endpoint"):
        aws_clients(real, region="eu-west-3")
    sts = aws_clients(msgspec.structs.replace(real, aws=AwsBinding()), region="eu-west-3")("sts")
    assert sts.meta.endpoint_url == "https://sts.eu-west-3.amazonaws.com"
