// SPDX-License-Identifier: Apache-2.0

// What loads code into a program that its author did not put there.
const injecting: ReadonlySet<string> = new Set(
  `LD_PRELOAD LD_AUDIT LD_LIBRARY_PATH GCONV_PATH
  NODE_OPTIONS NODE_PATH BUN_INSPECT_PRELOAD
  PYTHONSTARTUP PYTHONPATH PYTHONHOME PYTHONINSPECT BASH_ENV
  PERL5OPT PERL5LIB PERL5DB RUBYOPT RUBYLIB
  JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS
  DOTNET_STARTUP_HOOKS LUA_INIT PHPRC PHP_INI_SCAN_DIR`.split(/\s+/),
);

const longestName = 32;

/**
 * Whether an environment, as /proc/PID/environ gives it, makes programs load
 * foreign code (T9). Names alone are looked at; values, which hold other
 * people's secrets, are never copied. A hint: a process can rewrite what is
 * read here.
 */
export function injectsCode(environment: Uint8Array): boolean {
  const text = Buffer.from(
    environment.buffer,
    environment.byteOffset,
    environment.byteLength,
  );
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf(0, start);
    const end = found < 0 ? text.length : found;
    const equals = text
      .subarray(start, Math.min(end, start + longestName))
      .indexOf(0x3d);
    if (equals > 0 && start + equals + 1 < end) {
      if (injecting.has(text.toString("latin1", start, start + equals)))
        return true;
    }
    start = end + 1;
  }
  return false;
}
