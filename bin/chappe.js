#!/usr/bin/env node
// The entry: refuses a Node that cannot run the program, then hands over to the composition root. It is
// plain JavaScript that an old Node can read. In a checkout the TypeScript runs directly; an installed
// package carries the emitted JavaScript, because Node strips no types under node_modules.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(`chappe needs Node.js 24 or newer; this is ${process.versions.node} (${process.execPath})`);
  process.exit(1);
}
const { existsSync } = await import('node:fs');
const compiled = new URL('../dist/main.js', import.meta.url);
const source = new URL('../src/main.ts', import.meta.url);
const { main } = await import((existsSync(source) ? source : compiled).href);
await main(process.argv.slice(2));
