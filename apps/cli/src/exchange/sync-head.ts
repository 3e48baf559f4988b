/**
 * The version of a group's last commit, from the first of the server's hints, which says how things stand now; `undefined`
 * where nobody says.
 */
export async function headOf(
  url: string,
  group: string,
  authorization: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number | undefined> {
  const ended = new AbortController();
  try {
    const response = await fetch(`${new URL('events', url).href}?${new URLSearchParams({ group })}`, {
      headers: { ...authorization, Accept: 'text/event-stream' },
      signal: AbortSignal.any([signal, ended.signal]),
    });
    if (!response.ok || !response.body) return undefined;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let said = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      said += part.value;
      const version = /^data: .*"version":(\d+)/m.exec(said)?.[1];
      if (version !== undefined) return Number(version);
    }
    return undefined;
  } catch {
    return undefined;
  } finally {
    ended.abort();
  }
}
