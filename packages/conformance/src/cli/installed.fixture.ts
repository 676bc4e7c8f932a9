// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packaged } from "../catalogue/catalogue.ts";

/** A folder where the packed suite is installed, and nothing else. */
export interface Installed {
  readonly folder: string;
  remove(): void;
}

/**
 * What `npm install --save-dev @assent/conformance` leaves in an empty folder:
 * the tarballs that would be published, unpacked, and beside them what they
 * declare and no more. Without the network: those come from the repository.
 */
export function installPacked(): Installed {
  const folder = mkdtempSync(join(tmpdir(), "assent-installed-"));
  const modules = join(folder, "node_modules");
  const declared = new Set<string>();
  for (const name of ["protocol", "conformance"]) {
    const source = packaged("..", name);
    const [tarball = ""] = execFileSync(
      "npm",
      ["pack", "--silent", "--pack-destination", folder],
      { cwd: source, encoding: "utf8" },
    )
      .trim()
      .split("\n")
      .slice(-1);
    const target = join(modules, "@assent", name);
    mkdirSync(target, { recursive: true });
    const unpack = ["-xzf", join(folder, tarball), "--strip-components=1"];
    execFileSync("tar", [...unpack, "-C", target]);
    rmSync(join(folder, tarball));
    const { dependencies = {}, bin = {} } = JSON.parse(
      readFileSync(join(target, "package.json"), "utf8"),
    ) as Record<"dependencies" | "bin", Record<string, string>>;
    for (const one of Object.keys(dependencies)) declared.add(one);
    for (const [command, file] of Object.entries(bin)) {
      mkdirSync(join(modules, ".bin"), { recursive: true });
      chmodSync(join(target, file), 0o755);
      symlinkSync(
        join("..", "@assent", name, file),
        join(modules, ".bin", command),
      );
    }
  }
  const there = readdirSync(join(modules, "@assent"));
  for (const name of declared) {
    if (there.includes(name.replace("@assent/", ""))) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(
      packaged("..", "..", "node_modules", name),
      join(modules, name),
    );
  }
  return {
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
