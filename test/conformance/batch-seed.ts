// The seeds of the batches of one run.

/** Coprime to 2^32 and far from small: the runs of two neighbouring seeds share no batch. */
const STEP = 0x9e3779b1;

/** The seed of batch `index`; that of the first is the seed of the run, so that a batch can be run alone. */
export function batchSeed(seed: number, index: number): number {
  return (seed + Math.imul(index, STEP)) | 0;
}
