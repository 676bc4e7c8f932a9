// SPDX-License-Identifier: Apache-2.0
// Programs broken on purpose, to see that the conformance suite notices. The
// text of a source file is changed while it is loaded; no file is, and nothing
// of this is in what is published (TST-001).
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

/** One change of one file. */
export interface SourceEdit {
  /** From the folder that holds the packages. */
  readonly file: string;
  /** Must be there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** One way to be broken; what it is, and who must notice, is told by the catalogue of the suite. */
export interface Mutant {
  readonly id: string;
  readonly edits: readonly SourceEdit[];
}

/** Where the packages are. */
export const packagesFolder: URL = new URL("../packages/", import.meta.url);

/** A mutant and its edits: file, what is found, what stands there instead. */
export function mutant(
  id: string,
  ...edits: readonly (readonly [file: string, find: string, replace: string])[]
): Mutant {
  return {
    id,
    edits: edits.map(([file, find, replace]) => ({ file, find, replace })),
  };
}

/** A source text after the edits. @throws when one does not fit exactly once */
export function applyEdits(
  source: string,
  edits: readonly SourceEdit[],
): string {
  let text = source;
  for (const { file, find, replace } of edits) {
    const parts = text.split(find);
    if (parts.length !== 2) {
      throw new Error(
        `${file} holds ${parts.length - 1} times what a mutant changes:\n${find}`,
      );
    }
    text = parts.join(replace);
  }
  return text;
}

/** Each file that a mutant changes, as it becomes. @throws as applyEdits */
export function mutatedFiles({ edits }: Mutant): ReadonlyMap<string, string> {
  const byFile = Map.groupBy(edits, ({ file }) => file);
  return new Map(
    [...byFile].map(([file, ofFile]) => {
      const source = readFileSync(new URL(file, packagesFolder), "utf8");
      return [new URL(file, packagesFolder).href, applyEdits(source, ofFile)];
    }),
  );
}

/**
 * From now on modules are loaded as this mutant has them: call it before they
 * are imported. `fromSource`: folders of packages that others import by their
 * name; they get the sources then, which is what is changed, and not what was
 * built. @throws when there is no such mutant, or it does not fit
 */
export function becomeMutant(
  id: string,
  mutants: readonly Mutant[],
  fromSource: readonly string[] = [],
): void {
  const chosen = mutants.find((one) => one.id === id);
  if (chosen === undefined) throw new Error(`there is no mutant ${id}`);
  const files = mutatedFiles(chosen);
  const sources = new Map(
    fromSource.map((folder) => [
      `@assent/${folder}`,
      new URL(`${folder}/src/index.ts`, packagesFolder).href,
    ]),
  );
  registerHooks({
    resolve(specifier, context, next) {
      return next(sources.get(specifier) ?? specifier, context);
    },
    load(url, context, next) {
      const source = files.get(url);
      const loaded = next(url, context);
      return source === undefined ? loaded : { ...loaded, source };
    },
  });
}
