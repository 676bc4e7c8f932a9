// SPDX-License-Identifier: Apache-2.0
// The broker's own surface, for tests: a real client of the owner services over
// descriptor 3. It does with each prompt what its argument says, and tells on
// stderr what it did. It ends when the broker closes its end.
import { Socket } from "node:net";
import { promptDigest } from "@assent/protocol";
import {
  OwnerErrorDetailSchema,
  OwnerReason,
  PromptService,
} from "@assent/protocol/owner";
import { createClient } from "@connectrpc/connect";
import {
  createConnectTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";

const socket = new Socket({ fd: 3 });
socket.on("close", () => process.exit(0));
const prompts = createClient(
  PromptService,
  createConnectTransport({
    baseUrl: "http://localhost",
    httpVersion: "2",
    sessionManager: new Http2SessionManager(
      "http://localhost",
      {},
      { createConnection: () => socket },
    ),
    interceptors: [
      (next) => (request) => {
        request.header.set("assent-protocol-version", "1.0");
        return next(request);
      },
    ],
  }),
);
const tell = (...words) => console.error(...words);

const actions = {
  async shows({ id, body }) {
    await prompts.shown({ promptId: id, digest: await promptDigest(body) });
    tell("shown", id);
  },
  async mutes({ id }) {
    await prompts.deny({ promptId: id, mute: { seconds: 60n } });
    tell("muted", id);
  },
  async dies({ id, body }) {
    await actions.shows({ id, body });
    process.kill(process.pid, "SIGKILL");
  },
  async swallows({ id }) {
    tell("swallowed", id);
  },
};

const seen = new Set();
for await (const { prompts: pending } of prompts.watchPrompts({
  surface: "own",
})) {
  for (const prompt of pending) {
    if (seen.has(prompt.id)) continue;
    seen.add(prompt.id);
    await actions[process.argv[2]](prompt).catch((error) => {
      const [detail] = error.findDetails(OwnerErrorDetailSchema);
      tell("refused", OwnerReason[detail?.reason] ?? error.message);
    });
  }
}
