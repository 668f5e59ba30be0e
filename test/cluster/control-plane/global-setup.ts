// Finds or builds the programs once before the first test file, so that no test waits a quarter of an hour for a compiler.
import { findBinaries } from './binaries.ts';

export async function setup(): Promise<void> {
  await findBinaries();
}
