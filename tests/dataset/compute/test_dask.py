"""Images that are parts of other files, or in memory, on the workers of a cluster of Dask."""

import pickle

import pytest

import framegrid as fg
from archive_files import write_tar
from image_functions import width_of
from picture_tables import cells, jpeg_of, write_parquet

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A cluster of one process that is not this one."""
    folder = tmp_path_factory.mktemp("dask")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, dashboard_address=None, local_directory=str(folder)
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture
def dataset(tmp_path):
    """Cells of a Parquet file, members of an archive, and pictures in memory."""
    dataset = fg.ImageDataset.from_dataframe(write_parquet(tmp_path / "0.parquet", image=cells(9)))
    members = {f"{number}.jpg": jpeg_of(number) for number in (9, 10)}
    dataset.add_images_from_path(write_tar(tmp_path / "1.tar", members))
    dataset.add_images([jpeg_of(number) for number in (11, 12)])
    return dataset


@pytest.mark.parametrize("is_saved", [False, True], ids=["in memory", "saved"])
def test_functions_are_computed(dataset, client, tmp_path, is_saved):
    if is_saved:
        dataset.save(tmp_path / "saved")
    report = dataset.compute_metadata(
        width_of, keys=["w"], executor=client.get_executor(), progress=False
    )
    assert report.failures == []
    assert dataset.df["w"].tolist() == list(range(10, 23))


def test_a_saved_dataset_travels_with_its_pictures(dataset, client, tmp_path):
    dataset.save(tmp_path / "saved")
    future = client.submit(lambda ds: [sample.open().width for sample in ds], dataset)
    assert future.result(60) == list(range(10, 23))
    assert len(pickle.loads(pickle.dumps(dataset))) == 13
