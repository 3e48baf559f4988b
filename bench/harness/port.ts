/** What can be said between the measuring process and one that plays a role. */
export type Message = Readonly<Record<string, unknown>> & { readonly say: string };

interface Ends {
  send(message: Message): void;
  on(hear: (message: Message) => void): void;
}

/** One end of a conversation of named messages; what comes early waits until it is asked for. */
export class Port {
  readonly #waiting: Message[] = [];
  readonly #asked: {
    readonly say: string;
    readonly done: (message: Message) => void;
    readonly failed: (error: Error) => void;
  }[] = [];
  readonly #ends: Ends;

  constructor(ends: Ends) {
    this.#ends = ends;
    ends.on((message) => {
      const at = this.#asked.findIndex(({ say }) => say === message.say);
      if (at < 0) this.#waiting.push(message);
      else this.#asked.splice(at, 1)[0]!.done(message);
    });
  }

  tell(say: string, data: Readonly<Record<string, unknown>> = {}): void {
    this.#ends.send({ ...data, say });
  }

  hear<T = Message>(say: string): Promise<T> {
    const at = this.#waiting.findIndex((message) => message.say === say);
    if (at >= 0) return Promise.resolve(this.#waiting.splice(at, 1)[0] as T);
    return new Promise((done, failed) => {
      this.#asked.push({ say, done: done as (message: Message) => void, failed });
    });
  }

  /** Nothing will come any more: those who wait are told why. */
  fail(error: Error): void {
    for (const { failed } of this.#asked.splice(0)) failed(error);
  }
}
