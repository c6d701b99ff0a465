"""How fast a grid on the screen follows: what is set, moved and scrolled, measured in the page."""

import statistics

from slider_moves import FRAME_MS

# Waits, frame by frame, until tiles are others, and the picture of a sample that had none before is
# here if it has to be; gives the time since 1970 in ms.
SHOWN = """pictured => {
  const tiles = () => [...document.querySelectorAll(".framegrid [data-sample-id]")];
  const written = tile => `${tile.dataset.sampleId} ${tile.ariaPosInSet}`;
  const [before, were] = [tiles().map(written).join(), tiles().map(tile => tile.dataset.sampleId)];
  const isPictured = tile => {
    const picture = tile.querySelector("img");
    return !were.includes(tile.dataset.sampleId) && picture?.complete && picture.naturalWidth > 0;
  };
  window.shown = new Promise(done => {
    const look = () => {
      const isOther = tiles().map(written).join() !== before;
      if (!isOther || (pictured && !tiles().some(isPictured))) return requestAnimationFrame(look);
      done(performance.timeOrigin + performance.now());
    };
    requestAnimationFrame(look);
  });
}"""
SET = "(__import__('time').time() * 1e3, {})[0]"
# Scrolls by so many px a frame, or with null to anywhere; gives the frames a second and the time,
# in ms, of the slowest but one of twenty.
SCROLL = """px => new Promise(done => {
  const list = document.querySelector(".framegrid .fg-grid");
  const times = [];
  const next = now => {
    times.push(now);
    if (px === null) list.scrollTop = Math.random() * list.scrollHeight;
    else list.scrollTop += px;
    if (times.length <= 180) return requestAnimationFrame(next);
    const took = times.slice(1).map((time, i) => time - times[i]).sort((a, b) => a - b);
    done([180_000 / (times[180] - times[0]), took[171]]);
  };
  requestAnimationFrame(next);
})"""
PACES = {"resting": 0, "slowly": 20, "fast": 100, "a screen a frame": 800, "by jumps": None}


def readable(measured):
    delays = [delay for delay, _ in measured]
    median, late = statistics.median(delays), statistics.quantiles(delays, n=20)[-1]
    return f"{median:.1f} ms, {median / FRAME_MS:.1f} frames (95 %: {late:.1f} ms)"
