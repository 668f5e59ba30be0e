// Which images match the patterns of which exceptions, within one review: each is asked once, for all checks and policies. Whoever may
// write exceptions may write patterns that take long to try, and whoever creates pods names as many images as fit into a request.

/** The images of an exception. */
export interface ExceptionImages {
  /** How long the patterns with wildcards are, all together: what it takes to try a character of an image. */
  readonly weight: number;
  matches(image: string): boolean;
}

/**
 * In characters of patterns times characters of images: at the very most half a second. In a namespace with a hundred exceptions of
 * five patterns each, a pod of fifty containers takes less.
 */
const MOST_WORK = 50_000_000;

/** Answers of one review. When they have taken too much work nothing more is excepted: the pod is refused, and never let in. */
export class ImageAnswers {
  #known: Map<ExceptionImages, Map<string, boolean>> | undefined;
  #work = 0;

  /** True where the image is one of these; false where there is none. */
  isOneOf(images: ExceptionImages, image: string | null | undefined): boolean {
    if (!image) return false;
    this.#known ??= new Map();
    const known = this.#known.get(images);
    const before = known?.get(image);
    if (before !== undefined) return before;
    this.#work += images.weight * image.length;
    if (this.#work > MOST_WORK) return false;
    const answer = images.matches(image);
    if (known) known.set(image, answer);
    else this.#known.set(images, new Map([[image, answer]]));
    return answer;
  }
}
