/** What a cursor's token says: which epoch gave it out, for which feed. */
export interface CursorToken {
  readonly epoch: string;
  readonly group: string;
  readonly prefix: string;
  /** What might be read of the group, as a text that changes when it does. */
  readonly rights: string;
}

/** The rights of a cursor made for one conversation, which begins and ends with the same ones. */
export const ANY_RIGHTS = '*';

/** The token as clients keep it; opaque to them. */
export const encodeCursorToken = ({ epoch, group, prefix, rights }: CursorToken): string =>
  JSON.stringify(rights === '' ? [epoch, group, prefix] : [epoch, group, prefix, rights]);

/** Absent for what is no token of ours. */
export function decodeCursorToken(token: string): CursorToken | undefined {
  try {
    const parts: unknown = JSON.parse(token);
    if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string')) return undefined;
    if (parts.length !== 3 && parts.length !== 4) return undefined;
    const [epoch, group, prefix, rights = ''] = parts as [string, string, string, string?];
    return { epoch, group, prefix, rights };
  } catch {
    return undefined;
  }
}
