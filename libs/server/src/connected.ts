import type { Peer } from './hub-core';

/** Connections that have been welcomed, by principal and by the line they speak for. */
export class Connected {
  readonly #byPrincipal = new Map<string, Map<string, Peer>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  of(principal: string): Peer[] {
    return [...(this.#byPrincipal.get(principal)?.values() ?? [])];
  }

  /** Lines are looked for among those of one principal: nobody learns, or ends, what is another's. */
  speaker(principal: string, clientId: string): Peer | undefined {
    return this.#byPrincipal.get(principal)?.get(clientId);
  }

  add(peer: Peer): void {
    const id = peer.principal!.id;
    const lines = this.#byPrincipal.get(id) ?? new Map<string, Peer>();
    this.#byPrincipal.set(id, lines);
    if (!lines.has(peer.clientId)) this.#size++;
    lines.set(peer.clientId, peer);
  }

  delete(peer: Peer): void {
    const id = peer.principal?.id;
    const lines = id === undefined ? undefined : this.#byPrincipal.get(id);
    if (id === undefined || lines?.get(peer.clientId) !== peer) return;
    lines.delete(peer.clientId);
    this.#size--;
    if (lines.size === 0) this.#byPrincipal.delete(id);
  }
}
