// SPDX-License-Identifier: Apache-2.0
import { Access, ScopeSchema } from "@assent/protocol";
import {
  AccountRefSchema,
  type PromptBody,
  PromptBodySchema,
  Warning,
} from "@assent/protocol/owner";
import {
  create,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { describePrompt } from "./describe-prompt.ts";

const personal = create(AccountRefSchema, { id: "a", name: "Personal" });

type Change = Exclude<MessageInitShape<typeof PromptBodySchema>, PromptBody>;

function prompt(change: Change = {}) {
  return create(PromptBodySchema, {
    createdAt: timestampFromMs(1_000_000),
    expiresAt: timestampFromMs(1_120_000),
    account: personal,
    process: {
      pid: 41_822,
      name: "node",
      path: "/home/ada/.local/bin/node",
      user: "1000",
      startedAt: timestampFromMs(940_000),
    },
    claims: {
      integration: { name: "Nightly backup", version: "1.0.2" },
      purpose: "copy the database",
      script: "/home/ada/backup/nightly.ts",
      startedBy: ["make", "zsh"],
    },
    scope: {
      access: Access.READ_WRITE,
      extent: { case: "everyVault", value: {} },
    },
    inactivityTimeout: durationFromMs(600_000),
    warnings: [Warning.INTERPRETER],
    ...change,
  });
}

describe("describePrompt", () => {
  test("tells account, program, scope and duration (PRM-001 to PRM-004)", () => {
    expect(describePrompt(prompt())).toMatchInlineSnapshot(`
      {
        "account": "Personal",
        "approve": "Approve",
        "claims": [
          {
            "label": "Running",
            "text": "/home/ada/backup/nightly.ts",
          },
          {
            "label": "Calls itself",
            "text": "“Nightly backup 1.0.2”",
          },
          {
            "label": "Says it is for",
            "text": "“copy the database”",
          },
          {
            "label": "Started by",
            "text": "zsh › make",
          },
        ],
        "headline": "Allow node to use Personal?",
        "headlineParts": [
          {
            "kind": "words",
            "text": "Allow ",
          },
          {
            "kind": "program",
            "text": "node",
          },
          {
            "kind": "words",
            "text": " to use ",
          },
          {
            "kind": "account",
            "text": "Personal",
          },
          {
            "kind": "words",
            "text": "?",
          },
        ],
        "isDangerous": false,
        "notes": [],
        "problem": undefined,
        "program": {
          "facts": [
            {
              "label": "Process",
              "text": "41822 of user 1000, started 1 minute before it asked",
            },
          ],
          "name": "node",
          "path": "/home/ada/.local/bin/node",
          "source": "Name and location come from your system",
        },
        "scope": [
          {
            "details": [
              "Passwords and keys included, in every vault, also in ones you add later",
            ],
            "kind": "read",
            "text": "Read every item in Personal",
          },
          {
            "details": [],
            "kind": "write",
            "text": "Add, change and delete items and vaults",
          },
        ],
        "until": [
          "Until it has been idle for 10 minutes",
          "Sooner if you lock Personal or the program quits, and after 12 hours in any case",
        ],
        "warnings": [
          {
            "severity": "caution",
            "text": "Assent cannot confirm which one is asking.",
            "title": "node can run any script.",
            "warning": 1,
          },
        ],
      }
    `);
  });

  test("takes nothing of the headline or the facts from what the program says (PRM-005)", () => {
    const { headline, program } = describePrompt(
      prompt({
        claims: {
          integration: { name: "CLAIMED", version: "CLAIMED" },
          purpose: "CLAIMED",
          script: "CLAIMED",
          workingDirectory: "CLAIMED",
          startedBy: ["CLAIMED"],
        },
      }),
    );
    expect(JSON.stringify([headline, program])).not.toContain("CLAIMED");
  });

  test("makes every text of the prompt safe to show (T21, PRM-006)", () => {
    const evil = "a\u001b[2J\u202e\nb";
    const body = prompt({
      account: { id: "a", name: evil },
      process: {
        name: evil,
        path: `/${evil}`,
        user: evil,
        container: evil,
        debugger: evil,
        unit: evil,
      },
      claims: {
        integration: { name: evil, version: evil },
        purpose: evil,
        script: evil,
        workingDirectory: evil,
        startedBy: [evil],
      },
      warnings: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      scope: {
        access: Access.READ,
        extent: { case: "vaults", value: { vaults: [evil] } },
      },
    });
    const texts: string[] = [];
    JSON.stringify(describePrompt(body), (_, value) => {
      if (typeof value === "string") texts.push(value);
      return value;
    });
    expect(texts.length).toBeGreaterThan(20);
    for (const text of texts) expect(text).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  });

  test("finds a deceptive name even when nobody warned of it (T21)", () => {
    const { warnings, isDangerous, approve } = describePrompt(
      prompt({ process: { name: "gpj\u202eexe", path: "/tmp/gpj\u202eexe" } }),
    );
    expect(warnings.map(({ warning }) => warning)).toEqual([
      Warning.DECEPTIVE_NAME,
      Warning.INTERPRETER,
    ]);
    expect(isDangerous).toBe(true);
    expect(approve).toBe("Approve anyway");
  });

  test("says that approval unlocks a locked account", () => {
    const { approve, notes } = describePrompt(
      prompt({ account: { id: "a", name: "Work", locked: true } }),
    );
    expect(approve).toBe("Unlock and approve");
    expect(notes).toEqual([
      "Work is locked. Approving unlocks it until the last access to it ends.",
    ]);
  });

  test("lists chosen vaults, secrets and one-time codes by name (PRM-003)", () => {
    const of = (scope: MessageInitShape<typeof ScopeSchema>) =>
      describePrompt(prompt({ scope })).scope;
    expect(
      of({
        access: Access.READ_WRITE,
        extent: { case: "vaults", value: { vaults: ["Dev", "CI"] } },
      }),
    ).toEqual([
      {
        kind: "read",
        text: "Read every item in these vaults of Personal",
        details: ["Dev", "CI"],
      },
      {
        kind: "write",
        text: "Add, change and delete items in these vaults",
        details: [],
      },
    ]);
    const references = [
      "assent://Dev/GitHub/token",
      "assent://Dev/GitHub/code?attribute=otp",
      "assent://Dev/GitHub",
      "nonsense",
    ];
    expect(
      of({
        access: Access.READ,
        extent: { case: "references", value: { references } },
      }),
    ).toEqual([
      {
        kind: "read",
        text: "Read 4 secrets of Personal and nothing else",
        details: [
          "assent://Dev/GitHub/token",
          "assent://Dev/GitHub/code?attribute=otp (one-time codes)",
          "assent://Dev/GitHub (every field of the item)",
          "nonsense (not a reference: gives nothing)",
        ],
      },
    ]);
  });

  test("tells what the user chose instead of what was asked", () => {
    const body = prompt({ choices: [personal] });
    delete (body as { account?: unknown }).account;
    const open = describePrompt(body);
    expect(open.headline).toBe("Allow node to use one of your accounts?");
    expect(open.account).toBeUndefined();
    expect(open.problem).toBeUndefined();
    const chosen = describePrompt(body, {
      account: personal,
      inactivityTimeoutMs: 60_000,
      scope: create(ScopeSchema, {
        access: Access.READ,
        extent: { case: "vaults", value: { vaults: ["Dev"] } },
      }),
    });
    expect(chosen.headline).toBe("Allow node to use Personal?");
    expect(chosen.scope[0]?.text).toBe(
      "Read every item in this vault of Personal",
    );
    expect(chosen.until[0]).toBe("Until it has been idle for 1 minute");
  });

  test("says that what cannot be shown in full can only be denied", () => {
    const scopes: MessageInitShape<typeof ScopeSchema>[] = [
      {},
      { access: Access.READ },
      { extent: { case: "everyVault", value: {} } },
      { access: 7 as Access, extent: { case: "everyVault", value: {} } },
      { access: Access.READ, extent: { case: "vaults", value: {} } },
      { access: Access.READ, extent: { case: "references", value: {} } },
      {
        access: Access.READ_WRITE,
        extent: { case: "references", value: { references: ["assent://a/b"] } },
      },
    ];
    for (const scope of scopes) {
      expect(describePrompt(prompt({ scope })).problem).toMatch(
        /only be denied/,
      );
    }
    const known = toBinary(PromptBodySchema, prompt());
    expect(describePrompt(fromBinary(PromptBodySchema, known)).problem).toBe(
      undefined,
    );
    expect(describePrompt(newerScope(prompt())).problem).toMatch(
      /only be denied/,
    );
  });

  test("says why an account cannot be used", () => {
    const problem = "Its file was changed. Put back a whole copy.";
    const account = { id: "a", name: "Work", problem };
    expect(describePrompt(prompt({ account })).problem).toBe(problem);
  });

  test("says that there is no account to choose", () => {
    const body = prompt();
    delete (body as { account?: unknown }).account;
    expect(describePrompt(body).problem).toMatch(/assent account create/);
  });
});

// As read from a broker whose Scope has a field that this version does not know.
function newerScope(body: PromptBody): PromptBody {
  const scope = toBinary(ScopeSchema, body.scope ?? create(ScopeSchema));
  const newer = new Uint8Array([...scope, 0x98, 0x06, 0x01]);
  return { ...body, scope: fromBinary(ScopeSchema, newer) };
}
