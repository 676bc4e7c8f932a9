// SPDX-License-Identifier: Apache-2.0
import { BrokerService } from "@assent/protocol";
import type { Case, Cases } from "../case/case.ts";
import { equal, refused } from "../case/check.ts";
import type { World } from "../case/world.ts";
import type { FlavourName } from "../wire/flavour.ts";

/** A scope as the body of an Authorize. */
interface Written {
  readonly what: string;
  readonly flavour: FlavourName;
  readonly body: Uint8Array;
}

const read = Buffer.from([0x08, 1]);
const everyVault = Buffer.from([0x12, 0]);
/** Field number 15, a text: no version of the schema has it. */
const unknown = Buffer.from([0x7a, 1, 0x78]);

/** A field of another message, or a text. */
function field(number: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

function proto(world: World, what: string, ...scope: Uint8Array[]): Written {
  const body = Buffer.concat([
    field(1, world.acct1.id),
    field(2, Buffer.concat(scope)),
  ]);
  return { what: `${what} (proto)`, flavour: "connect-proto", body };
}

function json(world: World, what: string, scope: object): Written {
  const text = JSON.stringify({ account: world.acct1.id, scope });
  const body = Buffer.from(text);
  return { what: `${what} (JSON)`, flavour: "connect-json", body };
}

/** Scopes that mean nothing, or hold what nobody knows. */
function meaningless(world: World): readonly Written[] {
  const access = "ACCESS_READ";
  return [
    proto(world, "no extent", read),
    proto(world, "nothing at all"),
    proto(world, "no access", everyVault),
    proto(world, "an empty list of vaults", read, field(3, "")),
    proto(world, "an empty list of references", read, field(4, "")),
    proto(world, "an unknown field", read, everyVault, unknown),
    proto(world, "an unknown extent", read, unknown),
    proto(
      world,
      "an unknown field beside vaults",
      read,
      field(3, Buffer.concat([field(1, "V1"), unknown])),
    ),
    proto(world, "an unknown field in every vault", read, field(2, unknown)),
    json(world, "no extent", { access }),
    json(world, "nothing at all", {}),
    json(world, "no access", { everyVault: {} }),
    json(world, "an empty list of vaults", { access, vaults: {} }),
    json(world, "a list of vaults that is empty", {
      access,
      vaults: { vaults: [] },
    }),
    json(world, "an empty list of references", { access, references: {} }),
    json(world, "an unknown field", { access, everyVault: {}, until: "2100" }),
    json(world, "an unknown extent", { access, everyItem: {} }),
    json(world, "an unknown field beside vaults", {
      access,
      vaults: { vaults: ["V1"], except: ["V2"] },
    }),
  ];
}

function unknownValues(world: World): readonly Written[] {
  return [
    proto(world, "an unknown access", Buffer.from([0x08, 99]), everyVault),
    proto(world, "the next access", Buffer.from([0x08, 3]), everyVault),
    json(world, "an unknown access", {
      access: "ACCESS_EVERYTHING",
      everyVault: {},
    }),
    json(world, "an unknown number", { access: 99, everyVault: {} }),
  ];
}

/** Each is refused, and nobody is asked: whoever were asked would approve. */
function refusedUnasked(written: (world: World) => readonly Written[]): Case {
  return {
    async run(world) {
      await world.user.decides("approve");
      const caller = await world.caller();
      for (const { what, flavour, body } of written(world)) {
        const on = await caller.link(flavour);
        const { authorize } = BrokerService.method;
        const answer = await on.call(authorize, body);
        refused(what, answer, "invalid_argument");
        on.close();
      }
      equal("prompts", (await world.user.prompts()).length, 0);
      refused(
        "Request",
        await caller.request({ operation: { case: "listVaults", value: {} } }),
        "unauthenticated",
      );
    },
  };
}

/** A scope that is not plain grants nothing. */
export const badScopeCases: Cases = {
  "scope-empty-refused": refusedUnasked(meaningless),
};

/** The same of values that nobody knows. */
export const unknownScopeCases: Cases = {
  "scope-unknown-value": refusedUnasked(unknownValues),
};
