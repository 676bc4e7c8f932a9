// SPDX-License-Identifier: Apache-2.0
import { direction, language } from "@assent/wording";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { followPrompts } from "./follow-prompts.ts";
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
  void followPrompts();
}
