/** Everything that keys and the mouse do; `README.md` lists the same. */

export interface KeyList {
  where: string;
  /** What is pressed or moved, and what that does. */
  rows: [string, string][];
}

export const KEYS: KeyList[] = [
  {
    where: "In the grid",
    rows: [
      ["Arrows, Page keys, Home, End", "go to another picture"],
      ["Enter, double click", "open it"],
      ["Click", "select it alone"],
      ["Space, Ctrl click", "select it too, or take it out"],
      ["Shift with these", "select all up to it"],
      ["Drag over pictures", "select them; with Ctrl or Shift, too"],
      ["Ctrl A", "select all"],
      ["c", "compare those selected, or those of its section"],
      ["Esc", "clear the selection"],
      ["Tap; long tap", "open; select"],
    ],
  },
  {
    where: "On the header of a section",
    rows: [
      ["Shift Tab", "from the grid to the header"],
      ["↑ ↓, Home, End", "to another section"],
      ["← →, Enter", "collapse, expand"],
      ["Alt click", "collapse or expand all"],
    ],
  },
  {
    where: "In the detail view",
    rows: [
      ["← →, swipe", "previous, next picture"],
      ["Space", "select it, or take it out, and go on"],
      ["+ −, wheel, pinch", "zoom"],
      ["0 or f", "fit"],
      ["1", "one pixel of the image is one of the screen"],
      ["Double click", "there and back, at that place"],
      ["Drag, Shift arrows", "move the picture"],
      ["Esc", "back to the grid"],
    ],
  },
  {
    where: "In the comparison",
    rows: [
      ["Arrows", "go to another picture"],
      ["Space", "select it, or take it out"],
      ["b, held", "see the next picture in its place"],
      ["n p, Page keys, swipe", "next, previous group"],
      ["+ − 0 1, wheel, pinch, drag", "zoom and move all, as in the detail view"],
      ["Esc", "back to the grid"],
    ],
  },
  {
    where: "On a slider",
    rows: [
      ["← →", "a step"],
      ["Page keys", "ten steps"],
      ["Home, End", "to the end"],
      ["Drag between the handles", "move both"],
      ["Click on a number", "type it"],
      ["Click on a bar; with Shift", "narrow to it; widen to it"],
    ],
  },
  {
    where: "In a plot",
    rows: [
      ["Drag", "draw a rectangle, which filters by both keys; move or resize it"],
      ["Arrows; with Shift", "go to another cell; draw a rectangle"],
      ["Enter", "filter by it"],
      ["Delete", "clear it"],
      ["+ − 0, wheel, double click", "zoom; see all"],
      ["Esc", "forget what is drawn; back to the grid"],
    ],
  },
  {
    where: "In a cut",
    rows: [
      ["← →", "move it by a picture"],
      ["Page keys", "by one percent"],
      ["Drag over the bars", "move it there"],
      ["Click on a picture", "open it"],
      ["Esc", "back to the grid"],
    ],
  },
];
