import { rendered, testBed, textOf } from './test-bed';
import { Component } from '@angular/core';
import { AtomPipe } from '@atomsync/angular';
import { atom, inc } from '@atomsync/atom';

const [first, second] = [atom(1), atom(10)];

@Component({ imports: [AtomPipe], template: `{{ (count | atom)() }}`, inputs: ['count'] })
class Counter {
  count = first;
}

describe('the atom pipe', () => {
  beforeEach(() => void testBed());

  it('shows the value of an atom, and each change of it', async () => {
    const fixture = await rendered(Counter);
    expect(await textOf(fixture)).toBe('1');
    first.swap(inc);
    expect(await textOf(fixture)).toBe('2');
  });

  it('lets go of an atom when it is given another one, and at its end', async () => {
    const fixture = await rendered(Counter);
    fixture.componentRef.setInput('count', second);
    expect(await textOf(fixture)).toBe('10');
    expect([first.observed, second.observed]).toEqual([false, true]);
    fixture.destroy();
    expect(second.observed).toBe(false);
  });
});
