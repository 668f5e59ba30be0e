// Every check beyond the Pod Security Standards, in the order their findings are listed.
import type { IsolationCheck } from './check.ts';
import { unknownImage } from './identity/unknownImage.ts';

export const ISOLATION_CHECKS: readonly IsolationCheck[] = [unknownImage];
