"""The embedded secret store: shared by processes, whole after a kill, silent about values."""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from toolkit.errors import IdentityWrong, OnboardError, PrerequisiteMissing, UsageError
from toolkit.secrets.embedded import EmbeddedStore
from toolkit.secrets.store import generate_password, generate_psk, open_store

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    return EmbeddedStore(path=tmp_path / "ws" / "secrets.store", customer="acme", key_file=tmp_path / "k" / "acme.key")


def test_values_are_versioned_and_survive_reopening(store: EmbeddedStore, tmp_path: Path):
    assert store.version("psk/prod-hq/1") == 0
    assert store.put("psk/prod-hq/1", "first") == 1
    assert store.put("psk/prod-hq/1", "second") == 2
    again = EmbeddedStore(path=tmp_path / "ws/secrets.store", customer="acme", key_file=tmp_path / "k/acme.key")
    assert (again.get("psk/prod-hq/1"), again.version("psk/prod-hq/1")) == ("second", 2)
    assert again.names() == ("psk/prod-hq/1",)
    assert again.every_value() == ("first", "second")


def test_ensure_makes_once(store: EmbeddedStore):
    assert store.ensure("a", lambda: "one") == "one"
    assert store.ensure("a", lambda: "two") == "one"
    assert store.version("a") == 1


def test_file_and_key_are_private_and_value_is_not_readable(store: EmbeddedStore, tmp_path: Path):
    store.put("a", "plainly-visible-value")
    for path in (tmp_path / "ws/secrets.store", tmp_path / "k/acme.key"):
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"plainly-visible" not in path.read_bytes()
    assert len((tmp_path / "k/acme.key").read_bytes()) == 32


def test_store_is_opened_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ONBOARD_SECRET_KEY_FILE", str(tmp_path / "elsewhere" / "key"))
    open_store(tmp_path / "s" / "store", "acme").ensure("a", lambda: "b")
    assert (tmp_path / "elsewhere/key").exists()
    monkeypatch.delenv("ONBOARD_SECRET_KEY_FILE")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    open_store(tmp_path / "t" / "store", "acme").ensure("a", lambda: "b")
    assert (tmp_path / "home/.config/onboarding-toolkit/acme.key").exists()


def test_key_beside_the_store_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="beside"):
        EmbeddedStore(path=tmp_path / "store", customer="acme", key_file=tmp_path / "key")


def spoil_key(tmp_path: Path) -> None:
    (tmp_path / "k/acme.key").write_bytes(b"x" * 32)


def drop_key(tmp_path: Path) -> None:
    (tmp_path / "k/acme.key").unlink()


def shorten_key(tmp_path: Path) -> None:
    (tmp_path / "k/acme.key").write_bytes(b"x" * 31)


def open_key(tmp_path: Path) -> None:
    (tmp_path / "k/acme.key").chmod(0o640)


def open_file(tmp_path: Path) -> None:
    (tmp_path / "ws/secrets.store").chmod(0o644)


def link_key(tmp_path: Path) -> None:
    (tmp_path / "k/acme.key").rename(tmp_path / "real.key")
    (tmp_path / "k/acme.key").symlink_to(tmp_path / "real.key")


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (spoil_key, IdentityWrong),
        (drop_key, PrerequisiteMissing),
        (shorten_key, PrerequisiteMissing),
        (open_key, PrerequisiteMissing),
        (open_file, PrerequisiteMissing),
        (link_key, PrerequisiteMissing),
    ],
)
def test_what_is_wrong_is_said_with_a_fix_and_nothing_is_overwritten(store, tmp_path, spoil, error):
    store.put("a", "value-of-a")
    before = (tmp_path / "ws/secrets.store").read_bytes()
    spoil(tmp_path)
    for use in (lambda: store.get("a"), lambda: store.put("a", "value-two"), lambda: store.ensure("b", lambda: "v")):
        with pytest.raises(error) as caught:
            use()
        assert caught.value.fix
        assert "value" not in caught.value.message
    assert (tmp_path / "ws/secrets.store").read_bytes() == before


