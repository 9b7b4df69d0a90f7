/** Which Gemini a name is: the generations differ in how thought is asked for. */

export interface ModelGeneration {
  /** Major × 100 + minor: 205 is Gemini 2.5; 0: the name does not tell, such as that of a tuned model. */
  readonly version: number;
  readonly isPro: boolean;
}

/** @param model such as `gemini-2.5-pro` or `publishers/google/models/gemini-3-flash-preview` */
export function modelGeneration(model: string): ModelGeneration {
  const found = /gemini-(\d{1,2})(?:\.(\d{1,2}))?(?=-|$)/.exec(model);
  const version = found === null ? 0 : Number(found[1]) * 100 + Number(found[2] ?? 0);
  return { version, isPro: /-pro(-|$)/.test(model) };
}
