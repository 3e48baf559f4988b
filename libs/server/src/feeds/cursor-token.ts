/** What a cursor's token says: which epoch gave it out, for which feed. */
export interface CursorToken {
  readonly epoch: string;
  readonly group: string;
  readonly prefix: string;
}

/** The token as clients keep it; opaque to them. */
export const encodeCursorToken = ({ epoch, group, prefix }: CursorToken): string =>
  JSON.stringify([epoch, group, prefix]);

/** Absent for what is no token of ours. */
export function decodeCursorToken(token: string): CursorToken | undefined {
  try {
    const parts: unknown = JSON.parse(token);
    if (!Array.isArray(parts) || parts.length !== 3 || !parts.every((part) => typeof part === 'string'))
      return undefined;
    const [epoch, group, prefix] = parts as [string, string, string];
    return { epoch, group, prefix };
  } catch {
    return undefined;
  }
}
