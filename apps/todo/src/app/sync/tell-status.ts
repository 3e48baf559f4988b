import type { ConnectionStatus, SyncStatus } from '@atomsync/client';

/** What the status line says. */
export interface StatusText {
  /** Colours the light beside it. */
  readonly tone: 'good' | 'waiting' | 'bad';
  readonly text: string;
  /** It passes within moments as a rule, and is worth a word only where it does not. */
  readonly brief?: boolean;
}

/** How the list stands, in words for people. */
export function tellStatus(
  connection: ConnectionStatus['phase'],
  { phase, pending, error }: SyncStatus,
): StatusText {
  if (phase === 'refused') return { tone: 'bad', text: `Not synced: ${error?.message ?? 'refused.'}` };
  if (error?.code.startsWith('STORE_')) {
    return { tone: 'bad', text: `Not saved on this device: ${error.message}` };
  }
  const waiting = pending === 0 ? '' : `, ${pending} pending`;
  if (connection === 'paused') return { tone: 'waiting', text: `Working offline${waiting}` };
  if (phase === 'offline') return { tone: 'waiting', text: `Offline${waiting}` };
  if (phase !== 'live') return { tone: 'waiting', text: `Connecting${waiting}`, brief: true };
  return pending === 0
    ? { tone: 'good', text: 'Online, all saved' }
    : { tone: 'waiting', text: `Online${waiting}`, brief: true };
}
