// SPDX-License-Identifier: Apache-2.0
import { BrokerService, type RequestRequest } from "@assent/protocol";
import { create, toBinary, toJsonString } from "@bufbuild/protobuf";
import type { Caller } from "./caller.ts";
import { served, that } from "./check.ts";
import { listItems, putItem } from "./operations.ts";
import type { World } from "./world.ts";

/** A write that its process may make, sent in a way in which it must not be made. */
export interface ForbiddenWrite {
  /** Granted writing. */
  readonly caller: Caller;
  readonly message: RequestRequest;
  readonly proto: Uint8Array;
  readonly json: Uint8Array;
  /** Fails when it was made; then makes it as it should be, which must work. */
  wasNotMade(): Promise<void>;
}

const { request } = BrokerService.method;
const title = "forbidden";

/** A process that could write, and what it would write. */
export async function createForbiddenWrite(
  world: World,
): Promise<ForbiddenWrite> {
  const caller = await world.granted({ scope: { write: true } });
  const message = create(request.input, {
    account: world.acct1.id,
    operation: putItem(world.item("i1").vaultId, title, "written"),
  });
  async function isThere(): Promise<boolean> {
    const answer = await caller.request(listItems("V1"), {
      on: await caller.link(),
    });
    served("a list of the items", answer);
    const result = answer.message.result?.result;
    return (
      result?.case === "itemOverviews" &&
      result.value.items.some((item) => item.title === title)
    );
  }
  return {
    caller,
    message,
    proto: toBinary(request.input, message),
    json: Buffer.from(toJsonString(request.input, message)),
    async wasNotMade() {
      await world.settled();
      that("nothing was written", !(await isThere()), "the item is there");
      const link = await caller.link();
      served("the same, as it should be", await link.call(request, message));
      that("it is written then", await isThere(), "the item is not there");
    },
  };
}
