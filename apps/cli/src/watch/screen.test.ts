// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import {
  createdAtMs,
  personal,
  waitingPrompt,
  work,
} from "../../test/waiting.ts";
import { plainStyle, textWidth } from "../terminal/text.ts";
import { armingMs } from "./card.ts";
import { renderScreen } from "./screen.ts";
import { step } from "./step.ts";
import { initialState, type Size, type WatchState } from "./watch-state.ts";

async function watching(
  size: Size,
  change: Parameters<typeof waitingPrompt>[1] = {},
): Promise<WatchState> {
  const prompts = [
    await waitingPrompt("a", change),
    await waitingPrompt("b", change),
  ];
  const { state } = step(initialState(size), {
    kind: "prompts",
    prompts,
    ended: [],
  });
  return step(state, { kind: "drawn", nowMs: createdAtMs }).state;
}

function screen(state: WatchState, afterMs = armingMs): string {
  const lines = renderScreen(state, createdAtMs + afterMs, plainStyle);
  return `\n${lines.join("\n")}\n`;
}

test("shows one prompt with its place in the queue and the time left", async () => {
  const state = await watching({ columns: 80, rows: 34 });
  expect(screen(state, 34_000)).toMatchInlineSnapshot(`
    "
     Assent · 1 of 2                                                      1:26 left

     Allow node to use Personal?

       node
       /home/ada/.local/share/mise/installs/node/26.10.0/bin/node
       Name and location come from your system
       Process         41822 of user 1000, started 1 minute before it asked
       - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -
       Running         /home/ada/projects/backup/nightly.ts [not checked]
       Calls itself    “Nightly backup 1.0.2” [not checked]
       Started by      systemd [not checked]

     !  node can run any script. Assent cannot confirm which one is asking.

     If you approve, it can
       Read every item in Personal
         Passwords and keys included, in every vault, also in ones you add later
       Add, change and delete items and vaults
       Until it has been idle for 10 minutes
         Sooner if you lock Personal or the program quits, and after 12 hours in
         any case








     ──────────────────────────────────────────────────────────────────────────────
     Did not expect this? Deny. Nothing is shared before you approve.
     Account password for Personal: 
     Enter: Approve · Esc or empty Enter: Deny · Tab: more
    "
  `);
});

test("says that it waits before keys count", async () => {
  const state = await watching({ columns: 80, rows: 34 });
  expect(screen(state, 0)).toContain("Wait a moment");
  expect(screen(state)).not.toContain("Wait a moment");
});

test("shows dots for what is typed, and never the password", async () => {
  const state = await watching({ columns: 80, rows: 34 });
  for (const byte of new TextEncoder().encode("hunter2")) {
    state.card?.secret.push(byte);
  }
  expect(screen(state)).toContain("Account password for Personal: •••••••");
  expect(screen(state)).not.toContain("hunter2");
});

test("lists the accounts to choose from", async () => {
  const state = await watching(
    { columns: 80, rows: 40 },
    { choices: [personal, work] },
  );
  expect(screen(state)).toContain("1  Personal\n 2  Work (locked)\n");
});

test("says how much is below when it does not fit", async () => {
  const state = await watching({ columns: 80, rows: 16 });
  expect(screen(state)).toMatch(/\d+ more below/);
});

test("never draws more lines or columns than there are", async () => {
  for (const columns of [1, 20, 30, 33, 80, 200]) {
    for (const rows of [1, 2, 6, 10, 24, 60]) {
      for (const state of [
        await watching({ columns, rows }),
        initialState({ columns, rows }),
      ]) {
        const lines = renderScreen(state, createdAtMs, plainStyle);
        expect(lines.length, `${columns}x${rows}`).toBeLessThanOrEqual(rows);
        for (const line of lines) {
          expect(textWidth(line), line).toBeLessThanOrEqual(
            Math.max(columns, 2),
          );
        }
      }
    }
  }
});

test("says that nothing is waiting, and what came of the last prompts", () => {
  const state = {
    ...initialState({ columns: 60, rows: 20 }),
    outcomes: ["deploy-cli can use Personal."],
  };
  expect(screen(state)).toMatchInlineSnapshot(`
    "
     Assent

     Nothing is waiting
     When a program asks for one of your accounts, it appears
     here.

     deploy-cli can use Personal.

     Ctrl-C: leave
    "
  `);
});
