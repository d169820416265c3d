"""Peers in processes of their own: they answer, or say what is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import environments
from benchmarks.contender import MissingError
from benchmarks.environments import Peer, install

PEER = """
import sys
sys.path.append({turns!r})
from turns import take_turns
print("a library's greeting")
{failure}
take_turns(lambda: sum(range(100_000)) and 5)
"""


@pytest.fixture
def peers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where scripts of peers are looked for, with one that is installed already."""
    scripts = tmp_path / "peers"
    scripts.mkdir()
    place = tmp_path / "environments" / "some" / "bin"
    place.mkdir(parents=True)
    (place / "python").symlink_to(sys.executable)
    (scripts / "some.txt").write_text("some==1\n")
    (place.parent / "installed.txt").write_text("some==1")
    monkeypatch.setattr(environments, "HERE", scripts)
    return scripts


def write(peers: Path, failure: str = "") -> None:
    turns = str(Path(environments.__file__).parent / "peers")
    (peers / "some.py").write_text(PEER.format(turns=turns, failure=failure))


def test_a_peer_plays_when_it_is_asked_to(peers: Path) -> None:
    write(peers)
    peer = Peer("some", peers.parent / "environments")
    assert peer.rate() > 0
    assert peer.rate() > 0


def test_a_peer_that_fails_says_why(peers: Path) -> None:
    write(peers, "raise RuntimeError('error: no such desk')")
    with pytest.raises(MissingError, match="does not run: RuntimeError: error: no such desk"):
        Peer("some", peers.parent / "environments")
    write(peers, "sys.stdin.close()")
    peer = Peer("some", peers.parent / "environments")
    for _ in range(2):  # whether it is still there to be asked or not
        with pytest.raises(MissingError, match="ValueError: I/O operation"):
            peer.rate()


def test_what_cannot_be_installed_says_pips_reason(
    peers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def run(command: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        calls.append(" ".join(map(str, command)))
        failed = "-m pip" in calls[-1]
        says = "ERROR: some reason\nERROR: No matching distribution found\nnotice\n"
        return subprocess.CompletedProcess(command, int(failed), "", says)

    monkeypatch.setattr(subprocess, "run", run)
    folder = peers.parent / "environments"
    with pytest.raises(MissingError, match="not installed: ERROR: No matching distribution"):
        install("some", ["some==2"], folder)  # other than what is there
    assert [("-m venv" in call, "-m pip" in call) for call in calls] == [
        (True, False),
        (False, True),
    ]
    assert not (folder / "some").exists()  # nothing that would pass for an environment
