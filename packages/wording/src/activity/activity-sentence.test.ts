// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { activitySentence } from "./activity-sentence.ts";

const base = { process: "deploy-cli", account: "Personal" };

const cases: [Record<string, unknown> & { kind: string }, string][] = [
  [{ kind: "prompt-created" }, "deploy-cli asked to use Personal."],
  [
    { kind: "prompt-denied", surface: "web" },
    "deploy-cli was denied the use of Personal in the browser.",
  ],
  [
    { kind: "prompt-ended", cause: "timed-out" },
    "The request of deploy-cli for Personal ended: nobody answered.",
  ],
  [
    { kind: "granted", surface: "terminal", method: "password" },
    "You let deploy-cli use Personal (password) in a terminal.",
  ],
  [
    {
      kind: "request",
      operation: "resolveSecrets",
      count: 1,
      vault: "Dev",
      item: "GitHub",
    },
    "deploy-cli read 1 secret (Dev › GitHub), in Personal.",
  ],
  [
    { kind: "session-ended", cause: "expired" },
    "The access of deploy-cli to Personal ended because it was not used, or its time was up.",
  ],
  [{ kind: "account-locked" }, "Personal was locked."],
  [
    { kind: "account-locked", by: "idle" },
    "Personal locked itself: nothing used it any more.",
  ],
  [
    { kind: "account-locked", by: "screen-locked" },
    "Personal locked itself: the screen was locked.",
  ],
  [
    { kind: "account-locked", by: "going-to-sleep" },
    "Personal locked itself: the machine went to sleep.",
  ],
  [
    { kind: "request-refused", operation: "putItems", cause: "out-of-scope" },
    "deploy-cli was refused what you did not let it do, in Personal.",
  ],
  [
    { kind: "prompt-refused" },
    "deploy-cli was refused without asking you: too many requests.",
  ],
  [
    { kind: "prompt-refused", cause: "muted" },
    "deploy-cli was refused without asking you: you muted it.",
  ],
  [{ kind: "muted" }, "You muted deploy-cli."],
  [
    { kind: "muted", reach: "process", seconds: 900, surface: "terminal" },
    "You muted deploy-cli for 15 minutes in a terminal.",
  ],
  [
    { kind: "muted", reach: "executable", seconds: 3600 },
    "You muted deploy-cli, whoever starts it, for 1 hour.",
  ],
  [
    { kind: "unmuted", by: "process 7" },
    "deploy-cli may ask again: the mute was undone by process 7.",
  ],
  [{ kind: "account-unlocked", by: "hand" }, "Personal was unlocked by hand."],
  [{ kind: "account-created" }, "Personal was created."],
  [{ kind: "credential-refused" }, "A wrong password was given for Personal."],
  [
    { kind: "integration-on" },
    "The integration was turned on: programs can ask for access.",
  ],
  [
    { kind: "integration-off" },
    "The integration was turned off: all access ended.",
  ],
];

for (const [event, sentence] of cases) {
  test(`tells ${event.kind} as a sentence`, () => {
    expect(activitySentence({ ...base, ...event })).toBe(sentence);
  });
}

test("tells what a request touched, and why it failed", () => {
  const request = { ...base, kind: "request", operation: "resolveSecrets" };
  expect(
    activitySentence({ ...request, count: 2, touched: ["GitHub", "AWS"] }),
  ).toBe("deploy-cli read 2 secrets (GitHub and AWS), in Personal.");
  expect(activitySentence({ ...request, cause: "out-of-scope" })).toBe(
    "deploy-cli read secrets, in Personal, which failed: you did not approve it.",
  );
});

test("tells how often an entry stands for, and what was left out", () => {
  const granted = { ...base, kind: "account-locked" };
  expect(activitySentence({ ...granted, repeated: 3 })).toBe(
    "Personal was locked, 3 more times within a minute.",
  );
  expect(activitySentence({ kind: "omitted", of: "refusal", count: 12 })).toBe(
    "More entries of one kind (refusal) than are kept were left out: 12.",
  );
  expect(activitySentence({ kind: "pruned" })).toMatch(/dropped/);
});

test("tells what the owner did", () => {
  const event = { kind: "owner-operation", operation: "putItems" };
  expect(activitySentence({ ...event, touched: ["GitHub"] })).toBe(
    "You wrote items (GitHub).",
  );
  expect(activitySentence({ ...event, operation: "other" })).toBe(
    "You used your items.",
  );
});

test("names the program of an entry that tells its process in full", () => {
  const process = { pid: 7, name: "git", path: "/usr/bin/git" };
  expect(activitySentence({ kind: "prompt-denied", process })).toBe(
    "git was denied the use of this account.",
  );
});

test("tells a kind that it does not know by its name", () => {
  expect(activitySentence({ kind: "vault-merged" })).toBe(
    "Something that this version cannot tell: vault-merged.",
  );
});

test("tells a cause of a newer version as it is", () => {
  expect(activitySentence({ kind: "session-ended", cause: "eclipse" })).toBe(
    "The access of a program to this account ended because eclipse.",
  );
});

test("gives one safe sentence, whatever the entry holds (T21)", () => {
  const kinds = [...new Set(cases.map(([{ kind }]) => kind)), "other"];
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.dictionary(
        fc.constantFrom(
          "process",
          "account",
          "vault",
          "item",
          "touched",
          "operation",
          "count",
          "cause",
          "surface",
          "method",
          "repeated",
        ),
        fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue()),
      ),
      (kind, details) => {
        const sentence = activitySentence({ ...details, kind });
        expect(sentence).toMatch(/\.$/);
        expect(sentence).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      },
    ),
  );
});
