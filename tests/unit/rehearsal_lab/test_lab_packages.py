from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from toolkit import processes
from toolkit.errors import PrerequisiteMissing
from toolkit.rehearsal.lab import images
from toolkit.rehearsal.lab.apt_sources import Origin, as_file, machine_sources, parse_deb822, parse_one_line
from toolkit.rehearsal.lab.image_store import ensure_images
from toolkit.rehearsal.package_proxy import kept_for_ever, outside_url

DEB822 = """# the machine's
Types: deb
URIs: https://mirror.example/debian
Suites: bookworm bookworm-updates trixie
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://other.example/node
Suites: nodistro
Components: main

Types: deb-src
URIs: http://mirror.example/debian
Suites: bookworm
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
"""
ORIGINS = {
    "mirror.example": Origin("http", "mirror.example", None),
    "tls.example": Origin("https", "tls.example", 8443),
}


def test_only_debians_main_is_taken_from_deb822():
    (source,) = parse_deb822(DEB822)
    assert source.suites == ("bookworm", "bookworm-updates")
    assert source.origin == Origin("https", "mirror.example", None)


def test_only_debians_main_is_taken_from_one_line_files():
    text = (
        "deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib # comment\n"
        "deb cdrom:[Debian]/ bookworm main\n# deb http://x.example/debian bookworm main\n"
        "deb-src http://mirror.example/debian bookworm main\ndeb http://p.example/x stable main\n"
    )
    (source,) = parse_one_line(text)
    assert (source.uri, source.suites, source.signed_by) == ("http://mirror.example/debian", ("bookworm",), "/k.gpg")


def test_inside_the_lab_sources_are_plain():
    text = as_file(parse_deb822(DEB822), plain=True)
    assert "https://" not in text
    assert parse_deb822(text)[0].suites == ("bookworm", "bookworm-updates")


def test_a_machine_without_debian_12_is_told_what_to_do(tmp_path):
    (tmp_path / "sources.list").write_text("deb http://mirror.example/debian trixie main\n")
    with pytest.raises(PrerequisiteMissing) as caught:
        machine_sources(tmp_path)
    assert "--hosts none" in caught.value.fix


def test_both_kinds_of_file_are_read(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text("deb http://one.example/debian bookworm main\n")
    (tmp_path / "sources.list.d" / "two.sources").write_text(DEB822)
    assert [source.origin.host for source in machine_sources(tmp_path)] == ["one.example", "mirror.example"]


@pytest.mark.parametrize(
    ("asked", "fetched"),
    [
        ("http://mirror.example/debian/pool/a.deb", "http://mirror.example/debian/pool/a.deb"),
        ("http://mirror.example:80/debian/x", "http://mirror.example/debian/x"),
        ("http://tls.example:8443/debian/x", "https://tls.example:8443/debian/x"),
        ("http://mirror.example/debian/x?leak=secret", "http://mirror.example/debian/x"),
        ("http://tls.example/debian/x", None),
        ("http://mirror.example:22/x", None),
        ("http://mirror.example:port/x", None),
        ("http://elsewhere.example/debian/x", None),
        ("http://mirror.example@elsewhere.example/x", None),
        ("http://user@mirror.example/x", None),
        ("http://mirror.example/../../x", None),
        ("https://mirror.example/x", None),
        ("ftp://mirror.example/x", None),
        ("/debian/x", None),
        ("file:///etc/passwd", None),
    ],
)
def test_the_proxy_asks_the_machines_own_hosts_only(asked, fetched):
    assert outside_url(asked, ORIGINS) == fetched


def test_only_what_never_changes_is_kept():
    assert kept_for_ever("http://m.example/pool/a_1_amd64.deb")
    assert kept_for_ever("http://m.example/dists/bookworm/main/by-hash/SHA256/00")
    assert not kept_for_ever("http://m.example/dists/bookworm/InRelease")


def test_another_recipe_is_another_store():
    one, other = parse_deb822(DEB822), parse_one_line("deb http://m.example/debian bookworm main\n")
    assert images.recipe_digest(one) == images.recipe_digest(one)
    assert images.recipe_digest(one) != images.recipe_digest(other)


def test_a_second_builder_waits_for_the_first(tmp_path):
    said = []
    recipe = f"images-{images.recipe_digest(machine_sources())}"
    with ThreadPoolExecutor(1) as pool:
        with processes.locked(tmp_path / "images.lock", on_wait=pytest.fail):
            second = pool.submit(ensure_images, said.append, cache=tmp_path)
            with pytest.raises(TimeoutError):
                second.result(0.3)
            (tmp_path / recipe).mkdir()
            (tmp_path / recipe / "complete").touch()
        assert second.result(5) == tmp_path / recipe / "root"
    assert said == ["another rehearsal is building the lab's images; waiting for it"]


def test_a_finished_store_is_used_as_it_is(tmp_path):
    store = tmp_path / f"images-{images.recipe_digest(machine_sources())}"
    store.mkdir()
    (store / "complete").touch()
    assert ensure_images(pytest.fail, cache=tmp_path) == store / "root"


def test_no_agent_is_in_an_image():
    text = images.BASE + "".join(images.CONTAINERFILES.values())
    assert "node-exporter" not in text
    assert "restic" not in images.CONTAINERFILES["host"] + images.CONTAINERFILES["gateway"]
