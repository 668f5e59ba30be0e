// A test suite for policies, as its author writes it (kind PolicyTest), and the place it was read from.

import type { Place } from '../../manifests/source.ts';
import type { Action } from '../../model/finding.ts';
import type { Verdict } from '../../report/shapes/result.ts';

/** A finding must have these values; what is left out may be anything. */
export interface ExpectedFinding {
  readonly check: string;
  /** Whole, or the code that it begins with: `unknown_capability` of `unknown_capability: doker`. */
  readonly reason?: string;
  readonly path?: string;
  readonly container?: string;
  readonly action?: Action;
  readonly policy?: string;
}

/** What is expected of the objects of a case. */
export interface Expectation {
  /** Of several objects: denied where one is, else allowed where one is. */
  readonly verdict: Verdict;
  /** Every check that is violated, and no other. Not compared where left out. */
  readonly findings?: readonly ExpectedFinding[];
  /** Parts of warnings. */
  readonly warnings?: readonly string[];
  /** A file with the objects as filled in. */
  readonly output?: string;
}

/** Paths are relative to the suite's file. */
export interface SuiteCase {
  readonly name: string;
  /** A file or folder of objects; or else `object` or `review`. */
  readonly input?: string;
  readonly object?: unknown;
  /** A file with an AdmissionReview, as an API server sent it. */
  readonly review?: string;
  /** What the objects replace, which makes updates of them: a file or folder, or else in place. */
  readonly oldInput?: string;
  readonly oldObject?: unknown;
  /** Of an update of pods: `ephemeralcontainers`, `resize`. */
  readonly subresource?: string;
  /** Files that are only read as context. */
  readonly context?: readonly string[];
  readonly namespace?: string;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly namespaceAnnotations?: Readonly<Record<string, string>>;
  /** The date or time by which exceptions have ended or not; that of the run where it is left out. */
  readonly now?: string;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly expect: Expectation;
}

/** A document of kind PolicyTest. */
export interface PolicyTest {
  readonly metadata: { readonly name: string };
  readonly spec: {
    /** Files, folders, or names of shipped bundles. */
    readonly policies: readonly string[];
    readonly cases: readonly SuiteCase[];
  };
}

/** A PolicyTest that was read from a file. */
export interface Suite {
  readonly file: string;
  /** The number of its document. */
  readonly number: number;
  readonly test: PolicyTest;
  locate(keys: readonly (string | number)[]): Place;
}
