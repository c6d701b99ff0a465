"""CSV, COCO and folders of images."""
