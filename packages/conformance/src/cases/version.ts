// SPDX-License-Identifier: Apache-2.0
import { BrokerService, Reason } from "@assent/protocol";
import {
  create,
  type DescMessage,
  type DescMethodUnary,
  type MessageShape,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";
import { type Caller, type Link, pathOf, scopeOf } from "../case/caller.ts";
import type { Case, Cases } from "../case/case.ts";
import {
  equal,
  notServed,
  refused,
  served,
  summary,
  that,
} from "../case/check.ts";
import { read, readsValue } from "../case/operations.ts";
import { Failure } from "../case/verdict.ts";
import type { World } from "../case/world.ts";
import type { Answer } from "../wire/answer.ts";
import { type FlavourName, flavour, flavours } from "../wire/flavour.ts";

const header = "assent-protocol-version";
const isVersion = /^\d+\.\d+$/;
const { authorize, request, revoke } = BrokerService.method;

/** What a client says of its version, and whether it sends a field that nobody knows yet. */
interface Client {
  /** What the header holds; undefined: it is not sent. */
  readonly version: string | string[] | undefined;
  readonly newFields?: boolean;
}

/** A field that no message of any minor version has. */
const newField = {
  no: 15_000,
  wireType: WireType.LengthDelimited,
  data: Buffer.from("\u0003new"),
} as const;

async function callAs<I extends DescMessage, O extends DescMessage>(
  { version, newFields = false }: Client,
  link: Link,
  method: DescMethodUnary<I, O>,
  message: MessageShape<I>,
): Promise<Answer<MessageShape<O>>> {
  const way = flavour(link.flavour);
  const { [header]: _, ...others } = way.headers(undefined);
  const isJson = link.flavour.includes("json");
  const json = () => ({
    ...(toJson(method.input, message) as object),
    ...(newFields ? { aNewField: "new" } : {}),
  });
  const received = await link.exchange.send({
    path: pathOf(method),
    headers: {
      ...others,
      ...(version === undefined ? {} : { [header]: version }),
      ...(newFields ? { "assent-new-header": "new" } : {}),
    },
    body: way.wrap(
      isJson
        ? Buffer.from(JSON.stringify(json()))
        : toBinary(method.input, {
            ...message,
            ...(newFields ? { $unknown: [newField] } : {}),
          }),
    ),
  });
  return way.read(method.output, received);
}

type Methods = readonly [string, () => Promise<Answer<unknown>>][];

/** Every method, called by such a client. */
function methodsAs(world: World, client: Client, link: Link): Methods {
  const account = world.acct1.id;
  const operation = read(world.item("i1"));
  const scope = scopeOf();
  return [
    [
      "Authorize",
      () =>
        callAs(
          client,
          link,
          authorize,
          create(authorize.input, { account, scope }),
        ),
    ],
    [
      "Request",
      () =>
        callAs(
          client,
          link,
          request,
          create(request.input, { account, operation }),
        ),
    ],
    [
      "Revoke",
      () => callAs(client, link, revoke, create(revoke.input, { account })),
    ],
  ];
}

/**
 * Such clients are judged by this at each method, whether they were granted
 * something or not; no prompt is shown, and what was granted stays.
 */
function shutsOut(
  versions: readonly Client["version"][],
  judge: (method: string, answer: Answer<unknown>) => void,
): Case {
  return {
    async run(world) {
      const caller = await world.granted();
      const stranger = await world.caller();
      const prompts = async () => (await world.user.prompts()).length;
      const before = await prompts();
      // Were a prompt shown after all, nobody would wait for it for long.
      await world.user.decides("deny");
      for (const name of ["connect-proto", "connect-json"] as const) {
        for (const one of [caller, stranger]) {
          for (const version of versions) {
            const link = await one.link(name);
            for (const [method, call] of methodsAs(world, { version }, link)) {
              judge(`${method} as ${shown(version)}`, await call());
            }
            link.close();
          }
        }
      }
      equal("prompts since", (await prompts()) - before, 0);
      const answer = await caller.request(read(world.item("i1")));
      readsValue("Request of a client of 1.0", answer, world.item("i1"));
    },
  };
}

function shown(version: Client["version"]): string {
  if (version === undefined) return "no version";
  if (typeof version !== "string") return version.join(" and ");
  return JSON.stringify(
    version.length > 20 ? `${version.slice(0, 20)}...` : version,
  );
}

function isUnsupported(method: string, answer: Answer<unknown>): void {
  refused(method, answer, "failed_precondition", Reason.VERSION_UNSUPPORTED);
  const versions = answer.detail?.supportedVersions ?? [];
  that(
    `${method}: the versions that are supported are told`,
    versions.length > 0 && versions.every((one) => isVersion.test(one)),
    versions.join(", "),
  );
}

/** A new process of such a client is granted what it asks, and served. */
async function isServedAs(
  world: World,
  client: Client,
  name: FlavourName,
): Promise<void> {
  const caller = await world.caller();
  const link = await caller.link(name);
  const [[, askFirst], [, ask]] = methodsAs(world, client, link) as [
    Methods[0],
    Methods[0],
  ];
  const as = `as ${shown(client.version)}, ${name}`;
  refused(`Request ${as}, before a grant`, await ask(), "unauthenticated");
  await world.user.decides("approve");
  served(`Authorize ${as}`, await askFirst());
  world.allow(caller, "i1");
  served(`Request ${as}`, await ask());
}

/** The minors of this major that a client may have: each that the broker has or had. */
function olderVersions({ described }: World): readonly string[] {
  const minors = described.protocolVersions
    .filter((version) => /^1\.\d+$/.test(version))
    .map((version) => Number(version.slice(2)));
  const newest = Math.max(0, ...minors);
  return Array.from({ length: newest + 1 }, (_, minor) => `1.${minor}`);
}

function statesVersion(what: string, answer: Answer<unknown>): void {
  // Where nothing came back at all, nothing could state it.
  if (answer.httpStatus === 0) return;
  const version = answer.headers[header];
  that(
    `${what}: the answer states the broker's version`,
    version !== undefined && isVersion.test(version),
    `${summary(answer)}, ${version === undefined ? "no version" : JSON.stringify(version)}`,
  );
}

/** Every answer of BrokerService, good or bad, that this flavour can bring about. */
async function answersState(world: World, name: FlavourName): Promise<void> {
  const caller: Caller = await world.caller();
  const link = await caller.link(name);
  const calls = methodsAs(world, { version: "1.0" }, link);
  const named = new Map(calls);
  const state = async (
    what: string,
    method: string,
    call = named.get(method),
  ) => {
    if (call === undefined) throw new Failure(what, "a method", method);
    const answer = await call();
    statesVersion(`${what} (${name})`, answer);
    return answer;
  };
  const first = await state("Request before a grant", "Request");
  // This flavour is not served, or the connection is closed to it.
  if (first.kind !== "refused" || first.code !== "unauthenticated") return;
  await world.user.decides("deny");
  await state("Authorize that is denied", "Authorize");
  await world.user.decides("approve");
  await state("Authorize that is approved", "Authorize");
  world.allow(caller, "i1");
  await state("Request", "Request");
  await state("Revoke", "Revoke");
  for (const version of [undefined, "2.0", "1.x"]) {
    for (const [method, call] of methodsAs(world, { version }, link)) {
      const what = `${method} as ${shown(version)}`;
      statesVersion(`${what} (${name})`, await call());
    }
  }
  const headers = { [header]: "1.0" };
  statesVersion(
    `Request that cannot be decoded (${name})`,
    await link.call(request, Buffer.from([0xff, 0xff, 0xff]), { headers }),
  );
  statesVersion(
    `Authorize without a scope's extent (${name})`,
    await link.call(
      authorize,
      create(authorize.input, { account: world.acct1.id, scope: {} }),
      { headers },
    ),
  );
}

/** How versions are stated, and what comes of those that differ. */
export const versionCases: Cases = {
  "header-present": {
    async run(world) {
      for (const { name } of flavours) await answersState(world, name);
    },
  },
  "older-client": {
    async run(world) {
      for (const version of olderVersions(world)) {
        await isServedAs(world, { version }, "connect-proto");
        await isServedAs(world, { version }, "connect-json");
      }
    },
  },
  "newer-client-minor": {
    async run(world) {
      const newest = olderVersions(world).length;
      for (const minor of [newest, newest + 8, 4_000]) {
        const client = { version: `1.${minor}`, newFields: true };
        await isServedAs(world, client, "connect-proto");
        await isServedAs(world, client, "connect-json");
      }
    },
  },
  "unknown-major": shutsOut(["2.0", "0.9", "10.0"], isUnsupported),
  "missing-version": shutsOut([undefined], isUnsupported),
  "garbage-version": shutsOut(
    ["1.x", "", "1", "v1.0", "1".repeat(1024), ["1.0", "2.0"]],
    notServed,
  ),
};
