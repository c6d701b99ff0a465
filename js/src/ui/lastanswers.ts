/** The last few answers to a question, so that going back and forth asks once. */
export class LastAnswers<Answer> {
  readonly #answers = new Map<string, Promise<Answer>>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The answer known for `key`, or else what `ask` gives; a failure is asked again next time. */
  get(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#answers.get(key) ?? ask();
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    answer.catch(() => this.#answers.delete(key));
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.#limit) break;
      this.#answers.delete(oldest);
    }
    return answer;
  }
}
