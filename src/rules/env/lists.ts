// Names of variables by which code gets into a program from outside.
import type { EnvParameters } from './parameters.ts';

/**
 * Variables by which the dynamic linker and the C library load code, write files or find names: those that glibc takes away from
 * programs that run with the rights of somebody else, but for those of everyday use (TMPDIR, TZDIR).
 * https://sourceware.org/git/?p=glibc.git;a=blob;f=sysdeps/generic/unsecvars.h
 */
const DYNAMIC_LINKER: readonly string[] = [
  'LD_*',
  'GLIBC_TUNABLES',
  'GCONV_PATH',
  'GETCONF_DIR',
  'HOSTALIASES',
  'LOCALDOMAIN',
  'LOCPATH',
  'MALLOC_TRACE',
  'NIS_PATH',
  'NLSPATH',
  'RESOLV_HOST_CONF',
  'RES_OPTIONS',
];

/**
 * Variables by which interpreters load modules or run something before the program that was meant. `ENV` of the shell is not
 * among them: too many applications call a setting of their own so, and only interactive shells read it.
 */
const INTERPRETERS: readonly string[] = [
  'BASH_ENV',
  'CLASSPATH',
  'CORECLR_*',
  'COR_*',
  'DOTNET_STARTUP_HOOKS',
  'JAVA_TOOL_OPTIONS',
  'JDK_JAVA_OPTIONS',
  'LUA_INIT*',
  'NODE_OPTIONS',
  'NODE_PATH',
  'PERL5DB',
  'PERL5LIB',
  'PERL5OPT',
  'PERLLIB',
  'PHPRC',
  'PHP_INI_SCAN_DIR',
  'PYTHONBREAKPOINT',
  'PYTHONHOME',
  'PYTHONPATH',
  'PYTHONSTARTUP',
  'RUBYLIB',
  'RUBYOPT',
  '_JAVA_OPTIONS',
];

const LISTS = { DynamicLinker: DYNAMIC_LINKER, Interpreters: INTERPRETERS } as const;

/** The names and patterns that a policy forbids: its own, and those of the lists that it names. */
export function forbiddenNames({ forbidden = [], forbiddenLists = [] }: EnvParameters): readonly string[] {
  return [...forbidden, ...forbiddenLists.flatMap((list) => LISTS[list])];
}
