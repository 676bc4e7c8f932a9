// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { createdAtMs, promptMessage } from "../../test/waiting.ts";
import type { OwnerClient } from "../owner/owner-client.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { plainStyle } from "../terminal/text.ts";
import { armingMs } from "./card.ts";
import { runSurface } from "./surface.ts";

/** `assent watch` on a terminal in memory, with one prompt on screen; nothing of the broker is real. */
function watching(problem?: string) {
  const happened: string[] = [];
  const controller = new AbortController();
  let nowMs = createdAtMs;
  let isForeground = true;
  let type: (chunk: Uint8Array) => void = () => {};
  let tick: () => void = () => {};
  let isHeld = false;
  const hold = (held: boolean) => {
    if (isHeld !== held) happened.push(held ? "claimed" : "released");
    isHeld = held;
  };
  const terminal: Terminal = {
    columns: 80,
    rows: 45,
    async write(text) {
      happened.push(text.startsWith("\u001b[H") ? `drawn ${text}` : "screen");
    },
    onInput: (listener) => {
      type = listener;
    },
    onResize: () => {},
    onClose: () => {},
    claim() {
      if (problem === undefined) hold(true);
      return problem;
    },
    release: () => hold(false),
    isForeground: () => isForeground,
    close: () => {},
  };
  const prompts = {
    async *watchPrompts(_: object, { signal }: { signal: AbortSignal }) {
      yield { prompts: [promptMessage("a")], ended: [] };
      await new Promise<void>((resolve) =>
        signal.addEventListener("abort", () => resolve()),
      );
    },
    async shown() {
      happened.push("shown");
      onShown();
    },
    async deny() {
      happened.push("denied");
      return {};
    },
  };
  let onShown = () => {};
  const shown = new Promise<void>((resolve) => {
    onShown = resolve;
  });
  const ended = runSurface({
    owner: { prompts } as unknown as OwnerClient,
    terminal,
    style: plainStyle,
    now: () => nowMs,
    everySecond(each) {
      tick = each;
      return () => {};
    },
    signal: controller.signal,
  });
  return {
    happened,
    ended,
    leave: () => controller.abort(),
    type: (text: string) => type(Buffer.from(text)),
    pass(ms: number) {
      nowMs += ms;
      tick();
    },
    front(is: boolean) {
      isForeground = is;
      tick();
    },
    /** Until the prompt is on screen, and no more happens. */
    async settled() {
      await shown;
      for (let before = -1; before !== happened.length; ) {
        before = happened.length;
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    },
    drawings: () => happened.filter((one) => one.startsWith("drawn")),
  };
}

test("nobody else can open the terminal while a prompt is on it, and only then (T58)", async () => {
  const watch = watching();
  await watch.settled();
  const told = watch.happened.map((one) => one.split(" ")[0]);
  // It is closed to others before the card is drawn.
  expect(told.lastIndexOf("claimed")).toBeLessThan(told.lastIndexOf("drawn"));
  expect(told.lastIndexOf("released")).toBeLessThan(
    told.lastIndexOf("claimed"),
  );
  expect(told).toContain("shown");
  watch.leave();
  await watch.ended;
  expect(watch.happened.lastIndexOf("released")).toBeGreaterThan(
    watch.happened.lastIndexOf("claimed"),
  );
});

test("the whole card is drawn anew before each key counts (T58)", async () => {
  const watch = watching();
  await watch.settled();
  watch.pass(armingMs);
  await watch.settled();
  const before = watch.drawings().length;
  watch.type("abc");
  await watch.settled();
  const drawings = watch.drawings().slice(before);
  expect(drawings.length).toBeGreaterThanOrEqual(4);
  const dots = drawings.map((text) => text.split("•").length - 1);
  expect([...new Set(dots)]).toEqual([0, 1, 2, 3]);
  for (const text of drawings) expect(text).toContain("Allow node to use");
  watch.leave();
  await watch.ended;
});

test("in the background nothing is drawn, no key counts, and the card arms anew in front (T22, T58)", async () => {
  const watch = watching();
  await watch.settled();
  watch.pass(armingMs);
  await watch.settled();
  watch.front(false);
  await watch.settled();
  expect(watch.happened.at(-1)).toBe("released");
  const before = watch.drawings().length;
  watch.type("\u001b");
  await watch.settled();
  expect(watch.drawings()).toHaveLength(before);
  watch.front(true);
  watch.type("\u001b");
  await watch.settled();
  expect(watch.happened).not.toContain("denied");
  watch.pass(armingMs);
  watch.type("\u001b");
  await watch.settled();
  expect(watch.happened).toContain("denied");
  watch.leave();
  await watch.ended;
});

test("a key counts by when it came, not by when its turn is (T22)", async () => {
  const watch = watching();
  await watch.settled();
  watch.type("\u001b");
  watch.pass(armingMs);
  await watch.settled();
  expect(watch.happened).not.toContain("denied");
  watch.leave();
  await watch.ended;
});

test("where the terminal cannot be closed to others that is told", async () => {
  const watch = watching("koffi does not load here");
  await watch.settled();
  expect(watch.drawings().join()).toContain(
    "Other programs of yours can open this terminal: koffi does not load here.",
  );
  watch.leave();
  await watch.ended;
});
