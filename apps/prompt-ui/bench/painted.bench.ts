// SPDX-License-Identifier: Apache-2.0

import { loadavg } from "node:os";
import { PromptBodySchema } from "@assent/protocol/owner";
// How long from the moment a prompt is made until it is on screen, in a page
// that is open already: real broker, host and browser. It counts when the
// machine does nothing else. npm run bench:prompt [-- TIMES]
import { fromBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { startBrowserRig } from "../test/browser-rig.ts";

const times = Number(process.argv[2] ?? 30);
const rig = await startBrowserRig();
const page = await rig.tab();
const watcher = (await rig.host.page()).prompts.watchPrompts({
  surface: "bench",
});

// When the bytes of a prompt say that it was made, milliseconds of day.
const created = new Map<number, number>();
void (async () => {
  for await (const { prompts } of watcher) {
    for (const { body } of prompts) {
      const { process: asking, createdAt } = fromBinary(PromptBodySchema, body);
      if (asking !== undefined && createdAt !== undefined) {
        created.set(asking.pid, timestampMs(createdAt));
      }
    }
  }
})().catch(() => {});

const painted: number[] = [];
for (let run = 0; run <= times; run += 1) {
  const caller = await rig.caller();
  const shown = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = () => {
          if (document.querySelector(".approve") === null) return;
          observer.disconnect();
          // The first frame paints it, the second begins when that is done.
          requestAnimationFrame(() =>
            requestAnimationFrame(() =>
              resolve(performance.timeOrigin + performance.now()),
            ),
          );
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { childList: true, subtree: true });
      }),
  );
  const answer = caller.broker("Authorize", {
    account: "Personal",
    scope: { access: "ACCESS_READ", everyVault: {} },
  });
  const at = await shown;
  const made = created.get(caller.pid);
  // The first one warms up.
  if (run > 0 && made !== undefined) painted.push(at - made);
  await page.keyboard.press("Escape");
  await answer;
  await page.getByText("Nothing is waiting").waitFor();
  await caller.kill();
}
await rig.close();

painted.sort((a, b) => a - b);
const part = (share: number) =>
  (painted[Math.ceil(painted.length * share) - 1] ?? Number.NaN).toFixed(0);
console.log(
  `painted after its creation: p50 ${part(0.5)} ms, p95 ${part(0.95)} ms, max ${part(1)} ms (${painted.length} times; load ${loadavg()[0]?.toFixed(1)})`,
);
process.exit();
