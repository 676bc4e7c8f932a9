// SPDX-License-Identifier: Apache-2.0
import { type Access, type Scope, ScopeSchema } from "@assent/protocol";
import {
  AccountRefSchema,
  type PromptBody,
  PromptBodySchema,
  type Warning,
} from "@assent/protocol/owner";
import { describePrompt, makeSafe } from "@assent/wording";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type FuzzTarget,
  functionTarget,
} from "../../../packages/broker/fuzz/fuzz-target.ts";
import {
  createRandom,
  type Random,
} from "../../../packages/broker/fuzz/random.ts";
import { plainStyle, textWidth } from "../src/terminal/text.ts";
import { renderPrompt } from "../src/watch/render-prompt.ts";

interface Input {
  readonly body: PromptBody;
  readonly path: string;
  readonly width: number;
}

const pieces = [
  "git",
  "/usr/bin/",
  "/",
  " ",
  "   ",
  "\n",
  "\r",
  "\t",
  "\0",
  "\u001b[2J\u001b[1;1H",
  "\u001b]8;;http://evil.test\u0007",
  "\u009b31m",
  "\u202e",
  "\u2066",
  "\u200b",
  "\u00a0",
  "\u2028",
  "\ufeff",
  "\u{e0100}",
  "\u{1d173}",
  "\u3164",
  "\ud800",
  "\udfff",
  "\u0301\u0301\u0301\u0301\u0301",
  "漢字",
  "👩‍👩‍👧",
  "gіt",
  "<U+202E>",
  "<…>",
  "<",
  "[not checked]",
  "If you approve, it can",
  "x".repeat(90),
];

function text(random: Random): string {
  const parts = Array.from({ length: random.below(6) }, () =>
    random.oneIn(4)
      ? String.fromCodePoint(random.below(0x110000))
      : random.pick(pieces),
  );
  return parts.join("");
}

function texts(random: Random): string[] {
  return Array.from({ length: random.below(4) }, () => text(random));
}

function pathOf(random: Random): string {
  const depth = random.oneIn(10) ? 80 : random.below(5);
  const folders = Array.from({ length: depth }, () => text(random));
  return `/${[...folders, text(random)].join("/")}`.slice(0, 4096);
}

function scopeOf(random: Random): Scope {
  const extents: MessageInitShape<typeof ScopeSchema>[] = [
    { extent: { case: "everyVault", value: {} } },
    { extent: { case: "references", value: { references: texts(random) } } },
    { extent: { case: "vaults", value: { vaults: texts(random) } } },
    {},
  ];
  const access = random.pick([1, 2, 0, 9]) as Access;
  return create(ScopeSchema, { access, ...random.pick(extents) });
}

function make(seed: number): Input {
  const random = createRandom(seed);
  const path = pathOf(random);
  const account = create(AccountRefSchema, {
    id: text(random),
    name: text(random),
    locked: random.oneIn(2),
  });
  const ms = random.pick([0, -1, 60_000, 600_000, 2 ** 40]);
  const body = create(PromptBodySchema, {
    createdAt: timestampFromMs(1_700_000_000_000),
    expiresAt: timestampFromMs(1_700_000_120_000),
    ...(random.oneIn(4) ? { choices: [account, account] } : { account }),
    process: {
      pid: random.below(2 ** 31),
      name: text(random),
      path,
      user: text(random),
      startedAt: timestampFromMs(1_700_000_000_000 - Math.abs(ms)),
    },
    claims: {
      integration: { name: text(random), version: text(random) },
      purpose: text(random),
      script: pathOf(random),
      startedBy: texts(random),
    },
    scope: scopeOf(random),
    inactivityTimeout: durationFromMs(ms),
    warnings: Array.from(
      { length: random.below(4) },
      () => random.below(14) as Warning,
    ),
  });
  return { body, path, width: random.between(40, 160) };
}

// What a terminal or a reader could take for something else.
const unsafe =
  /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\p{Variation_Selector}\u2800\ufffc]/u;

function check({ body, path, width }: Input): void {
  const lines = renderPrompt(describePrompt(body), width, plainStyle);
  for (const line of lines) {
    // What the program claims is marked with words that stay together.
    const foreign = line
      .replaceAll("[not\u00a0checked]", "")
      .replaceAll(" ", "");
    if (unsafe.test(foreign)) {
      throw new Error(`unsafe: ${JSON.stringify(line)}`);
    }
    if (textWidth(line) > width) {
      throw new Error(`${textWidth(line)} columns of ${width}`);
    }
  }
  // Lines break at spaces.
  const shown = lines.join("").replaceAll(" ", "");
  const last = makeSafe(path.slice(path.lastIndexOf("/")));
  const end = last.slice(-200).replaceAll(" ", "");
  if (!shown.includes(end)) throw new Error(`not shown: ${end}`);
}

/**
 * Whatever a program calls itself and asks for, a prompt on a terminal holds
 * safe characters alone, fits, and shows the end of the path (T21, PRM-006).
 */
export const target: FuzzTarget = functionTarget("prompt", {
  make,
  check,
  toBytes: ({ body }) =>
    Buffer.from(
      JSON.stringify(body, (_, value) =>
        typeof value === "bigint" ? `${value}` : value,
      ),
    ),
});
