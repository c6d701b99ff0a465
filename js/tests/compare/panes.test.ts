import { expect, test } from "vitest";
import { columnsFor } from "../../src/compare/panes";

const WIDE = { width: 1400, height: 400 };
const TALL = { width: 400, height: 600 };
const PHOTO = { width: 4000, height: 3000 };
const UPRIGHT = { width: 3000, height: 4000 };

test.each([
  [2, WIDE, [PHOTO], 2],
  [6, WIDE, [PHOTO], 6],
  [6, { width: 1000, height: 600 }, [PHOTO], 3],
  [4, { width: 1000, height: 600 }, [PHOTO], 2],
  [4, { width: 1000, height: 600 }, [UPRIGHT], 4],
  [2, TALL, [PHOTO], 1],
  [2, TALL, [], 1],
  [6, TALL, [PHOTO], 2],
  [2, { width: 0, height: 0 }, [PHOTO], 1],
])("%d pictures in %o", (count, room, shapes, columns) => {
  expect(columnsFor(count, room, shapes)).toBe(columns);
});
