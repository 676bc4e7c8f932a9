// SPDX-License-Identifier: Apache-2.0
// A process without any right that makes calls, sixty-four at a time over four
// connections to each channel, and judges the answers. A broker answers some
// thousands of calls a second; so most inputs are tried on what reads them
// alone, and every eighth as a call.
import { type ClientHttp2Session, connect } from "node:http2";
import { createConnection } from "node:net";
import { Readable } from "node:stream";
import { Reason } from "@assent/protocol";
import { Policy, policy } from "@assent/protocol/owner";
import { getOption, hasOption } from "@bufbuild/protobuf";
import type { ChannelRequest } from "../src/channel/connection.ts";
import { readMessage } from "../src/rpc/message.ts";
import { judgeAnswer } from "./answer-check.ts";
import {
  type MadeCall,
  makeFramedCall,
  makeJsonCall,
  makeProtobufCall,
} from "./call-maker.ts";
import { type Assignment, work } from "./caller-work.ts";
import { canaryScans } from "./canary.ts";
import { createRandom } from "./random.ts";

const makers = {
  envelopes: makeFramedCall,
  json: makeJsonCall,
  protobuf: makeProtobufCall,
};
const sessionsEach = 4;
const everyCall = 8;

work(async (assignment: Assignment) => {
  const { sockets, secrets } = assignment;
  const make = makers[assignment.target as keyof typeof makers];
  const scans = canaryScans(secrets);
  const open = new Map<string, ClientHttp2Session>();

  function session(name: string, path: string): ClientHttp2Session {
    const known = open.get(name);
    if (known !== undefined && !known.closed && !known.destroyed) return known;
    const socket = createConnection(path);
    const made = connect("http://localhost", {
      createConnection: () => socket,
    });
    made.on("error", () => undefined);
    open.set(name, made);
    socket.on("error", () => undefined);
    return made;
  }

  function ask(call: MadeCall, lane: number): Promise<void> {
    const { channel, method } = call;
    const name = `${channel} ${lane % sessionsEach}`;
    return new Promise((resolve, reject) => {
      const stream = session(name, sockets[channel]).request({
        ":method": "POST",
        ":path": `/${method.parent.typeName}/${method.name}`,
        ...call.headers,
      });
      let status = 0;
      let headers: Record<string, unknown> = {};
      let trailers: Record<string, unknown> = {};
      const chunks: Buffer[] = [];
      stream.on("response", (fields) => {
        status = Number(fields[":status"]);
        headers = fields;
      });
      stream.on("trailers", (fields) => {
        trailers = fields;
      });
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("error", () => undefined);
      stream.on("close", () => {
        const body = Buffer.concat(chunks);
        const said = JSON.stringify([headers, trailers]);
        const scan = scans();
        const secret = scan(body) ?? scan(Buffer.from(said));
        if (secret !== undefined) return reject(new Error("a secret came out"));
        if (status === 0) {
          return call.cancel || assignment.ending
            ? resolve()
            : reject(new Error(`no answer: reset ${stream.rstCode}`));
        }
        try {
          judge(call, { status, headers, trailers, body });
          resolve();
        } catch (error) {
          reject(error);
        }
      });
      stream.end(call.body);
      if (call.cancel) stream.close(8);
    });
  }

  return {
    lanes: 64,
    make: (seed) => ({
      ...make(createRandom(seed), assignment.ending),
      called: assignment.ending || seed % everyCall === 0,
    }),
    toBytes: (call) =>
      Buffer.from(
        `${call.channel} ${call.method.name} ${JSON.stringify(call.headers)} ${Buffer.from(call.body).toString("latin1")}`,
        "latin1",
      ),
    ask: (call, lane) => (call.called ? ask(call, lane) : tryAtGate(call)),
    close() {
      for (const one of open.values()) one.destroy();
    },
  };
});

/** What the gateway says of a body, without a broker behind it. */
async function tryAtGate(call: MadeCall): Promise<void> {
  const arriving = Readable.from([Buffer.from(call.body)]);
  const request = Object.assign(arriving, { headers: call.headers });
  const judged = await readMessage(
    request as unknown as ChannelRequest,
    call.method,
    { receive: () => true, defer: () => undefined },
  );
  const refused =
    judged !== undefined && "refused" in judged ? judged.refused : undefined;
  const known: unknown[] = [undefined, Reason.INVALID, Reason.LIMIT_EXCEEDED];
  if (!known.includes(refused)) throw new Error(`refused as ${refused}`);
  if (call.undecodable === true && refused === undefined) {
    throw new Error("undecodable, and taken (WIR-001)");
  }
  if (call.undecodable === false && refused === Reason.INVALID) {
    throw new Error("decodable, and refused");
  }
}

/** Who has no right gets nothing but what anybody may ask. */
function judge(
  call: MadeCall,
  answer: Parameters<typeof judgeAnswer>[0],
): void {
  if (call.cancel && answer.body.length === 0) return;
  const { method } = call;
  const outcome = judgeAnswer(answer, method.output);
  const free =
    call.channel === "owner"
      ? hasOption(method, policy) && getOption(method, policy) === Policy.ANYONE
      : method.localName === "revoke";
  if (outcome.kind === "success" && !free) {
    throw new Error(`${method.name} succeeded`);
  }
  if (call.undecodable !== true) return;
  if (
    outcome.kind !== "refused" ||
    !(
      (outcome.code === "invalid_argument" &&
        outcome.reason === Reason.INVALID) ||
      (outcome.code === "resource_exhausted" &&
        outcome.reason === Reason.LIMIT_EXCEEDED)
    )
  ) {
    throw new Error(
      `undecodable, and told as ${JSON.stringify(outcome)} (WIR-001)`,
    );
  }
}
