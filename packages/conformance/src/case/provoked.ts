// SPDX-License-Identifier: Apache-2.0
import { BrokerService, Interaction } from "@assent/protocol";
import type { Answer } from "../wire/answer.ts";
import { flavours } from "../wire/flavour.ts";
import type { Caller, Link } from "./caller.ts";
import { pathOf } from "./caller.ts";
import { newId } from "./fixture.ts";
import { listItems, listVaults, putItem, read, resolve } from "./operations.ts";
import { deleteVault, getItems } from "./vault-operations.ts";
import type { World } from "./world.ts";

/** What came of something that cannot succeed. */
export interface Provoked {
  readonly what: string;
  /** All that a caller can see of it. */
  readonly text: string;
}

/** Headers and body, readable or not. */
export function textOf({
  headers,
  body,
}: Pick<Answer<unknown>, "headers" | "body">): string {
  const said = Buffer.from(body).toString("latin1");
  // Details of errors, wherever they are written.
  const details = [
    ...Object.values(headers),
    ...[...said.matchAll(/"value":\s*"([^"]+)"/g)].map(
      ([, text]) => text ?? "",
    ),
  ].map((text) => Buffer.from(text, "base64").toString("latin1"));
  return [JSON.stringify(headers), said, ...details].join("\n");
}

/** Signs of the inside of a program. */
const inside =
  /\n?\s+at \S+.*:\d+|\.[cm]?[jt]s:\d+|\.(go|py|rs|cs|swift|java|c|cc):\d+|\bpanic\b|goroutine \d|Traceback|node_modules|node:internal|Exception\b|file:\/\//;

/** What of a text comes from the inside of a program: a stack, a place in its source; undefined: nothing. */
export function insideOf(text: string): string | undefined {
  return inside.exec(text)?.[0];
}

/** Every kind of refusal that a process without an authorization can bring about, in every flavour. */
export async function provoke(
  world: World,
  caller: Caller,
): Promise<readonly Provoked[]> {
  const found: Provoked[] = [];
  for (const { name } of flavours) {
    const on = await caller.link(name);
    const tell = (
      what: string,
      answer: Pick<Answer<unknown>, "headers" | "body">,
    ) => found.push({ what: `${what} (${name})`, text: textOf(answer) });
    const item = world.item("i1");
    const operations = {
      "reading a secret": read(item),
      "reading nothing": resolve("assent://nowhere/nothing/value"),
      "reading what is no reference": resolve("///"),
      "listing vaults": listVaults,
      "listing items": listItems(item.vaultId),
      "reading an item": getItems(item.vaultId, newId()),
      writing: putItem(item.vaultId, "new", "a new value"),
      deleting: deleteVault(item.vaultId),
      "nothing at all": {},
    };
    for (const [what, operation] of Object.entries(operations)) {
      for (const account of [world.acct1.id, newId(), ""]) {
        tell(what, await caller.request(operation, { on, account }));
      }
    }
    const message = { interaction: Interaction.NEVER };
    tell("asking nobody", await caller.authorize({ on, message }));
    const scope = { references: ["///"] };
    tell("a scope that is none", await caller.authorize({ on, scope }));
    const { authorize, request, revoke } = BrokerService.method;
    for (const [what, bytes] of Object.entries(undecodable)) {
      tell(`Authorize with ${what}`, await on.call(authorize, bytes));
      tell(`Request with ${what}`, await on.call(request, bytes));
      tell(`Revoke with ${what}`, await on.call(revoke, bytes));
    }
    for (const version of ["", "0.1", "99.0", "x"]) {
      const headers = { "assent-protocol-version": version };
      tell("a version", await caller.request(listVaults, { on, headers }));
    }
    for (const [what, answer] of await strange(on)) tell(what, answer);
    on.close();
  }
  return found;
}

const undecodable = {
  "bytes that are no message": Buffer.from([0xff, 0xff, 0xff, 0xff]),
  "a message cut short": Buffer.from([0x0a, 0x40, 0x61]),
  "text that is no JSON": Buffer.from('{"account":'),
};

/** Requests that no flavour writes. */
async function strange({ exchange }: Link) {
  const path = pathOf(BrokerService.method.request);
  const version = { "assent-protocol-version": "1.0" };
  const json = { ...version, "content-type": "application/json" };
  const body = Buffer.from("{}");
  const requests = {
    "no such method": { path: `${path}s`, headers: json, body },
    "no such service": { path: "/no.Such/Method", headers: json, body },
    "a content type": {
      path,
      headers: { ...version, "content-type": "text/html" },
      body,
    },
    "a compression": {
      path,
      headers: { ...json, "content-encoding": "lzma" },
      body,
    },
    GET: { method: "GET", path, headers: version, body: Buffer.alloc(0) },
    "a path of its own": { path: "/../../etc/passwd", headers: json, body },
  };
  const answers = [];
  for (const [what, request] of Object.entries(requests)) {
    answers.push([what, await exchange.send(request)] as const);
  }
  return answers;
}
