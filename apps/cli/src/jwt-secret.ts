import { secretFile } from './options/secret-file';

/** The secret that tokens are signed with, from a file or the environment. */
export function jwtSecret(
  file: string | undefined,
  { ATOMSYNC_JWT_SECRET: secret }: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (file !== undefined) return secretFile(file, 'The secret file');
  return secret === '' ? undefined : secret;
}
