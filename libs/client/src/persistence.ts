import { defaultIfEmpty, filter, firstValueFrom, map, take, type Observable } from 'rxjs';
import type { Role } from './tabs/tabs';

/** Port: whether the platform keeps this site's data when room gets short. */
export interface Persistence {
  /** Asks for it; browsers may put the question to the user. */
  ask(): Promise<boolean>;
  /** Whether it was granted, without asking. */
  granted(): Promise<boolean>;
}

/**
 * Asks once, when this tab begins to lead. Resolves with the answer there, and in a tab that follows with
 * whether it was granted before; with `false` where there is nobody to ask.
 */
export async function askToPersist(
  role$: Observable<Role>,
  platform: Persistence | undefined,
): Promise<boolean> {
  if (!platform) return false;
  const leads$ = role$.pipe(
    filter(({ kind }) => kind === 'leading' || kind === 'following'),
    map(({ kind }) => kind === 'leading'),
  );
  const asked = firstValueFrom(leads$.pipe(filter(Boolean), take(1), defaultIfEmpty(false))).then(
    async (leads) => leads && ((await platform.granted()) || (await platform.ask())),
  );
  asked.catch(() => undefined);
  const leads = await firstValueFrom(leads$.pipe(defaultIfEmpty(false)));
  return leads ? asked : platform.granted();
}
