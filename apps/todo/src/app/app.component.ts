import { Component } from '@angular/core';
import { RouterOutlet } from '@angular/router';

/** The frame around both pages. */
@Component({ selector: 'app-root', imports: [RouterOutlet], template: '<router-outlet />' })
export class AppComponent {}
