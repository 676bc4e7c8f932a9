// SPDX-License-Identifier: Apache-2.0
import { posix } from "node:path";

/** How the arguments of an interpreter are read. */
interface Grammar {
  readonly names: RegExp;
  /** Options followed by an argument of their own. */
  readonly takesValue: RegExp;
  /** Options after which there is no script: code in the arguments, or a module by name. */
  readonly noScript: RegExp;
  /** Words between the interpreter and the script. */
  readonly verbs?: RegExp;
}

const grammars: readonly Grammar[] = [
  {
    names: /^(?:node|nodejs|electron)/,
    takesValue:
      /^(?:-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--title|--env-file|--inspect-port)$/,
    noScript: /^(?:-e|--eval|-p|--print|-pe|-i|--interactive|--test|--run)$/,
  },
  {
    names: /^(?:deno|bun)/,
    takesValue: /^(?:-c|--config|--import-map|--cwd|--preload|-r|--env-file)$/,
    noScript: /^(?:-e|--eval|-p|--print)$/,
    verbs: /^(?:run|serve|test|x|eval|repl|task|exec)$/,
  },
  {
    names: /^(?:python|pypy)/i,
    takesValue: /^-(?:W|X|Q)$/,
    noScript: /^-(?:[a-zA-Z]*c|[a-zA-Z]*m)$/,
  },
  { names: /^perl/, takesValue: /^-[IMm]$/, noScript: /^-[a-zA-Z]*[eE]$/ },
  { names: /^(?:ruby|jruby)/, takesValue: /^-[IrCEK]$/, noScript: /^-e$/ },
  { names: /^php/, takesValue: /^-[cdzS]$/, noScript: /^-[rBRE]$/ },
  {
    names: /^java/,
    takesValue:
      /^(?:-cp|-classpath|--class-path|-p|--module-path|--add-modules)$/,
    noScript: /^(?:-m|--module)$/,
    verbs: /^-jar$/,
  },
  {
    names: /^(?:bash|sh|dash|zsh|fish|ksh|mksh|ash|busybox)$/,
    takesValue: /^(?:[-+][oO]|--rcfile|--init-file)$/,
    noScript: /^-[a-z]*[cs][a-z]*$/,
    verbs: /^(?:sh|ash|hush)$/,
  },
  {
    names: /^ld[-.]/,
    takesValue:
      /^--(?:library-path|preload|audit|argv0|inhibit-rpath|glibc-hwcaps-prepend|glibc-hwcaps-mask)$/,
    noScript: /^--(?:list|verify|help)$/,
  },
];

const plainGrammar: Grammar = {
  names: /^/,
  takesValue: /^$/,
  noScript: /^-(?:c|e|m|E)$/,
};

/**
 * The script that an interpreter says it was started with, absolute; empty:
 * none that can be told. A claim: the arguments are the program's to rewrite,
 * and what lies at the path is not looked at. Text is one character a byte.
 */
export function claimedScript(
  name: string,
  args: readonly string[],
  workingDirectory: string,
): string {
  const grammar =
    grammars.find(({ names }) => names.test(name)) ?? plainGrammar;
  let mayBeVerb = true;
  for (let index = 1; index < args.length; index += 1) {
    const argument = args[index] ?? "";
    if (mayBeVerb && grammar.verbs?.test(argument)) {
      mayBeVerb = false;
    } else if (argument === "--") {
      return resolveScript(args[index + 1] ?? "", workingDirectory);
    } else if (grammar.noScript.test(argument)) {
      return "";
    } else if (grammar.takesValue.test(argument)) {
      index += 1;
    } else if (!/^[-+]./.test(argument)) {
      return resolveScript(argument, workingDirectory);
    }
  }
  return "";
}

function resolveScript(script: string, workingDirectory: string): string {
  if (script === "" || script === "-") return "";
  if (/^[a-z]+:\/\//.test(script)) return script;
  return posix.resolve(workingDirectory || "/", script);
}
