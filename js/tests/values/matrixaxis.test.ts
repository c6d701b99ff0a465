import { describe, expect, test } from "vitest";
import { columnOf, RangeColumn, ValuesColumn } from "../../src/engine/codecolumns";
import type { CodesHeader } from "../../src/protocol";
import { binCondition } from "../../src/values/binfilter";
import { MatrixAxis, matrixOrders, MOST_LINES } from "../../src/values/matrixaxis";
import twins from "../saved/twins.json";

interface Matrices {
  codes: Record<string, [codes: number[], header: CodesHeader]>;
  tables: [x: string, y: string, table: Record<string, Record<string, number>>][];
}
const { codes, tables } = twins.matrices as unknown as Matrices;

function axisOf(column: RangeColumn | ValuesColumn, byValue = true): MatrixAxis {
  if (column instanceof ValuesColumn) return MatrixAxis.ofValues(column.values);
  return MatrixAxis.ofRange(column.scale, byValue, column.missing > 0);
}
const column = (key: string) => columnOf(codes[key][1]) as RangeColumn | ValuesColumn;

/** As pandas writes a line's value. */
function text(axis: MatrixAxis, line: number): string {
  const { kind, values } = axis.lines[line];
  const value = String(values[0]);
  if (kind === "missing") return "missing";
  return typeof values[0] === "boolean" ? value[0].toUpperCase() + value.slice(1) : value;
}

test.each(tables)("%s by %s is counted as pandas counts it", (xKey, yKey, table) => {
  const [x, y] = [axisOf(column(xKey)), axisOf(column(yKey))];
  const counts = new Uint32Array(x.binCount * y.binCount);
  codes[xKey][0].forEach((code, row) => {
    counts[x.bins[code] * y.binCount + y.bins[codes[yKey][0][row]]]++;
  });
  const found = counts.reduce((sum, count) => sum + count, 0);
  x.lines.forEach((_, i) =>
    y.lines.forEach((_, j) => {
      const wanted = table[text(x, i)]?.[text(y, j)] ?? 0;
      expect([text(x, i), text(y, j), counts[i * y.binCount + j]]).toEqual([
        text(x, i),
        text(y, j),
        wanted,
      ]);
    }),
  );
  const total = Object.values(table).flatMap((row) => Object.values(row));
  expect(found).toBe(total.reduce((sum, count) => sum + count, 0));
});

/** That a line's filter lets pass just the codes of the line. */
function fits(axis: MatrixAxis, of: RangeColumn | ValuesColumn): void {
  axis.lines.forEach(({ condition }, line) => {
    const passes = of.lookup(condition!)!;
    const wrong = [...axis.bins].filter(
      (bin, code) => bin < axis.lines.length && passes[code] !== Number(bin === line),
    );
    expect(wrong).toEqual([]);
  });
}

describe("the filter of a line", () => {
  test.each(Object.keys(codes))("is that of its codes, for %s", (key) => {
    fits(axisOf(column(key)), column(key));
  });

  test("is that of a bin", () => {
    const header = codes.digit[1] as CodesHeader & { kind: "range" };
    const edges = Array.from({ length: 300 }, (_, i) => i / 4);
    const of = new RangeColumn({ ...header, number: "float", edges });
    const axis = axisOf(of, false);
    expect(axis.lines.length).toBe(of.scale.binCount + 1);
    axis.lines.slice(0, -1).forEach(({ condition }, bin) => {
      expect(condition).toEqual(binCondition(of.scale, bin, null));
    });
    expect([...axis.bins.slice(0, -1)]).toEqual(
      [...of.scale.bins.slice(0, -1)].map((bin) =>
        bin < of.scale.binCount ? bin : axis.lines.length,
      ),
    );
  });

  test("is that of all that is gathered", () => {
    const values = Array.from({ length: 450 }, (_, i) => `class ${i}`);
    const of = new ValuesColumn({ kind: "values", values, missing: 1 } as never);
    const axis = axisOf(of);
    expect(axis.lines.length).toBe(MOST_LINES + 1);
    expect(axis.lines[MOST_LINES - 1]).toMatchObject({ kind: "other" });
    expect(axis.lines[MOST_LINES - 1].values.length).toBe(251);
    expect(axis.lines[MOST_LINES].kind).toBe("missing");
    fits(axis, of);
    const header = codes.digit[1] as CodesHeader & { kind: "range" };
    const edges = Array.from({ length: 450 }, (_, i) => i - 20);
    const integers = new RangeColumn({ ...header, edges });
    fits(axisOf(integers), integers);
  });
});

test("by agreement equal values face each other, the others come after", () => {
  const x = MatrixAxis.ofValues(["cat", "dog", "car", null]);
  const y = MatrixAxis.ofValues(["dog", "bike", "cat"]);
  expect(matrixOrders(x, y, false)).toEqual([
    [0, 1, 2, 3],
    [0, 1, 2],
  ]);
  expect(matrixOrders(x, y, true)).toEqual([
    [0, 1, 2, 3],
    [2, 0, 1],
  ]);
});
