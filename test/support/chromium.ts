import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where a Chromium is, or what was looked for and how to get one. */
export type Chromium =
  { readonly kind: 'found'; readonly path: string } | { readonly kind: 'missing'; readonly message: string };

export interface ChromiumSearch {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly isProgram?: (path: string) => boolean;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Looks for the system's Chromium or Chrome: at `CHROME_PATH`, then on `PATH`, then where installers put it. */
export function findChromium({
  env = process.env,
  platform = process.platform,
  isProgram = isExecutable,
}: ChromiumSearch = {}): Chromium {
  const named = env['CHROME_PATH'];
  if (named) {
    if (isProgram(named)) return { kind: 'found', path: named };
    return missing(`CHROME_PATH is '${named}', which is not a program that can be run.`);
  }
  const names = platform === 'win32' ? ['chrome.exe', 'chromium.exe'] : NAMES;
  const places = installPlaces(platform, env);
  const onPath = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const path = [...onPath.flatMap((folder) => names.map((name) => join(folder, name))), ...places].find(
    isProgram,
  );
  if (path !== undefined) return { kind: 'found', path };
  return missing(
    `CHROME_PATH is not set, ${names.join(', ')} are not on PATH, and nothing is at ${places.join(', ')}.`,
  );
}

const missing = (what: string): Chromium => ({
  kind: 'missing',
  message:
    `No Chromium was found: ${what}\n` +
    'Install one (Debian, Ubuntu: `apt-get install chromium`) or set CHROME_PATH to the program of one.',
});

function installPlaces(platform: NodeJS.Platform, env: NonNullable<ChromiumSearch['env']>): string[] {
  switch (platform) {
    case 'darwin':
      return ['/Applications', join(homedir(), 'Applications')].flatMap((folder) =>
        ['Chromium', 'Google Chrome'].map((name) => `${folder}/${name}.app/Contents/MacOS/${name}`),
      );
    case 'win32':
      return [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']]
        .filter((folder) => folder !== undefined)
        .flatMap((folder) =>
          ['Google\\Chrome', 'Chromium'].map((name) => `${folder}\\${name}\\Application\\chrome.exe`),
        );
    default:
      return [
        '/usr/bin/chromium',
        '/usr/lib/chromium/chromium',
        '/snap/bin/chromium',
        '/usr/bin/google-chrome',
        '/opt/google/chrome/chrome',
      ];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