def test_another_customers_store_is_refused(store: EmbeddedStore, tmp_path: Path):
    store.put("a", "b")
    other = EmbeddedStore(path=tmp_path / "ws/secrets.store", customer="zeta", key_file=tmp_path / "k/acme.key")
    with pytest.raises(IdentityWrong, match="acme"):
        other.get("a")


def test_every_flipped_byte_and_every_truncation_is_noticed(store: EmbeddedStore, tmp_path: Path):
    store.put("a", "value-of-a")
    path = tmp_path / "ws/secrets.store"
    whole = path.read_bytes()
    for position in range(len(whole)):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        with pytest.raises(OnboardError) as caught:
            store.get("a")
        assert caught.value.exit_code in {13, 14}
        assert "value-of-a" not in repr(caught.value.__context__)
        path.write_bytes(whole[:position])
        with pytest.raises(OnboardError):
            store.get("a")


def test_absent_names_and_bad_names_and_bad_values(store: EmbeddedStore):
    with pytest.raises(PrerequisiteMissing, match="psk/x/1"):
        store.get("psk/x/1")
    for name in ("", "../x", "a b", "a//b", "/a", "a/", "x" * 201):
        with pytest.raises(UsageError):
            store.put(name, "v")
    with pytest.raises(UsageError) as caught:
        store.put("a", "")
    assert "a" in caught.value.message


def test_no_value_in_the_representation(store: EmbeddedStore):
    store.put("a", "value-of-a")
    assert "value-of-a" not in repr(store) + str(vars(store))


def ensure_in_process(folder: str, gate, answers) -> None:
    store = EmbeddedStore(path=Path(folder, "ws/store"), customer="acme", key_file=Path(folder, "k/key"))
    gate.wait()
    answers.put((store.ensure("shared", generate_psk), store.put("counted", str(os.getpid()))))


@pytest.mark.slow
def test_processes_that_ensure_at_once_get_one_value_and_lose_no_write(tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(2), context.Queue()
    workers = [context.Process(target=ensure_in_process, args=(str(tmp_path), gate, answers)) for _ in range(2)]
    for worker in workers:
        worker.start()
    got = [answers.get(timeout=300) for _ in workers]
    for worker in workers:
        worker.join(60)
    assert len({value for value, _ in got}) == 1
    assert sorted(version for _, version in got) == [1, 2]


def test_threads_that_ensure_at_once_get_one_value(store: EmbeddedStore):
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(store.ensure("a", generate_psk))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got)) == 1


WRITER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from toolkit.secrets.embedded import EmbeddedStore
    folder = Path(sys.argv[1])
    store = EmbeddedStore(path=folder / "ws/store", customer="acme", key_file=folder / "k/key")
    for number in range(10**6):
        version = store.put("counted", f"{number}-" + "x" * 20000)
        print(version, flush=True)
    """
)


@pytest.mark.parametrize(
    "moments", [pytest.param(range(0, 6, 2), id="three"), pytest.param(range(12), id="twelve", marks=pytest.mark.slow)]
)
def test_a_writer_killed_at_any_moment_loses_nothing_that_it_acknowledged(tmp_path: Path, moments: range):
    store = EmbeddedStore(path=tmp_path / "ws/store", customer="acme", key_file=tmp_path / "k/key")
    for attempt, moment in enumerate(moments):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
        acknowledged = int(writer.stdout.readline())
        time.sleep(0.013 * moment)
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().split()
        writer.wait()
        writer.stdout.close()
        if rest:
            acknowledged = int(rest[-1])
        assert store.version("counted") in {acknowledged, acknowledged + 1}
        assert store.put("after", "v") == attempt + 1
        assert sorted(path.name for path in (tmp_path / "ws").iterdir()) == ["store", "store.lock"]


def test_generated_values_fit_what_reads_them():
    psks = {generate_psk() for _ in range(200)}
    assert len(psks) == 200
    assert all(re.fullmatch(r"[A-Za-z1-9._][A-Za-z0-9._]{7,63}", psk) for psk in psks)
    assert all(re.fullmatch(r"[A-Za-z0-9]{40}", generate_password()) for _ in range(20))
