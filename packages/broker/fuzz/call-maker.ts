// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from "node:zlib";
import { BrokerService } from "@assent/protocol";
import {
  AccountService,
  ActivityService,
  PromptService,
  SessionService,
  SettingsService,
  VaultService,
} from "@assent/protocol/owner";
import {
  type DescMethod,
  fromBinary,
  fromJson,
  toBinary,
} from "@bufbuild/protobuf";
import { makeJson, makeMessage } from "./message-maker.ts";
import { mutate } from "./mutation.ts";
import type { Random } from "./random.ts";

/** A call as it goes over the wire. */
export interface MadeCall {
  readonly method: DescMethod;
  readonly channel: "broker" | "owner";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Reset it after this. */
  readonly cancel: boolean;
  /** True: it must be told as undecodable (WIR-001); undefined: may be anything. */
  readonly undecodable?: boolean | undefined;
}

const ends = ["lockAccount", "disableIntegration", "revokeSessions"];
const services = [
  AccountService,
  ActivityService,
  PromptService,
  SessionService,
  SettingsService,
  VaultService,
];
const brokerMethods = BrokerService.methods;
const ownerMethods = services.flatMap((service) => service.methods);
/** What ends sessions at once, and may be asked for by anybody. */
export const endingMethods: readonly DescMethod[] = ownerMethods.filter(
  ({ localName }) => ends.includes(localName),
);
const calmMethods = ownerMethods.filter(
  ({ localName }) => !ends.includes(localName),
);

const version = { "assent-protocol-version": "1.0" };

function pickMethod(
  random: Random,
  ending: boolean,
): Pick<MadeCall, "method" | "channel"> {
  if (ending) return { method: random.pick(endingMethods), channel: "owner" };
  return random.oneIn(2)
    ? { method: random.pick(brokerMethods), channel: "broker" }
    : { method: random.pick(calmMethods), channel: "owner" };
}

function unaryType(method: DescMethod, json: boolean): string {
  const kind = json ? "json" : "proto";
  return method.methodKind === "unary"
    ? `application/${kind}`
    : `application/connect+${kind}`;
}

function framed(method: DescMethod, message: Uint8Array): Uint8Array {
  return method.methodKind === "unary" ? message : envelope(message);
}

function envelope(message: Uint8Array, flags = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Protobuf of every method: messages of the schema, and what becomes of them when bytes change. */
export function makeProtobufCall(random: Random, ending: boolean): MadeCall {
  const { method, channel } = pickMethod(random, ending);
  let message: Uint8Array = toBinary(
    method.input,
    makeMessage(random, method.input),
  );
  if (random.oneIn(2)) message = mutate(random, message);
  else if (random.oneIn(10)) message = random.bytes(random.below(64));
  else if (random.oneIn(20)) message = nested(random);
  return {
    method,
    channel,
    headers: { ...version, "content-type": unaryType(method, false) },
    body: framed(method, message),
    cancel: random.oneIn(40),
    undecodable: !succeeds(() => fromBinary(method.input, message)),
  };
}

/** Groups and messages in each other, deeper than anybody needs, and lengths that lie. */
function nested(random: Random): Uint8Array {
  const levels = random.between(1, 3000);
  const kind = random.below(3);
  if (kind === 0) return Buffer.alloc(levels, 0x0b);
  if (kind === 1) return Buffer.from("0affffffff0f".repeat(20), "hex");
  let bytes = Buffer.alloc(0);
  for (let level = 0; level < levels % 200; level += 1) {
    bytes = Buffer.concat([
      Buffer.from([0x0a, bytes.length & 0x7f, bytes.length >> 7]),
      bytes,
    ]);
  }
  return bytes;
}

/** JSON of every method: other types, both spellings, double keys, depth, and what is no JSON. */
export function makeJsonCall(random: Random, ending: boolean): MadeCall {
  const { method, channel } = pickMethod(random, ending);
  let text = JSON.stringify(makeJson(random, method.input));
  if (random.oneIn(12)) text = doubleKeys(random, text);
  if (random.oneIn(60)) {
    const depth = random.between(1, random.oneIn(10) ? 20_000 : 200);
    const open = random.pick(["[", '{"account":', '{"scope":{"vaults":']);
    text = open.repeat(depth);
  }
  if (random.oneIn(30)) text = random.pick(["\ufeff", " ", "//"]) + text;
  if (random.oneIn(30)) text += random.pick([",", "}", "\0", "null", " "]);
  let message: Uint8Array = Buffer.from(text);
  if (random.oneIn(4)) message = mutate(random, message);
  const decodes = succeeds(() =>
    fromJson(
      method.input,
      JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(message)),
      { ignoreUnknownFields: true },
    ),
  );
  return {
    method,
    channel,
    headers: { ...version, "content-type": unaryType(method, true) },
    body: framed(method, message),
    cancel: random.oneIn(40),
    // What decodes may still be refused: scopes are read more strictly (WIR-002).
    undecodable: decodes ? undefined : true,
  };
}

