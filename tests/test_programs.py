"""Whole programs, as people write them for a dataset of images."""

import csv
from pathlib import Path

import pytest
import tqdm
from PIL import Image, ImageStat

import framegrid as fg

WEATHER = {
    "photo-0.jpg": {"temperature": 12.5, "humidity": 0.4},
    "photo-1.png": {"temperature": 25.0, "humidity": 0.7},
    "photo-2.jpg": {"temperature": -3.5, "humidity": 0.9},
}


@pytest.fixture
def dataset(photos):
    """Added in an earlier session."""
    with fg.ImageDataset.create() as dataset:
        dataset.add_images_from_path(photos)
    with fg.ImageDataset.load() as dataset:
        yield dataset


def reloaded(dataset):
    dataset.close()
    return [dict(sample.metadata) for sample in fg.ImageDataset.load()]


def test_one_sample_after_the_other(dataset):
    for sample in dataset:
        temperature = sample.metadata["temperature"]
        assert temperature is None

        sample.metadata["temperature"] = 25.3
        sample.metadata["location"] = "city"
        sample.metadata["is_processed"] = True
        sample.metadata["tags"] = ["outdoor", "daytime"]
        sample.metadata["camera_info"] = {"camera": "Canon", "lens": "50mm"}
        sample.metadata.update({"confidence": 0.95, "priority": 3})

        assert sample.metadata["temperature"] == 25.3

    assert reloaded(dataset) == 6 * [
        {
            "temperature": 25.3,
            "location": "city",
            "is_processed": True,
            "tags": ["outdoor", "daytime"],
            "camera_info": {"camera": "Canon", "lens": "50mm"},
            "confidence": 0.95,
            "priority": 3,
        }
    ]


def update_by_file_name(dataset, metadata_by_name):
    sample_id_by_name = {sample.file_name: sample.sample_id for sample in dataset}
    updates = []
    for file_name, metadata in metadata_by_name.items():
        if file_name not in sample_id_by_name:
            raise ValueError(f"no sample is called {file_name}")
        updates.append((sample_id_by_name[file_name], metadata))
    dataset.update_metadata(updates)


def test_a_dict_by_file_name(dataset):
    update_by_file_name(dataset, WEATHER)
    assert reloaded(dataset) == [*WEATHER.values(), {}, {}, {}]


def test_a_csv_file_by_file_name(dataset):
    with Path("weather.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file_name", "temperature", "humidity"])
        writer.writerows([name, *row.values()] for name, row in WEATHER.items())

    metadata_by_name = {}
    with Path("weather.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            metadata_by_name[row["file_name"]] = {
                "temperature": float(row["temperature"]),
                "humidity": float(row["humidity"]),
            }

    update_by_file_name(dataset, metadata_by_name)
    assert reloaded(dataset) == [*WEATHER.values(), {}, {}, {}]


def test_statistics_of_the_pixels(dataset):
    updates = []
    for sample in tqdm.tqdm(dataset):
        image = Image.open(sample.file_path_abs).convert("RGB")
        luminance = ImageStat.Stat(image.convert("L")).mean[0]
        red, green, blue = ImageStat.Stat(image).mean
        total = red + green + blue
        updates.append(
            (
                sample.sample_id,
                {
                    "luminance": luminance / 255,
                    "red": red / total,
                    "green": green / total,
                    "blue": blue / total,
                },
            )
        )
    dataset.update_metadata(updates)

    ratios = dataset.df[["red", "green", "blue"]]
    assert ratios.sum(axis=1).round(9).eq(1).all()
    assert reloaded(dataset) == [metadata for _, metadata in updates]
