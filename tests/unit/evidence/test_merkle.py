"""The tree is RFC 6962's: its published vectors, and every proof of every leaf."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.evidence.merkle import proof, root, verify_proof

# the vectors that certificate-transparency implementations share
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", ROOTS)
def test_roots_are_those_of_the_published_vectors(size: int):
    assert root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33])
def test_every_leaf_has_a_proof_and_only_its_own(size: int):
    leaves = [str(number).encode() for number in range(size)]
    expected = root(leaves)
    for index in range(size):
        path = proof(leaves, index)
        assert verify_proof(leaves[index], index=index, size=size, path=path, expected=expected)
        for other in range(size):
            if other != index:
                assert not verify_proof(leaves[index], index=other, size=size, path=path, expected=expected)
        assert not verify_proof(b"x", index=index, size=size, path=path, expected=expected)
        assert not verify_proof(leaves[index], index=index, size=size, path=(*path, expected), expected=expected)
        if path:
            assert not verify_proof(leaves[index], index=index, size=size, path=path[:-1], expected=expected)
    assert not verify_proof(leaves[0], index=size, size=size, path=(), expected=expected)
    with pytest.raises(IndexError):
        proof(leaves, size)


@given(st.lists(st.binary(max_size=40), max_size=40), st.data())
def test_any_change_of_the_leaves_changes_the_root(leaves: list[bytes], data: st.DataObject):
    before = root(leaves)
    changed = list(leaves)
    place = data.draw(st.integers(0, len(leaves)))
    changed.insert(place, data.draw(st.binary(max_size=40)))
    assert root(changed) != before


def test_a_leaf_cannot_pass_for_a_node():
    left, right = hashlib.sha256(b"\x00a").digest(), hashlib.sha256(b"\x00b").digest()
    assert root([b"a", b"b"]) != root([left + right])
