// What an audit works on: objects that are gone through one by one, and all that their verdicts depend on.
import type { Prepare } from '../../admission/prepare.ts';
import type { OfflineContext } from '../../library/offline/judge.ts';
import type { InputObject } from '../../library/offline/objects.ts';
import type { Unread } from '../../report/shapes/unread.ts';

export interface AuditInput {
  readonly offline: OfflineContext;
  /** Looks up what a verdict depends on and files cannot tell; absent where files are judged. */
  readonly prepare?: Prepare;
  /** Every object to judge. To be called once. */
  objects(): AsyncGenerator<InputObject>;
  /** What could not be read; it went to stderr as well. Grows while the objects are gone through. */
  readonly unread: readonly Unread[];
  /** True where something that verdicts depend on is wrong; why went to stderr. */
  readonly isIncomplete: boolean;
  /** As in the inputs of `check`. */
  readonly assumed: ReadonlySet<string>;
}
