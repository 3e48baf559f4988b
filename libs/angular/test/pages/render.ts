/* Run by Node, bundled: renders the app for a page, with the docs of a server, and prints it. */
import { mergeApplicationConfig } from '@angular/core';
import type { BootstrapContext } from '@angular/platform-browser';
import { provideServerRendering, renderApplication } from '@angular/platform-server';
import { provideGroupLoader, pullGroup } from '@atomsync/angular';
import { appConfig, bootstrap } from './rendered-app';

const http = process.argv[2]!;
const config = mergeApplicationConfig(appConfig('/sync'), {
  providers: [provideServerRendering(), provideGroupLoader(pullGroup(`${http}/sync`))],
});
const html = await renderApplication((context?: BootstrapContext) => bootstrap(config, context), {
  document: '<html><head></head><body><app-root></app-root></body></html>',
  url: '/',
});
process.stdout.write(html);
