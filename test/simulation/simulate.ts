import { History, Violation } from './history';
import type { FaultName } from './faults';
import { planOf, type Action, type Plan } from './plan';

/** What one simulated history came to. */
export interface Outcome {
  readonly seed: number;
  readonly steps: readonly string[];
  readonly commits: number;
  readonly faults: number;
}

/** A history after which something did not hold, with the steps that led there. */
export class SimulationError extends Error {
  override name = 'SimulationError';

  constructor(
    readonly plan: Plan,
    readonly what: string,
    readonly steps: readonly string[],
  ) {
    super(`Seed ${plan.world.seed}: ${what}`);
  }
}

/**
 * One history: clients write at random while all that is planned goes wrong. Then the faults stop, and everything
 * that is promised must hold. The same seed, length and faults give the same history.
 *
 * @throws SimulationError
 */
export function simulate(seed: number, length = 40, faults?: readonly FaultName[]): Promise<Outcome> {
  return play(planOf(seed, length, faults));
}

/**
 * Plays a plan.
 *
 * @throws SimulationError
 */
export async function play(plan: Plan): Promise<Outcome> {
  const history = new History(plan);
  try {
    await history.play();
  } catch (error) {
    const what =
      error instanceof Violation
        ? error.message
        : ((error instanceof Error ? error.stack : undefined) ?? String(error));
    throw new SimulationError(plan, what, history.steps);
  } finally {
    await history.end();
  }
  const { steps, commits, faults } = history;
  return { seed: plan.world.seed, steps, commits, faults };
}

/**
 * The shortest history that can be had of a failing one by leaving actions out: a failure is a failure, also where it
 * shows otherwise. `tries` bounds how many are played.
 */
export async function shorten(failure: SimulationError, tries = 400): Promise<SimulationError> {
  let best = failure;
  let left = tries;
  const fails = async (actions: readonly Action[]): Promise<boolean> => {
    if (left-- <= 0) return false;
    try {
      await play({ ...best.plan, actions });
      return false;
    } catch (error) {
      if (!(error instanceof SimulationError)) throw error;
      best = error;
      return true;
    }
  };
  for (let size = Math.ceil(best.plan.actions.length / 2); size >= 1 && left > 0;) {
    let isShorter = false;
    for (let at = best.plan.actions.length - size; at > -size && left > 0; at -= size) {
      const { actions } = best.plan;
      const from = Math.max(0, at);
      if (await fails([...actions.slice(0, from), ...actions.slice(at + size)])) isShorter = true;
    }
    if (size === 1 && !isShorter) break;
    if (!isShorter || size > best.plan.actions.length) size = Math.max(1, Math.floor(size / 2));
  }
  return best;
}
