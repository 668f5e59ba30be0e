// Regular expressions of RE2, which take time in proportion to the text, whatever the pattern. re2js is a port of Go's own
// implementation: JavaScript's regular expressions can take for ever. Source: k8s.io/apiserver/pkg/cel/library/regex.go.
import { RE2JS } from 're2js';
import { type Budget, Failure } from '../run/budget.ts';
import type { Value } from '../values/value.ts';
import { type Arguments, intAt, textAt } from './arguments.ts';
import { type Library, method, type Overload, type Run } from './function.ts';

/** A pattern is made into a program whose size it cannot be told from. */
const MOST_PATTERN = 1000;
/** What making a program costs, for each of its instructions. */
const COMPILE_COST = 20;
/** Every instruction can be looked at for every character. */
const STEPS_PER_UNIT = 10;

type Work = (pattern: RE2JS, args: Arguments, budget: Budget) => Value;

/** A pattern that is a constant is compiled once. */
function withPattern(work: Work): Pick<Overload, 'run' | 'prepare'> {
  const run: Run = (args, budget) => {
    const pattern = compiled(textAt(args, 1));
    budget.charge(pattern.programSize() * COMPILE_COST);
    return work(pattern, args, budget);
  };
  return {
    run,
    prepare: ([, written]) => {
      if (typeof written !== 'string') return run;
      const pattern = compiled(written);
      return (args, budget) => work(pattern, args, budget);
    },
  };
}

function compiled(pattern: string): RE2JS {
  if (pattern.length > MOST_PATTERN) throw new Failure(`a regular expression of more than ${MOST_PATTERN} characters`);
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace('error parsing regexp: ', '') : String(error);
    throw new Failure(`not a regular expression of RE2: ${why}`);
  }
}

function searched(pattern: RE2JS, args: Arguments, budget: Budget): string {
  const text = textAt(args, 0);
  budget.charge(Math.ceil(((text.length + 1) * pattern.programSize()) / STEPS_PER_UNIT));
  return text;
}

const find: Work = (pattern, args, budget) => {
  const matcher = pattern.matcher(searched(pattern, args, budget));
  return matcher.find() ? (matcher.group() ?? '') : '';
};

function found(pattern: RE2JS, args: Arguments, most: bigint, budget: Budget): readonly string[] {
  const matcher = pattern.matcher(searched(pattern, args, budget));
  const texts: string[] = [];
  const limit = most < 0n ? Number.POSITIVE_INFINITY : Number(most);
  let end = -1;
  while (texts.length < limit && matcher.find()) {
    budget.charge(1);
    // As in Go, nothing right behind a match is not another one.
    if (matcher.end() > matcher.start() || matcher.start() !== end) texts.push(matcher.group() ?? '');
    end = matcher.end();
  }
  return texts;
}

function overload(signature: string, work: Work): Overload {
  const { run, prepare } = withPattern(work);
  return method('string', signature, run, prepare);
}

export const REGEX: Library = [
  overload('matches(string): bool', (pattern, args, budget) => pattern.test(searched(pattern, args, budget))),
  overload('find(string): string', find),
  overload('findAll(string): list<string>', (pattern, args, budget) => found(pattern, args, -1n, budget)),
  overload('findAll(string, int): list<string>', (pattern, args, budget) =>
    found(pattern, args, intAt(args, 2), budget),
  ),
];

/** `matches(text, pattern)`, the same as a function. */
export const MATCHES_FUNCTION: Library = REGEX.slice(0, 1).map((one) => ({ ...one, method: false }));