function doubleKeys(random: Random, text: string): string {
  const key = /"\w+":/.exec(text)?.[0];
  if (key === undefined) return text;
  return text.replace(
    key,
    `${key}${random.pick(["null", '"x"', "{}", "[]", "9"])},${key}`,
  );
}

const types = [
  "application/proto",
  "application/json",
  "application/connect+proto",
  "application/connect+json",
  "application/grpc",
  "application/grpc+proto",
  "application/grpc+json",
  "application/grpc-web",
  "application/grpc-web+proto",
  "application/grpc-web+json",
  "application/grpc-web-text",
  "application/JSON; charset=utf-8",
  "application/json;",
  "text/plain",
  "application/",
  "",
];
const oddHeaders: readonly (readonly [string, readonly string[]])[] = [
  ["assent-protocol-version", ["1.7", "2.0", "", "1", "1.0, 1.0", "\u00ff"]],
  ["connect-protocol-version", ["1", "99", "", "x"]],
  ["connect-timeout-ms", ["0", "1", "5000", "00", "-1", "x", "9".repeat(11)]],
  ["grpc-timeout", ["0S", "1H", "1n", "99999999H", "123456789S", "S", "-1S"]],
  ["content-encoding", ["gzip", "br", "identity", "", "gzip, gzip", "deflate"]],
  ["grpc-encoding", ["gzip", "br", "identity", "", "snappy"]],
  ["connect-content-encoding", ["gzip", "br", "identity", "zstd"]],
  ["accept-encoding", ["gzip", "br;q=1", ",", "*"]],
  ["grpc-accept-encoding", ["gzip,,", "identity", "\u00e9"]],
  ["connect-accept-encoding", ["gzip", "x"]],
  ["te", ["trailers"]],
  ["cookie", ["a=b", "a".repeat(4000)]],
  ["x-\u0021", ["y"]],
  ["grpc-status", ["0"]],
  ["x-thing-bin", ["%%%", "AAAA"]],
];

/**
 * What stands around a message in Connect, gRPC and gRPC-Web: content types,
 * deadlines, versions, compression, flags and lengths.
 */
export function makeFramedCall(random: Random, ending: boolean): MadeCall {
  const { method, channel } = pickMethod(random, ending);
  const type = random.pick(types);
  const json = /json/i.test(type);
  let message: Uint8Array = json
    ? Buffer.from(JSON.stringify(makeJson(random, method.input)))
    : toBinary(method.input, makeMessage(random, method.input));
  const headers: Record<string, string> = { ...version, "content-type": type };
  const encoding = /grpc/.test(type)
    ? "grpc-encoding"
    : /connect\+/.test(type)
      ? "connect-content-encoding"
      : "content-encoding";
  let flags = random.oneIn(10) ? random.below(256) : 0;
  if (random.oneIn(6)) {
    headers[encoding] = "gzip";
    message = random.oneIn(5)
      ? (bombs[random.below(bombs.length)] ?? message)
      : gzipSync(message);
    flags |= 1;
  }
  for (let left = random.below(3); left > 0; left -= 1) {
    const [name, values] = random.pick(oddHeaders);
    headers[name] = random.pick(values);
  }
  if (random.oneIn(30)) delete headers["assent-protocol-version"];
  let body: Uint8Array = /grpc|connect\+/.test(type)
    ? envelope(message, flags)
    : message;
  if (random.oneIn(8)) {
    body = Buffer.concat([body, random.oneIn(2) ? body : random.bytes(4)]);
  }
  if (random.oneIn(8)) {
    body = Buffer.from(body);
    const length = random.pick([0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]);
    if (body.length >= 5) (body as Buffer).writeUInt32BE(length, 1);
  }
  if (random.oneIn(6)) body = mutate(random, body);
  return { method, channel, headers, body, cancel: random.oneIn(40) };
}

/** Small, and large once opened. */
const bombs: readonly Uint8Array[] = [300_000, 5 << 20].map((length) =>
  gzipSync(Buffer.alloc(length)),
);

function succeeds(decode: () => unknown): boolean {
  try {
    decode();
    return true;
  } catch {
    return false;
  }
}
