// SPDX-License-Identifier: Apache-2.0

import { PromptService } from "@assent/protocol/owner";
import { direction, language } from "@assent/wording";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { ownerClient } from "./client.ts";
import { connection, waiting } from "./connection.ts";
import { applyTheme, readTheme } from "./theme.ts";
import "./styles/tokens.css";
import "./styles/base.css";

const root = document.getElementById("assent");
if (root !== null) {
  document.documentElement.lang = language;
  document.documentElement.dir = direction;
  applyTheme(readTheme());
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
async function follow() {
  try {
    for await (const { prompts } of ownerClient(PromptService).watchPrompts({
      surface: "web",
    })) {
      connection.set("live");
      waiting.set(prompts.length);
    }
  } finally {
    connection.set("lost");
  }
}
void follow().catch(() => {});
