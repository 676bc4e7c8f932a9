// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { keepTheme, readTheme } from "./theme.ts";

function storage(kept: Record<string, string> = {}) {
  return {
    kept,
    getItem: (name: string) => kept[name] ?? null,
    setItem: (name: string, value: string) => {
      kept[name] = value;
    },
    removeItem: (name: string) => void delete kept[name],
  };
}

it("keeps the choice, and nothing for the system's", () => {
  const place = storage();
  keepTheme("dark", () => place);
  expect(readTheme(() => place)).toBe("dark");
  keepTheme("system", () => place);
  expect(place.kept).toEqual({});
  expect(readTheme(() => place)).toBe("system");
});

it("takes what is no theme for the system's, and a browser that keeps nothing as well", () => {
  expect(readTheme(() => storage({ "assent-theme": "url(evil)" }))).toBe(
    "system",
  );
  const closed = () => {
    throw new Error("denied");
  };
  expect(readTheme(closed)).toBe("system");
  expect(() => keepTheme("dark", closed)).not.toThrow();
});
