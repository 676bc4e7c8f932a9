// SPDX-License-Identifier: Apache-2.0
// What a broker would find in a directory of accounts, as JSON; run where the
// file system is made to fail. Arguments: directory, password, action.

import { ItemSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { createAccounts } from "./native-accounts.ts";

const [, , directory = "", password = "", action = "read"] = process.argv;

const outcome = async (work: () => unknown): Promise<string> => {
  try {
    await work();
    return "done";
  } catch (error) {
    const { failure, message } = error as { failure?: string; message: string };
    return `${failure}: ${message}`;
  }
};

const accounts = createAccounts({
  directory,
  passwords: {
    cost: { memory: 32, passes: 1, parallelism: 1 },
    acceptsWeakCost: true,
  },
});
const found: Record<string, object> = {};
for (const { id, problem, problemMessage } of accounts.list()) {
  const store = async () => {
    const secret = Buffer.from(password);
    using credential = await accounts.verify(id, { kind: "password", secret });
    if (credential !== undefined) accounts.unlock(credential);
    const opened = accounts.store(id);
    if (opened === undefined) throw new Error("it does not open");
    return opened;
  };
  const put = async (size: number) => {
    const opened = await store();
    const vaultId = opened.vaults()[0]?.id ?? "";
    const fields = [{ title: "f", value: new Uint8Array(size) }];
    const overview = { vaultId, title: `of ${size}` };
    opened.putItem(create(ItemSchema, { overview, fields }));
  };
  const titles = async () => {
    const opened = await store();
    return opened
      .items(opened.vaults()[0]?.id ?? "")
      .map(({ overview }) => overview.title);
  };
  found[id] = {
    problem,
    message: problemMessage,
    ...(problem === undefined
      ? {
          big: action === "fill" ? await outcome(() => put(400_000)) : "",
          again: action === "fill" ? await outcome(() => put(400_000)) : "",
          small: action === "fill" ? await outcome(() => put(10)) : "",
          titles: await titles().catch((error: Error) => error.message),
        }
      : {}),
  };
}
accounts.close();
console.log(JSON.stringify(found));
