// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createHome, lineOf } from "../scripts/assent-home.mjs";

const items = 10_000;

/**
 * `assent import` of 10,000 logins as Bitwarden exports them, into a new vault:
 * seconds from its start to its end.
 */
export async function measure() {
  const home = createHome({ password: "bench horse battery staple" });
  try {
    await lineOf(home.startBroker(), "is running");
    await home.assent(["account", "create", "Personal"], "");
    await home.assent(["account", "unlock"], "");
    const file = join(home.path, "export.json");
    writeFileSync(file, JSON.stringify({ encrypted: false, items: logins() }));
    const began = performance.now();
    await home.assent(["import", "--from", "bitwarden", file], "");
    return { import_10k_s: (performance.now() - began) / 1000 };
  } finally {
    await home.remove();
  }
}

function logins() {
  return Array.from({ length: items }, (_, at) => ({
    type: 1,
    name: `Login ${at}`,
    notes: "imported",
    login: {
      username: `user-${at}@example.org`,
      password: `password-${at}-0123456789`,
      uris: [{ uri: `https://example.org/${at}` }],
    },
    fields: [{ name: "pin", value: `${at}`, type: 1 }],
  }));
}
