// Answers about images, remembered: a cluster runs a few images over and over.

/** Bounds on what is remembered, in characters and in images, so that tenants cannot fill the memory. */
const LONGEST = 512;
const MOST = 1000;

/** The function with its answers remembered, for functions whose answer depends on the text alone. */
export function remembered<T>(answer: (image: string) => T): (image: string) => T {
  const known = new Map<string, { readonly answer: T }>();
  return (image) => {
    const before = known.get(image);
    if (before !== undefined) return before.answer;
    const now = answer(image);
    if (image.length <= LONGEST) {
      if (known.size === MOST) known.clear();
      known.set(image, { answer: now });
    }
    return now;
  };
}
