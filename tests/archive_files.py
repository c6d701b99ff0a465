"""Archives for tests: tar and zip, whole and hostile."""

import io
import tarfile
import zipfile

from pictures import four_corners, noise


def encoded(image, kind="PNG", **options):
    """The bytes of a picture."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def picture(number=0, kind="PNG"):
    """The bytes of a small picture, 16 px higher with each number."""
    return encoded(four_corners(96, 64 + 16 * number), kind)


def photo(seed=0, width=300, height=200):
    """The bytes of a JPEG that is larger than what is read of a header."""
    return encoded(noise(width, height, seed=seed), "JPEG", quality=95)


def tar_info(name, size=0, kind=tarfile.REGTYPE, **fields):
    """A header of a tar."""
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def write_tar(path, members, **options):
    """Write a tar of bytes by name; of headers as they are, whatever they say."""
    with tarfile.open(path, "w", **options) as tar:
        for name, data in members.items() if isinstance(members, dict) else members:
            if isinstance(data, tarfile.TarInfo):
                tar.addfile(data)
            else:
                tar.addfile(tar_info(name, len(data)), io.BytesIO(data))
    return path


def write_zip(path, members, method=zipfile.ZIP_STORED):
    """Write a zip of bytes by name."""
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in members.items() if isinstance(members, dict) else members:
            file.writestr(name, data)
    return path
