// SPDX-License-Identifier: Apache-2.0

import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

// The page speaks binary messages alone: see page/binary-only.ts.
const binaryOnly: Plugin = {
  name: "binary-only",
  enforce: "pre",
  resolveId: (source, importer) =>
    /^\.\/(?:from|to)-json\.js$/.test(source) &&
    importer?.includes("/@bufbuild/protobuf/")
      ? fileURLToPath(new URL("page/binary-only.ts", import.meta.url))
      : undefined,
};

// Generated code holds its descriptions in base64, which hardly compresses. As
// text they take half as much of the script that is sent.
const plainDescriptions: Plugin = {
  name: "plain-descriptions",
  transform: {
    filter: { id: /_pb\.js$/ },
    handler: (code) =>
      code.replace(
        /\bfileDesc\("([A-Za-z0-9+/]+=*)"/g,
        (_, base64) => `fileDesc(btoa(${JSON.stringify(atob(base64))})`,
      ),
  },
};

// Chunks that come later have no styles of their own, and nothing to fetch
// ahead: importing them is enough.
const plainImports: Plugin = {
  name: "plain-imports",
  enforce: "pre",
  load: {
    filter: { id: /vite\/preload-helper/ },
    handler: () => "export const __vitePreload = (load) => load();",
  },
};

// One origin serves all of it, under a policy without inline code or styles.
export default defineConfig({
  root: "page",
  base: "/",
  plugins: [binaryOnly, plainDescriptions, plainImports, react()],
  build: {
    outDir: "../dist/page",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // What is loaded later is small and near: nothing is fetched ahead of it.
    modulePreload: false,
    cssCodeSplit: false,
    target: "es2024",
    rolldownOptions: {
      // Nothing here does anything when it is merely read.
      treeshake: {
        propertyReadSideEffects: false,
        unknownGlobalSideEffects: false,
      },
      output: {
        // What the first request needs is one file: it is smaller so.
        codeSplitting: { groups: [{ name: "page", tags: ["$initial"] }] },
      },
    },
  },
});
