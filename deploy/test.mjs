// `npm test`: everything that CI proves, one step after another, on a machine that has only Node.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`The tests need Node 20.19 or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}
void import('./check/run.mjs').then(({ main }) => main());
