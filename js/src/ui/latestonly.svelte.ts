/** The answer to the latest of a row of questions; answers to earlier ones that come late are dropped. */

interface Answer<T, Question> {
  /** The sample, or the samples, that were asked for. */
  of: Question;
  value: T | null;
  /** Why there is no value. */
  error: string | null;
}

export class LatestOnly<T, Question = number> {
  /** Stays until the next one is there. */
  answer = $state.raw<Answer<T, Question> | null>(null);

  /**
   * To be called while a component is set up.
   *
   * @param question the sample in question; null asks nothing
   * @param ask runs whenever `question`, or something reactive that it reads itself, changes
   */
  constructor(question: () => Question | null, ask: (of: Question) => Promise<T>) {
    $effect(() => {
      const of = question();
      if (of === null) return;
      let wanted = true;
      ask(of).then(
        (value) => wanted && (this.answer = { of, value, error: null }),
        (error: Error) => wanted && (this.answer = { of, value: null, error: error.message }),
      );
      return () => (wanted = false);
    });
  }
}
