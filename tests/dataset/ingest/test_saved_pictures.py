"""Pictures of a dataset in memory, until it is saved and from then on."""

import gc
import pickle
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import framegrid as fg
from framegrid import images
from image_functions import mean_grey
from thumbnails_helpers import thumbnails_of


def greys(count=3):
    return [np.full((4, 6), number * 10 % 250, np.uint8) for number in range(count)]


def names_in(folder):
    return sorted(file.name for file in folder.iterdir())


def in_memory(count=3):
    return fg.ImageDataset.from_dataframe(greys(count))


def pixels(dataset):
    return [np.asarray(sample.open()).flat[0] for sample in dataset]


def test_where_a_picture_is_can_be_said(tmp_path):
    dataset = in_memory()
    path = dataset.get_sample(1).file_path_abs
    assert images.said(path) == "in memory, not saved yet"
    dataset.save(tmp_path / "photos")
    assert images.said(dataset.get_sample(1).file_path_abs) == "row 1 of 0001.parquet"
    assert images.said(path) == "was in memory and never saved"


def test_saving_puts_the_pictures_beside_the_dataset(tmp_path):
    dataset = in_memory()
    dataset.add_images([np.full((4, 6), 99, np.uint8)], metadata={"late": [True]})
    dataset.save(tmp_path / "photos")
    assert pixels(dataset) == [0, 10, 20, 99]
    assert names_in(tmp_path / "photos.images") == ["0001.parquet", "0002.parquet"]
    dataset.add_images(greys(1))
    dataset.close()
    with fg.ImageDataset.load(tmp_path / "photos") as again:
        assert pixels(again) == [0, 10, 20, 99, 0]
        assert again.df["late"].tolist()[3] is True


def test_values_that_were_computed_in_memory_stay_up_to_date(tmp_path):
    dataset = in_memory()
    assert dataset.compute_metadata(mean_grey, keys="mean_grey").computed == 3
    assert dataset.compute_metadata(mean_grey, keys="mean_grey").up_to_date == 3
    dataset.save(tmp_path / "photos")
    assert dataset.check_images().empty
    assert dataset.compute_metadata(mean_grey, keys="mean_grey").up_to_date == 3


def test_a_save_while_pictures_are_computed_takes_none_of_them_away(tmp_path):
    dataset = in_memory(100)  # more than are under way at a time

    def saving(image):
        if dataset.path is None:
            dataset.save(tmp_path / "photos")
        return mean_grey(image)

    with ThreadPoolExecutor(1) as executor:
        report = dataset.compute_metadata(saving, executor=executor)
    assert (report.computed, report.failures) == (100, [])


def test_undo_reaches_back_over_the_save(tmp_path):
    dataset = in_memory()
    dataset.add_images([np.full((4, 6), 99, np.uint8)])
    dataset.remove_samples([1])
    dataset.save(tmp_path / "photos")
    dataset.undo()
    assert pixels(dataset) == [0, 10, 20, 99]
    dataset.undo()
    assert pixels(dataset) == [0, 10, 20]


def test_a_save_that_fails_leaves_all_as_it_was(tmp_path):
    dataset = in_memory()
    (tmp_path / "photos.parquet").write_bytes(b"something else")
    with pytest.raises(FileExistsError):
        dataset.save(tmp_path / "photos")
    assert names_in(tmp_path) == ["photos.parquet"]
    assert pixels(dataset) == [0, 10, 20]


def test_a_part_of_a_dataset_in_memory_holds_its_pictures(tmp_path):
    whole = in_memory()
    part = fg.ImageDataset.from_dataframe(whole.df.loc[[1, 2]])
    del whole
    gc.collect()
    assert pixels(part) == [10, 20]
    part.save(tmp_path / "part")
    assert pixels(part) == [10, 20]


def test_pictures_go_with_the_last_dataset_that_has_them():
    dataset = in_memory()
    path = dataset.df["file_path_abs"].iloc[0]
    held = weakref.ref(images.held_for([path])[0])
    del dataset
    gc.collect()
    assert held() is None
    with pytest.raises(OSError, match="was in memory and never saved"):
        images.open_upright(path)


def test_a_stored_dataset_that_names_pictures_in_memory_says_that_they_are_gone(tmp_path):
    frame = in_memory().df
    gc.collect()
    dataset = fg.ImageDataset.from_dataframe(frame.assign(width=6, height=4))
    dataset.save(tmp_path / "photos")
    with pytest.raises(OSError, match="was in memory and never saved"):
        dataset.get_sample(0).open()
    (made, *_) = thumbnails_of(dataset.df["file_path_abs"].tolist(), tmp_path / "cache")
    assert "never saved" in made.error


@pytest.mark.parametrize(
    "path",
    [
        "unsaved://",
        "unsaved:///etc/passwd",
        "unsaved://0/0",
        f"unsaved://{'0' * 32}/0",
        f"unsaved://{'0' * 32}/../0",
        "UNSAVED://x/1",
    ],
)
def test_made_up_locators_open_nothing(path):
    with pytest.raises(OSError, match=r"was in memory and never saved|not opened"):
        images.open_upright(path)


def test_numbers_beyond_the_pictures_open_nothing():
    dataset = in_memory(1)
    path = dataset.df["file_path_abs"].iloc[0]
    with pytest.raises(OSError, match="never saved"):
        images.open_upright(path[:-1] + "7")


def test_a_copy_without_its_pictures_counts_them_as_gone(tmp_path):
    in_memory().save(tmp_path / "photos")
    (tmp_path / "photos.images").rename(tmp_path / "elsewhere")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the same, 0.2 s later
        with fg.ImageDataset.load(tmp_path / "photos") as dataset:
            assert dataset.gone.startswith("3 of 3 image files looked at are gone")
            assert len(dataset.check_images()) == 3
            with pytest.raises(OSError, match="not found"):
                dataset.get_sample(0).open()


def test_a_dataset_in_memory_says_that_it_cannot_travel():
    with pytest.raises(TypeError, match="save it first"):
        pickle.dumps(in_memory())


def test_a_saved_dataset_travels_to_other_processes(tmp_path):
    dataset = in_memory()
    dataset.save(tmp_path / "photos")
    assert pixels(pickle.loads(pickle.dumps(dataset))) == [0, 10, 20]
