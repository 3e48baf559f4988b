import { Subscription, type Observable, type SchedulerLike } from 'rxjs';
import { authenticate, type Authenticated } from './auth/authenticate';
import { expiry } from './auth/expiry';
import type { Credentials, Principal, SyncAuth } from './auth/sync-auth';

export interface IdentityDeps {
  readonly auth: SyncAuth;
  readonly clock: () => number;
  readonly scheduler: SchedulerLike;
  /** Ids of principals of whom something has changed. */
  readonly changed$: Observable<string>;
  /** The principal's time has run out. */
  readonly expired: () => void;
}

/**
 * Who speaks on one connection: authenticated with `hello`, again with each renewed token and whenever the app says
 * that something has changed, until its time runs out.
 */
export class Identity {
  readonly #deps: IdentityDeps;
  #shown: Credentials;
  #principal: Principal | undefined;
  #expiry = Subscription.EMPTY;
  /** Answers to earlier questions count no more. */
  #asked = 0;

  constructor(headers: Credentials['headers'], deps: IdentityDeps) {
    this.#shown = { headers };
    this.#deps = deps;
  }

  get principal(): Principal | undefined {
    return this.#principal;
  }

  /** Asks who shows these credentials; nobody is signed in by it yet. */
  ask(shown: Pick<Credentials, 'user' | 'token'>): Promise<Authenticated> {
    return this.#ask({ ...this.#shown, ...shown });
  }

  /** From now on this principal speaks, who showed these. */
  become(principal: Principal, shown: Pick<Credentials, 'user' | 'token'> = {}): void {
    const { clock, scheduler, expired } = this.#deps;
    this.#shown = { ...this.#shown, ...shown };
    this.#principal = principal;
    this.#asked++;
    this.#expiry.unsubscribe();
    this.#expiry = expiry(principal, clock, scheduler).subscribe(expired);
  }

  /** Authenticates anew with what was shown; `undefined` when something later has taken the place of the answer. */
  async again(): Promise<Authenticated | undefined> {
    const asked = ++this.#asked;
    const answer = await this.#ask(this.#shown);
    return asked === this.#asked ? answer : undefined;
  }

  end(): void {
    this.#asked++;
    this.#expiry.unsubscribe();
  }

  /** Until there is an answer that nothing has changed about since it was asked for. */
  async #ask(shown: Credentials): Promise<Authenticated> {
    const { auth, clock, changed$ } = this.#deps;
    const changed = new Set<string>();
    const watching = changed$.subscribe((id) => changed.add(id));
    try {
      for (;;) {
        const answer = await authenticate(auth, shown, clock());
        if (answer.kind === 'unknown' || !changed.delete(answer.principal.id)) return answer;
      }
    } finally {
      watching.unsubscribe();
    }
  }
}
