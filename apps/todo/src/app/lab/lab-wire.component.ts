import { Component, input } from '@angular/core';
import type { LabClient } from './lab-client';

/** The line between a client and the server, and the messages on it. To be looked at: the card says what came of them. */
@Component({
  selector: 'app-lab-wire',
  template: `
    @for (packet of client().wire.packets(); track packet.id) {
      <span
        class="packet"
        [attr.data-way]="packet.way"
        [attr.data-kind]="packet.kind"
        [style.animation-duration.ms]="packet.duration"
        >{{ packet.label }}</span
      >
    }
  `,
  host: { class: 'wire', 'aria-hidden': 'true', '[class.cut]': 'client().offline()' },
})
export class LabWireComponent {
  readonly client = input.required<LabClient>();
}
