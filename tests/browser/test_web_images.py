"""Web images in a notebook: nothing is asked for before the user allowed it, then they come."""

import json
from io import BytesIO

from PIL import Image
from playwright.sync_api import expect

from grid_fixtures import slider, tile

SECRET = "hidden-from-others"

SETTING = """
import os
import pandas as pd
import framegrid as fg
os.environ.update({given})
os.environ.pop("SSL_CERT_DIR", None)
frame = pd.DataFrame({{"url": {urls}, "rank": range({count})}})
"""
SHOW = "grid = fg.show(frame)\ngrid"


def photo(number):
    file = BytesIO()
    Image.new("RGB", (60 + number, 48), (40 * number, 90, 200)).save(file, "JPEG")
    return file.getvalue()


def test_pictures_come_once_their_host_is_allowed(lab, web, certificate):
    urls = [web.put(f"photos/{n}.jpg", photo(n)) for n in range(5)]
    urls = [f"{url}?key={SECRET}" for url in [*urls, web.url("photos/gone.jpg")]]
    cache = str(lab.folder / "cache")
    given = json.dumps({"SSL_CERT_FILE": str(certificate), "FRAMEGRID_CACHE_DIR": cache})
    setting = SETTING.format(given=given, urls=json.dumps(urls), count=len(urls))
    lab.open(setting, SHOW, f"fg.allow_urls({web.url('photos/')!r})", SHOW)
    lab.run(0)
    lab.run(1)
    regions = lab.page.get_by_role("region", name="framegrid: untitled")
    expect(tile(regions.first, 0)).to_contain_text("fg.allow_urls('https://127.0.0.1")
    assert not web.asked

    lab.run(2)
    lab.run(3)
    region = regions.last
    for number in range(5):
        expect(tile(region, number).locator("img").first).to_be_visible()
    expect(tile(region, 5)).to_contain_text("file not found (the server answers 404)")
    expect(slider(region, "width maximum")).to_have_attribute("aria-valuemax", "64")
    tile(region, 3).dblclick()
    detail = region.get_by_role("dialog", name="3.jpg")
    expect(detail.locator("img").first).to_be_visible()
    lab.kernel.until("grid.active == 3", seconds=60)
    assert lab.kernel.eval("grid.dataset.get_sample(3).open().size") == (63, 48)
    lab.saved()
    outputs = json.dumps([cell.outputs for cell in lab.saved().cells])
    assert SECRET not in outputs
