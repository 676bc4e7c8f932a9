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

// One origin serves all of it, under a policy without inline code or styles.
export default defineConfig({
  root: "page",
  base: "/",
  plugins: [binaryOnly, react()],
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
