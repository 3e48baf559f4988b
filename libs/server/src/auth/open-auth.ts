import type { Principal, SyncAuth } from './sync-auth';

/** Everyone may do everything; the user's name is taken on trust. The default. */
export class OpenAuth implements SyncAuth {
  authenticate({ user }: { readonly user?: string }): Principal {
    return { id: user ?? '' };
  }

  authorize(): boolean {
    return true;
  }
}
