"""The photographs that the demo and the notebooks show, as a camera's owner would have them.

They are made of the photographs in scikit-image's wheel: a few shots of each subject, in a folder
per kind of subject. Some are blurred, some too dark, some are there twice, and all have EXIF.
"""

import os
import random
from datetime import datetime, timedelta
from pathlib import Path

import skimage
from PIL import ExifTags, Image, ImageEnhance, ImageFilter

SUBJECTS = {
    "astronaut.png": "people",
    "camera.png": "people",
    "chelsea.png": "animals",
    "coffee.png": "things",
    "coins.png": "things",
    "hubble_deep_field.jpg": "sky",
    "moon.png": "sky",
    "motorcycle_left.png": "vehicles",
    "motorcycle_right.png": "vehicles",
    "rocket.jpg": "vehicles",
}
CAMERAS = (("Canon", "EOS 90D"), ("Fujifilm", "X-T4"), ("Apple", "iPhone 13"))
SHUTTERS = (15, 30, 60, 125, 250, 500, 1000, 2000)  # 1/s
START = datetime(2024, 5, 4, 9, 30)  # noqa: DTZ001 (a camera's clock knows no time zone)
LONGEST = 640  # px
DATA = Path(skimage.__file__).with_name("data")


def photographs(folder: str | Path = "photos", *, count: int = 120) -> Path:
    """The folder of photographs: that in ``IMAGES`` of the environment, or one made here once."""
    if named := os.environ.get("IMAGES"):
        return Path(named)
    folder = Path(folder)
    if not folder.exists():
        dice = random.Random(0)  # noqa: S311 (nothing here is a secret)
        clock = START
        for number in range(count):
            clock += timedelta(minutes=dice.randrange(1, 90))
            _take(folder, number, clock, dice)
    return folder


def _take(folder: Path, number: int, clock: datetime, dice: random.Random) -> None:
    """Take one photograph, and sometimes a second one right after it."""
    name, kind = dice.choice(list(SUBJECTS.items()))
    with Image.open(DATA / name) as original:
        image = _framed(original.convert("RGB"), dice)
    shutter = dice.choice(SHUTTERS)
    if dice.random() < 0.12:
        image = image.filter(ImageFilter.GaussianBlur(dice.uniform(2, 5)))
        shutter = SHUTTERS[0]  # shaken
    if dice.random() < 0.12:
        image = ImageEnhance.Brightness(image).enhance(dice.uniform(0.1, 0.35))
    (folder / kind).mkdir(parents=True, exist_ok=True)
    exif = _exif(clock, shutter, number, dice)
    image.save(folder / kind / f"IMG_{number:04}.jpg", quality=85, exif=exif)
    if dice.random() < 0.08:
        again = image.resize((image.width * 3 // 4, image.height * 3 // 4))
        again.save(folder / kind / f"IMG_{number:04}_small.jpg", quality=70, exif=exif)


def _framed(image: Image.Image, dice: random.Random) -> Image.Image:
    """A part of a picture, upright or wide, at most ``LONGEST`` px long."""
    width = round(image.width * dice.uniform(0.6, 1))
    height = round(image.height * dice.uniform(0.6, 1))
    left, top = dice.randrange(image.width - width + 1), dice.randrange(image.height - height + 1)
    part = image.crop((left, top, left + width, top + height))
    part.thumbnail((LONGEST, LONGEST))
    return part


def _exif(clock: datetime, shutter: int, number: int, dice: random.Random) -> Image.Exif:
    """What a camera writes into its files."""
    exif = Image.Exif()
    make, model = CAMERAS[number % len(CAMERAS)]
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = make, f"{make} {model}"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = f"{clock:%Y:%m:%d %H:%M:%S}"
    details[ExifTags.Base.ExposureTime] = 1 / shutter
    details[ExifTags.Base.FNumber] = dice.choice((1.8, 2.8, 4.0, 5.6, 8.0))
    details[ExifTags.Base.ISOSpeedRatings] = dice.choice((100, 200, 400, 800, 1600))
    if number % 3:
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLongitudeRef] = "N", "W"
        place[ExifTags.GPS.GPSLatitude] = (38.0, float(dice.randrange(40, 48)), 12.0)
        place[ExifTags.GPS.GPSLongitude] = (9.0, float(dice.randrange(5, 15)), 30.0)
    return exif
