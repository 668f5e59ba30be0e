// Answers about texts, remembered: a cluster runs a few images over and over, with a few amounts of memory.

/** Bounds on what is remembered, in characters and in texts, so that tenants cannot fill the memory. */
const LONGEST = 512;
const MOST = 1000;

/** The function with its answers remembered, for functions whose answer depends on the text alone. */
export function remembered<T>(answer: (text: string) => T): (text: string) => T {
  const known = new Map<string, { readonly answer: T }>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before.answer;
    const now = answer(text);
    if (text.length <= LONGEST) {
      if (known.size === MOST) known.clear();
      known.set(text, { answer: now });
    }
    return now;
  };
}
