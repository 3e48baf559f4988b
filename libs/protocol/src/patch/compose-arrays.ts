import { applyPatch } from './apply';
import { mismatch } from './mismatch';
import type { ArrayStep, Patch } from './patch';

/**
 * The second list of steps runs over what the first puts out; what the first drops on the way stays dropped.
 *
 * ```
 *  before ──a──▶ between ──b──▶ after
 *          keep / patch / insert put items out, drop puts out none; b takes them one run at a time
 * ```
 */
export function composeArrays(
  a: readonly ArrayStep[],
  b: readonly ArrayStep[],
  compose: (a: Patch, b: Patch) => Patch,
): ArrayStep[] {
  const out = new Steps();
  const input = [...a].reverse();

  /** The next run of at most `most` items that the first list puts out. */
  function take(most: number): { readonly step: ArrayStep; readonly count: number } {
    for (let step = input.pop(); step !== undefined; step = input.pop()) {
      if (typeof step === 'number' && step < 0) out.add(step);
      else if (typeof step === 'number') {
        if (step > most) input.push(step - most);
        return { step: Math.min(step, most), count: Math.min(step, most) };
      } else if (step.kind === 'insert') {
        if (step.items.length > most) input.push({ kind: 'insert', items: step.items.slice(most) });
        const items = step.items.slice(0, most);
        return { step: { kind: 'insert', items }, count: items.length };
      } else return { step, count: 1 };
    }
    throw mismatch('the second patch passes more items than the first leaves');
  }

  for (const step of b) {
    if (typeof step === 'object') {
      if (step.kind === 'insert') out.add(step);
      else out.add(changed(take(1).step, step, compose));
      continue;
    }
    for (let left = Math.abs(step); left > 0;) {
      const run = take(left);
      left -= run.count;
      if (step > 0) out.add(run.step);
      else if (typeof run.step === 'number') out.add(-run.count);
      else if (run.step.kind !== 'insert') out.add(-1);
    }
  }
  for (let step = input.pop(); step !== undefined; step = input.pop()) {
    if (typeof step !== 'number' || step > 0)
      throw mismatch('the second patch passes fewer items than the first leaves');
    out.add(step);
  }
  return out.steps;
}

function changed(first: ArrayStep, patch: Patch, compose: (a: Patch, b: Patch) => Patch): ArrayStep {
  if (typeof first === 'number') return patch;
  if (first.kind === 'insert') return { kind: 'insert', items: [applyPatch(patch, first.items[0])] };
  return compose(first, patch);
}

/** Collects steps, each as long as it can be. */
class Steps {
  readonly steps: ArrayStep[] = [];

  add(step: ArrayStep): void {
    const last = this.steps.at(-1);
    if (typeof step === 'number' && typeof last === 'number' && Math.sign(step) === Math.sign(last)) {
      this.steps[this.steps.length - 1] = last + step;
    } else if (isInsert(step) && isInsert(last)) {
      this.steps[this.steps.length - 1] = { kind: 'insert', items: [...last.items, ...step.items] };
    } else this.steps.push(step);
  }
}

function isInsert(step: ArrayStep | undefined): step is Extract<ArrayStep, { readonly kind: 'insert' }> {
  return typeof step === 'object' && step.kind === 'insert';
}
