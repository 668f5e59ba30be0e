// What a fault came to, in figures: a line in the output of each run. docs/faults.md has those of one run.

export type Figures = Readonly<Record<string, unknown>>;

/** Says it. Times are for people: no test asserts them. */
export function tell(fault: string, figures: Figures): void {
  const words = Object.entries(figures).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  console.log(`${fault}: ${words.join(', ')}`);
}
