import { expect, test } from "vitest";
import { folderTree, groupKeys, nameIn } from "../../src/sidebar/groups";
import type { KeyView } from "../../src/view";

test("folders are offered with those that they are in", () => {
  const folders = ["train/cats", "test", "", "train/dogs/old", "train-b"];
  expect(folderTree(folders)).toEqual([
    "test",
    "train",
    "train/cats",
    "train/dogs",
    "train/dogs/old",
    "train-b",
  ]);
});

test("a dict is among its numbers where some samples lack it", () => {
  const item = (key: string, type: string, missing = 0) =>
    ({ key, type, missing, group: "metadata", condition: null }) as KeyView;
  const keys = (missing: number) => [item("gps", "dict", missing), item("gps.lat", "float")];
  const named = (keys: KeyView[]) =>
    groupKeys(keys).map((group) => group.items.map(({ key }) => nameIn(group, key)));
  expect(named(keys(0))).toEqual([["lat"]]);
  expect(named(keys(3))).toEqual([["as a whole", "lat"]]);
});

test("numbers inside a dict have a group of their own, which the dict stands for", () => {
  const item = (key: string, type: string, group = "metadata") => ({ key, type, group }) as KeyView;
  const keys = [
    item("width", "integer", "dimensions"),
    item("folder", "string", "files"),
    item("gps", "dict"),
    item("gps.lat", "float"),
    item("note", "dict"),
    item("blur", "float"),
  ];
  const groups = groupKeys(keys).map(({ title, items }) => [title, ...items.map(({ key }) => key)]);
  expect(groups).toEqual([
    ["Dimensions", "width"],
    ["Files", "folder"],
    ["gps", "gps.lat"],
    ["Metadata", "note", "blur"],
  ]);
});
