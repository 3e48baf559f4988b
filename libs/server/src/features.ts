import { isNamedSwap, schemaFault, type NamedSwap, type StandardSchemaV1 } from '@atomsync/atom';
import { decodeBody } from '@atomsync/protocol';
import type { Decision, RunCall } from './decide';
import { AtomSyncServerError } from './errors';
import { groupPattern } from './group-pattern';
import { runCalls } from './run-call';

/** What the server knows of groups whose names match a pattern. */
export interface GroupFeature {
  /** A group's name; `*` stands for any characters: `list/*`. */
  readonly group: string;
  /** Judges every doc that is written. Synchronous; it never rewrites. */
  readonly schema?: StandardSchemaV1;
  /** The schema version of the docs as the app writes them now. */
  readonly version?: number;
  /**
   * The oldest schema version whose programs may go on reading and writing the group, because whatever came since
   * is optional; `version` by default. Programs below it are told `UPGRADE_REQUIRED`, and keep what they have pending.
   */
  readonly compatibleWith?: number;
  /**
   * Steps from older schema versions for the server's own atoms and handlers, as the clients have them: `migrate[1]`
   * takes a doc of version 1 to version 2. Pure and synchronous.
   */
  readonly migrate?: Readonly<Record<number, MigrationStep>>;
  /** Named swaps that the server runs on its own current value, where the client's result has become stale. */
  readonly swaps?: readonly ServerSwap[];
}

/** Takes a doc of one schema version to the next. */
export type MigrationStep = (doc: unknown) => unknown;

/** A swap made by `defineSwap`. */
export type ServerSwap = (current: never, ...args: never) => unknown;

interface Matcher {
  readonly schema: StandardSchemaV1 | undefined;
  readonly swaps: readonly NamedSwap[];
  readonly compatibleWith: number | undefined;
  readonly version: number | undefined;
  readonly migrate: Readonly<Record<number, MigrationStep>> | undefined;
  readonly matches: (group: string) => boolean;
}

/** What the server knows of one group. */
export interface GroupKnowledge {
  /** Runs the group's named swaps; absent when it has none. */
  readonly run: RunCall | undefined;
  /** The decision, or a refusal where a schema of the group does not take what it writes. */
  readonly judge: (decision: Decision) => Decision;
  /** The schema version of the docs as the app writes them now; absent when nobody has said so. */
  readonly version: number | undefined;
  /** The step from a schema version to the next. */
  readonly step: (from: number) => MigrationStep | undefined;
  /** Programs from this schema version on may read and write the group; absent when nobody has said so. */
  readonly compatibleWith: number | undefined;
}

/** All features of a server, by group. */
export class Features {
  readonly #all: Matcher[] = [];

  constructor(features: readonly GroupFeature[] = []) {
    for (const feature of features) this.add(feature);
  }

  /** @throws AtomSyncServerError `BAD_OPTION` */
  add(feature: GroupFeature): void {
    const { group, schema, swaps = [] } = feature;
    if (typeof group !== 'string' || group === '')
      throw badFeature(feature, 'group is a name, or a pattern like list/*');
    const named = swaps.filter((swap) => isNamedSwap(swap));
    if (named.length < swaps.length) {
      throw badFeature(feature, 'swaps are named ones: make them with defineSwap(name, fn)');
    }
    const { version, compatibleWith = version } = feature;
    if (![version, compatibleWith].every(isSchemaVersion) || (compatibleWith ?? 0) > (version ?? Infinity)) {
      throw badFeature(
        feature,
        `version ${version} and compatibleWith ${compatibleWith} are whole numbers from 1 on, and the latter is at most the former`,
      );
    }
    const { migrate } = feature;
    if (Object.keys(migrate ?? {}).some((from) => !(Number(from) >= 1 && Number(from) < (version ?? 1)))) {
      throw badFeature(feature, 'the steps of migrate begin at 1 and end below version');
    }
    this.#all.push({ schema, swaps: named, compatibleWith, version, migrate, matches: groupPattern(group) });
  }

  /** What is known of one group: looked up once for a whole push. */
  of(group: string): GroupKnowledge {
    const known = this.#all.filter(({ matches }) => matches(group));
    const swaps = known.flatMap((feature) => feature.swaps);
    const schemas = known.flatMap(({ schema }) => schema ?? []);
    const oldest = known.flatMap(({ compatibleWith }) => compatibleWith ?? []);
    const versions = known.flatMap(({ version }) => version ?? []);
    return {
      version: versions.length === 0 ? undefined : Math.max(...versions),
      step: (from) => known.find(({ migrate }) => migrate?.[from] !== undefined)?.migrate?.[from],
      compatibleWith: oldest.length === 0 ? undefined : Math.max(...oldest),
      run: swaps.length === 0 ? undefined : runCalls(swaps),
      judge: (decision) => judge(schemas, decision),
    };
  }
}

function judge(schemas: readonly StandardSchemaV1[], decision: Decision): Decision {
  if (decision.kind !== 'accepted') return decision;
  for (const schema of schemas) {
    for (const { after } of decision.writes) {
      const fault = after.body && schemaFault(schema, decodeBody(after.body));
      if (fault === undefined) continue;
      return {
        kind: 'refused',
        code: 'INVALID',
        message: `The schema refused the doc ${JSON.stringify(after.key)}: ${fault}.`,
      };
    }
  }
  return decision;
}

function isSchemaVersion(version: number | undefined): boolean {
  return version === undefined || (Number.isSafeInteger(version) && version >= 1);
}

function badFeature({ group }: GroupFeature, rule: string): AtomSyncServerError {
  return new AtomSyncServerError(
    'BAD_OPTION',
    `The feature of the group ${JSON.stringify(group)} cannot be taken: ${rule}.`,
  );
}
