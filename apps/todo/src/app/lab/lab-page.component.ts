import { Component, effect, inject, input, numberAttribute } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Lab } from './lab';
import { LabClientComponent } from './lab-client.component';
import { STORIES, type Story } from './lab-story';
import { LabWireComponent } from './lab-wire.component';
import { Storyteller } from './storyteller';

/** Several clients side by side in one window: what happens to writes on their way, drawn as it happens. */
@Component({
  selector: 'app-lab-page',
  imports: [LabClientComponent, LabWireComponent, RouterLink],
  templateUrl: './lab-page.component.html',
  providers: [Lab, Storyteller],
  host: { class: 'lab' },
})
export class LabPageComponent {
  /** By the route, `#/lab?pace=2`: how many times as fast as people read stories are told. */
  readonly pace = input(1, { transform: (given: unknown) => Math.max(numberAttribute(given, 1), 0.1) });

  protected readonly lab = inject(Lab);
  protected readonly teller = inject(Storyteller);
  protected readonly stories = STORIES;
  protected readonly counts = [2, 3, 4];

  constructor() {
    effect(() => this.teller.pace.set(this.pace()));
  }

  protected setCount(count: number): void {
    this.teller.stop();
    this.lab.setCount(count);
  }

  protected tell(story: Story): void {
    if (this.teller.isPlaying() && this.teller.story() === story) this.teller.stop();
    else this.teller.tell(story);
  }
}
