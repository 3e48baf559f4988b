import '@angular/compiler';
import {
  ApplicationRef,
  PLATFORM_ID,
  type EnvironmentProviders,
  type Provider,
  type Type,
} from '@angular/core';
import { getTestBed, TestBed, type ComponentFixture } from '@angular/core/testing';
import { BrowserTestingModule } from '@angular/platform-browser/testing';
import { INITIAL_CONFIG, platformServer } from '@angular/platform-server';

/**
 * Angular's TestBed in Node, on the document that Angular itself renders into on servers. Components are compiled as
 * the tests run, and have inputs of decorators only: those of signals take Angular's own compiler. What needs them, or a
 * real browser, is tested in Chromium.
 */
getTestBed().initTestEnvironment(
  BrowserTestingModule,
  platformServer([
    { provide: INITIAL_CONFIG, useValue: { document: '<body></body>' } },
    { provide: PLATFORM_ID, useValue: 'browser' },
  ]),
  { errorOnUnknownElements: true, errorOnUnknownProperties: true },
);

/** A fresh test module. */
export function testBed(...providers: (Provider | EnvironmentProviders)[]): TestBed {
  return TestBed.configureTestingModule({
    providers,
  });
}

/** Resolves when the application has nothing under way. */
export const whenStable = (): Promise<void> => TestBed.inject(ApplicationRef).whenStable();

/** A component as it is once all is rendered. */
export async function rendered<C>(component: Type<C>): Promise<ComponentFixture<C>> {
  const fixture = TestBed.createComponent(component);
  await fixture.whenStable();
  return fixture;
}

/** What a fixture shows now. */
export async function textOf(fixture: ComponentFixture<unknown>): Promise<string> {
  await fixture.whenStable();
  return ((fixture.nativeElement as { textContent: string | null }).textContent ?? '').trim();
}
