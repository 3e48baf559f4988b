import { AtomSyncServerError } from '../errors';

/** `BAD_OPTION`, naming the option, its value, the rule and the remedy. */
export function badOption(option: string, value: unknown, rule: string, remedy: string): AtomSyncServerError {
  return new AtomSyncServerError(
    'BAD_OPTION',
    `AtomSyncModule: ${option} is ${show(value)}; ${rule}. Please ${remedy}.`,
  );
}

const show = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));
