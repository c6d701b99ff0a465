"""Functions of an image, to be computed in threads or other processes."""


def mean_grey(image):
    pixels = image.convert("L")
    return {"mean_grey": sum(pixels.tobytes()) / (pixels.width * pixels.height)}


def width_of(image):
    return {"w": image.width}


def recording(seen):
    """A function, for threads, that notes the widths of the images it sees."""

    def function(image):
        seen.append(image.width)
        return {"w": image.width}

    return function
