// SPDX-License-Identifier: Apache-2.0
import { Access } from "@assent/protocol";
import { Warning } from "@assent/protocol/owner";
import { describePrompt } from "@assent/wording";
import { describe, expect, test } from "vitest";
import { waitingPrompt } from "../../test/waiting.ts";
import { plainStyle, textWidth } from "../terminal/text.ts";
import { renderPrompt } from "./render-prompt.ts";

async function render(
  width: number,
  change: Parameters<typeof waitingPrompt>[1] = {},
): Promise<string[]> {
  const { body } = await waitingPrompt("p", change);
  return renderPrompt(describePrompt(body), width, plainStyle);
}

describe("renderPrompt", () => {
  test("shows account, program, scope and duration, claims apart (PRM-001 to PRM-005)", async () => {
    expect(`\n${(await render(76)).join("\n")}\n`).toMatchInlineSnapshot(`
      "
      Allow node to use Personal?

        node
        /home/ada/.local/share/mise/installs/node/26.10.0/bin/node
        Name and location come from your system
        Process         41822 of user 1000, started 1 minute before it asked
        - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -
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
      "
    `);
  });

  test("shows what is dangerous, and hidden characters as such (T21, PRM-006)", async () => {
    const lines = await render(60, {
      process: {
        pid: 7,
        name: "gpj\u202eexe.tool",
        path: "/tmp/.cache-8f21/gpj\u202eexe.tool",
      },
      warnings: [Warning.DECEPTIVE_NAME, Warning.WRITABLE_LOCATION],
      scope: {
        access: Access.READ,
        extent: {
          case: "references",
          value: { references: ["assent://Dev/GitHub/token"] },
        },
      },
    });
    expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
      "
      Allow gpj<U+202E>exe.tool to use Personal?

        gpj<U+202E>exe.tool
        /tmp/.cache-8f21/gpj<U+202E>exe.tool
        Name and location come from your system
        Process         7
        - - - - - - - - - - - - - - - - - - - - - - - - - - - -
        Running         /home/ada/projects/backup/nightly.ts
                        [not checked]
        Calls itself    “Nightly backup 1.0.2” [not checked]
        Started by      systemd [not checked]

      !! This name contains hidden or look-alike characters that
         can disguise it. Deny unless you are certain.

      !! This program is in a temporary folder, or one that others
         can write to. Deny unless you are certain.

      If you approve, it can
        Read 1 secret of Personal and nothing else
          assent://Dev/GitHub/token
        Until it has been idle for 10 minutes
          Sooner if you lock Personal or the program quits, and
          after 12 hours in any case
      "
    `);
  });

  test("never cuts a path, however narrow the terminal", async () => {
    const path = `/home/ada/${"directory/".repeat(400)}deploy-cli`;
    const lines = await render(40, { process: { name: "deploy-cli", path } });
    expect(lines.join("").replaceAll(/\s/g, "")).toContain(path);
  });

  test("never draws wider than it may", async () => {
    for (const width of [30, 41, 80, 200]) {
      for (const line of await render(width)) {
        expect(textWidth(line)).toBeLessThanOrEqual(width);
      }
    }
  });
});
