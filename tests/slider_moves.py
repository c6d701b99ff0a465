"""A slider moved by keys and mouse, and how long the count on the screen takes to follow."""

import random
import time

MOVES = 40
FRAME_MS = 1000 / 60
# Times each event on a slider until the count has changed, and until the browser hands it over,
# which it does with a mouse move once a frame.
WATCH = """() => {
  window.delays = [];
  const widget = document.querySelector(".framegrid");
  let since = null;
  const note = event => { since = [event.timeStamp, performance.now()]; };
  for (const type of ["keydown", "pointermove"]) widget.addEventListener(type, note, true);
  new MutationObserver(() => {
    if (since !== null) delays.push([performance.now() - since[0], since[1] - since[0]]);
    since = null;
  }).observe(widget.querySelector("[role=status]"), {
    subtree: true, childList: true, characterData: true,
  });
}"""


def press(page, thumb):
    thumb.focus()
    page.evaluate("() => delays.splice(0)")
    for _ in range(MOVES):
        page.keyboard.press("ArrowRight")
        settle(page)
    return collect(page)


def drag(page, thumb):
    box = thumb.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    collect(page)
    for step in range(1, MOVES + 1):
        page.mouse.move(x + 2 * step, y)
        settle(page)
    page.mouse.up()
    return collect(page)


def settle(page):
    """Two frames, so that each move is drawn by itself, and a part, so that none keeps step."""
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    time.sleep(random.uniform(0, FRAME_MS / 1000))


def collect(page):
    return page.evaluate("() => delays.splice(0)")
