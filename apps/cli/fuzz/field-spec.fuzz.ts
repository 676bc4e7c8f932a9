// SPDX-License-Identifier: Apache-2.0
import { makeSafe } from "@assent/wording";
import { InvalidArgumentError } from "commander";
import {
  type FuzzTarget,
  functionTarget,
} from "../../../packages/broker/fuzz/fuzz-target.ts";
import { mutate } from "../../../packages/broker/fuzz/mutation.ts";
import { createRandom } from "../../../packages/broker/fuzz/random.ts";
import {
  type FieldSpec,
  fieldTypes,
  nameOfType,
  readFieldSpec,
} from "../src/commands/field-spec.ts";

const parts = [
  "token",
  "prod",
  "a b",
  "",
  "/",
  ":",
  "constructor",
  "__proto__",
  "\u202e",
  "\n",
  "\u001b[2J",
  "x".repeat(300),
];

function make(seed: number): string {
  const random = createRandom(seed);
  const section = random.oneIn(2) ? "" : `${random.pick(parts)}/`;
  const types = random.oneIn(3) ? parts : fieldTypes;
  const type = random.oneIn(2) ? "" : `:${random.pick(types)}`;
  const text = section + random.pick(parts) + type;
  if (!random.oneIn(4)) return text;
  return Buffer.from(mutate(random, Buffer.from(text))).toString("latin1");
}

/** Section, name and type, taken from the two ends. */
function read(text: string): (string | undefined)[] | undefined {
  const pieces = text.split(":");
  const type = pieces.length > 1 ? pieces.pop() : undefined;
  if (type !== undefined && !fieldTypes.includes(type)) return undefined;
  const [first, ...more] = pieces.join(":").split("/");
  if (first === "") return undefined;
  if (more.length === 0) return [undefined, first, type];
  const name = more.join("/");
  return name === "" ? undefined : [first, name, type];
}

function check(text: string): void {
  let spec: FieldSpec | undefined;
  try {
    spec = readFieldSpec(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    if (makeSafe(error.message) !== error.message) {
      throw new Error("the message is not one safe line");
    }
  }
  const type = spec?.type === undefined ? undefined : nameOfType(spec.type);
  const told = JSON.stringify(spec && [spec.section, spec.name, type]);
  const wanted = JSON.stringify(read(text));
  if (told !== wanted) throw new Error(`told ${told}, not ${wanted}`);
}

/** A field named on the command line is what its form says, or refused in one safe line (T19, T21). */
export const target: FuzzTarget = functionTarget("field-spec", { make, check });
