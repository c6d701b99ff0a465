"""What takes the place of a file: the whole new one, or nothing."""

import os
import platform
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import framegrid as fg
from framegrid.base import adding, replacing


@pytest.fixture
def place(tmp_path):
    """A file that only its owner may read."""
    path = tmp_path / "out.txt"
    path.write_text("old")
    path.chmod(0o600)
    return path


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_what_fails_leaves_the_old_file_alone(place, error):
    def fail():
        with replacing(place) as file:
            file.write(b"half")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert place.read_text() == "old"
    assert list(place.parent.iterdir()) == [place]


def test_the_error_names_the_file_that_was_asked_for(tmp_path):
    with pytest.raises(FileNotFoundError) as error, replacing(tmp_path / "none" / "out.txt"):
        pass
    assert error.value.filename == str(tmp_path / "none" / "out.txt")


def test_nobody_reads_the_new_file_who_may_not_read_the_old(place):
    with replacing(place) as file:
        file.write(b"new")
        file.flush()
        (beside,) = set(place.parent.iterdir()) - {place}
        assert mode(beside) == 0o600
        assert place.read_text() == "old"
    assert place.read_text() == "new"
    assert mode(place) == 0o600


@pytest.mark.parametrize("before", [0o640, 0o444, 0o666])
def test_the_mode_stays(place, before):
    place.chmod(before)
    with replacing(place) as file:
        file.write(b"new")
    assert (place.read_text(), mode(place)) == ("new", before)


def test_a_new_file_is_like_any_other(tmp_path):
    (tmp_path / "other").touch()
    with replacing(tmp_path / "new") as file:
        file.write(b"new")
    assert mode(tmp_path / "new") == mode(tmp_path / "other")


def test_a_link_goes_on_leading_to_the_file(place):
    link = place.with_name("link")
    link.symlink_to(place)
    with replacing(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert (place.read_text(), mode(place)) == ("new", 0o600)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(IsADirectoryError), replacing(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes with names")
def test_a_pipe_is_written_to(tmp_path):
    pipe, heard = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    reader.start()
    with replacing(pipe) as file:
        file.write(b"new")
    reader.join()
    assert heard == [b"new"]
    assert pipe.is_fifo()


def test_what_is_added_replaces_nothing(place):
    def add(path, meanwhile=lambda: None):
        with adding(path) as file:
            file.write_text("new")
            meanwhile()

    with pytest.raises(FileExistsError):
        add(place)
    other = place.with_name("b")
    with pytest.raises(FileExistsError):
        add(other, lambda: other.write_text("somebody else's"))
    assert {path.name: path.read_text() for path in place.parent.iterdir()} == {
        "out.txt": "old",
        "b": "somebody else's",
    }


def test_without_hard_links_nothing_is_replaced_either(place, monkeypatch):
    def refuse(*_args):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with adding(place.with_name("b")) as file:
        file.write_text("new")
    with pytest.raises(FileExistsError), adding(place.with_name("c")) as file:
        place.with_name("c").write_text("somebody else's")
    assert place.with_name("b").read_text() == "new"
    assert place.with_name("c").read_text() == "somebody else's"


def left_behind(code, *arguments):
    """Run code that kills its process, or waits; give the process when it says that it is there."""
    search = os.pathsep.join([str(Path(fg.__file__).parents[1]), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": search},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


WRITE = """
import os, signal, sys
from framegrid.base import replacing
with replacing(sys.argv[1]) as file:
    file.write(b"half")
    file.flush()
    if sys.argv[2] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    print("writing", flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_process_left_is_removed_and_a_living_one_goes_on(place, tmp_path):
    with left_behind(WRITE, place, "killed") as killed:
        pass
    assert killed.returncode == -signal.SIGKILL
    (left,) = tmp_path.glob(".framegrid-*.tmp")
    elsewhere = left.with_name(left.name.replace(f"@{platform.node()}.", "@another-host."))
    elsewhere.write_bytes(b"half")
    mine = tmp_path / ".framegrid-notes.tmp"
    mine.write_bytes(b"mine")
    with left_behind(WRITE, tmp_path / "other.txt", "waits") as living:
        assert living.stdout.readline() == b"writing\n"
        with replacing(tmp_path / "third.txt") as file:
            file.write(b"new")
        assert not left.exists()
        assert elsewhere.exists()
        assert mine.exists()
        living.stdin.close()
    assert (tmp_path / "other.txt").read_text() == "half"
    assert place.read_text() == "old"


def test_exports_and_saves_remove_what_killed_ones_left(tmp_path, make_photos):
    photos = make_photos(tmp_path / "photos", 2)
    with left_behind("pass") as gone:
        pass
    end = f"{gone.pid}-0123abcd@{platform.node()}.tmp"
    with fg.ImageDataset.create(tmp_path / "set") as dataset:
        dataset.add_images_from_path(photos)
        folder = tmp_path / "out"
        folder.mkdir()
        (folder / f".framegrid-{end}").write_bytes(b"half")
        (tmp_path / f"copy.parquet.{end}").write_bytes(b"half")
        dataset.export_images(folder)
        dataset.save(tmp_path / "copy")
    assert len(list(folder.iterdir())) == 2
    assert not list(tmp_path.rglob("*.tmp"))
